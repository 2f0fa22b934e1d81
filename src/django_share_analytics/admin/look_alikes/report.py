"""The groups, arranged as the page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from django_share_analytics.admin import words
from django_share_analytics.admin.charts import bar_length
from django_share_analytics.admin.columns import cut_short
from django_share_analytics.conf import get_settings
from django_share_analytics.upkeep.look_alikes import AGENT, MOST_SHARES, VISITOR

if TYPE_CHECKING:
    from collections.abc import Callable

    from django_share_analytics.upkeep.look_alikes import Alike, LookAlikes

NAMED_PLATFORMS = 2
SHOWN_OF_AGENT = 100


@dataclass(frozen=True, slots=True)
class AlikeRow:
    name: str
    """A stranger's text, or a visitor's number; cut short."""
    label: str
    """The same, with the whole of it to be read on hovering."""
    beside: str
    """What else is known of the group."""
    shares: str
    percent: str
    bar: str
    platforms: str
    times: str
    url: str
    """Where these are discarded; empty for who may not."""


@dataclass(frozen=True, slots=True)
class AlikeTable:
    rows: list[AlikeRow]
    summary: str


@dataclass(frozen=True, slots=True)
class AlikeReport:
    line: str
    """How many shares there are."""
    notice: str
    """That most of them are of one visitor; empty where that isn't so."""
    by_visitor: AlikeTable
    by_agent: AlikeTable


def build_look_alikes(found: LookAlikes, url: Callable[[Alike], str]) -> AlikeReport:
    """The page; ``url`` is the way to discard a group."""
    return AlikeReport(
        line=_line(found),
        notice=_notice(found),
        by_visitor=_table(found, found.by_visitor, found.visitor_groups, url),
        by_agent=_table(found, found.by_agent, found.agent_groups, url),
    )


def group_row(group: Alike, found: LookAlikes, url: str = "") -> AlikeRow:
    """One group beside all that were looked at."""
    name, beside = _names(group)
    return AlikeRow(
        name=words.shortened(name),
        label=cut_short(name, length=SHOWN_OF_AGENT),
        beside=cut_short(beside, length=SHOWN_OF_AGENT) if beside else "",
        shares=words.number(group.n),
        percent=words.per_cent(group.n / found.n),
        bar=bar_length(group.n, found.n),
        platforms=_platforms(group),
        times=_times(group, found),
        url=url,
    )


def _line(found: LookAlikes) -> str:
    if found.has_more:
        said = _("More than %(number)s shares: the newest %(number)s were looked at.")
        return said % {"number": words.number(MOST_SHARES)}
    said = words.shares(found.n)
    if not found.unknown:
        return said
    of_them = _("%(shares)s; of %(number)s nothing is kept that would tell them apart")
    return of_them % {"shares": said, "number": words.number(found.unknown)}


def _notice(found: LookAlikes) -> str:
    if (group := found.suspect) is None:
        return ""
    values = {"part": words.number(group.n), "number": words.number(found.n)}
    if group.mark.kind == VISITOR:
        return _("One visitor made %(part)s of %(number)s shares.") % values
    return _("%(part)s of %(number)s shares have the same user agent and no visitor.") % values


def _table(
    found: LookAlikes, groups: list[Alike], there_are: int, url: Callable[[Alike], str]
) -> AlikeTable:
    rows = [group_row(group, found, url(group)) for group in groups]
    if there_are > len(rows):
        summary = _("The %(shown)s largest of %(number)s groups.") % {
            "shown": words.number(len(rows)),
            "number": words.number(there_are),
        }
    else:
        summary = "" if rows else _("No two shares are alike in this.")
    return AlikeTable(rows, summary)


def _names(group: Alike) -> tuple[str, str]:
    kind, value = group.mark
    if kind == VISITOR:
        agents = sorted(filter(None, group.user_agents))
        return _("Visitor %(number)s") % {"number": f"{value:016x}"[:6]}, "; ".join(agents[:1])
    if kind == AGENT:
        if not (n := len(group.visitors)):
            return value, _("no visitor known")
        known = ngettext("%(number)s visitor known", "%(number)s visitors known", n)
        return value, known % {"number": words.number(n)}
    return value, _("no visitor known")


def _platforms(group: Alike) -> str:
    label = get_settings().platforms.label
    largest = group.platforms.most_common(NAMED_PLATFORMS)
    parts = [(str(label(name)), n) for name, n in largest]
    if others := group.n - sum(n for _name, n in largest):
        parts.append((_("others"), others))
    if len(parts) == 1:
        return parts[0][0]
    with_part = _("%(platform)s %(percent)s")
    return ", ".join(
        with_part % {"platform": words.isolated(name), "percent": words.per_cent(n / group.n)}
        for name, n in parts
    )


def _times(group: Alike, found: LookAlikes) -> str:
    zone = found.asked.day.zone
    first, last = (words.clock(at.astimezone(zone)) for at in (group.first, group.last))
    if first == last:
        return first
    return _("%(start)s to %(end)s") % {"start": first, "end": last}
