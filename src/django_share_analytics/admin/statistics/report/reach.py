"""What became of an app's shares: each number with what it means, and none called by another's
name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from django_share_analytics.admin.charts import bar_length
from django_share_analytics.admin.words import number, per_cent
from django_share_analytics.conf import get_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django_share_analytics.stats import Reach


@dataclass(frozen=True, slots=True)
class ReachRow:
    label: str
    meaning: str
    """What was seen, in a line."""
    times: str
    bar: str


def build_reach(reach: Reach) -> list[ReachRow]:
    """From the share to what it led to, beside the largest of these numbers."""
    rows = list(_rows(reach))
    largest = max(n for _label, _meaning, n in rows)
    return [
        ReachRow(label, meaning, number(n), bar_length(n, largest)) for label, meaning, n in rows
    ]


def reach_note(own: int) -> str:
    """What the numbers leave out; ``own`` of it on the whole site in the hours looked back on."""
    if not get_settings().visitors:
        return _("Visitors are not told apart on this site: clicks and visits are requests.")
    note = _("Visits are visitor-days, and “at least”: people behind one address may be one.")
    if not own:
        return " ".join([note, _("Left out is what sharers do on their own links.")])
    left_out = _(
        "Left out is what sharers do on their own links: %(number)s in the last 24 hours, on the"
        " whole site."
    )
    return " ".join([note, left_out % {"number": number(own)}])


def _rows(reach: Reach) -> Iterator[tuple[str, str, int]]:
    yield _("Shares"), _("A share button was tapped."), reach.shares
    yield _("Previews"), _("A network fetched the link, posted or not."), reach.previews
    yield _("Clicks"), _("A browser asked for the link."), reach.clicks
    yield _("Visits"), _visits(reach), reach.visits
    yield _("Re-shares"), _reshares(reach), reach.reshares
    if get_settings().goals or reach.conversions:
        yield _("Conversions"), _("A visitor reached a goal of yours."), reach.conversions


def _visits(reach: Reach) -> str:
    said = _("The page was on a visitor's screen.")
    brought = ngettext(
        "%(number)s share brought somebody (%(percent)s).",
        "%(number)s shares brought somebody (%(percent)s).",
        reach.reached,
    )
    return _with_part(said, brought, reach.reached, reach.shares)


def _reshares(reach: Reach) -> str:
    said = _("A visitor shared it, too.")
    passed_on = ngettext(
        "%(number)s share was shared on (%(percent)s).",
        "%(number)s shares were shared on (%(percent)s).",
        reach.forwarded,
    )
    return _with_part(said, passed_on, reach.forwarded, reach.shares)


def _with_part(said: str, of_shares: str, n: int, shares: int) -> str:
    if not n or not shares:
        return said
    return f"{said} {of_shares % {'number': number(n), 'percent': per_cent(n / shares)}}"
