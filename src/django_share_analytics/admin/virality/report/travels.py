"""Platforms, apps and weeks by the visits that a share brought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from django_share_analytics.admin import words
from django_share_analytics.admin.virality.links import cohort_link
from django_share_analytics.admin.virality.rates import rate_text
from django_share_analytics.admin.virality.report.ranking import (
    Ranked,
    Ranking,
    build_ranking,
    leader_sentence,
)
from django_share_analytics.conf import get_settings
from django_share_analytics.virality.apps import MOST_APPS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_share_analytics.virality.results import (
        AppTravel,
        PlatformTravel,
        Virality,
        WeekTravel,
    )

CLAIMED_WEEKS = 6
"""Of fewer weeks no trend is told: what looks like one is chance in a third of cases."""


def platform_ranking(virality: Virality) -> Ranking:
    label, chosen = get_settings().platforms.label, virality.cohort.question.platform
    entries = [
        Ranked(
            label=str(label(row.platform)),
            rate=row.visits_per_share,
            cells=_counts(row),
            url=cohort_link(
                virality.cohort, platform=None if row.platform == chosen else row.platform
            ),
            is_chosen=row.platform == chosen,
        )
        for row in virality.platforms
    ]
    return build_ranking(_heads(_("Platform")), entries, _summary(virality.platforms, entries))


def app_ranking(virality: Virality) -> Ranking:
    entries = [
        Ranked(
            label=words.shortened(row.app_name),
            rate=row.visits_per_share,
            cells=_counts(row),
            url=cohort_link(virality.cohort, app=row.app_id),
        )
        for row in virality.apps or ()
    ]
    # Others with more visits, and others that may reach it, are not among these.
    said = leader_sentence(entries, is_all=len(entries) < MOST_APPS) if len(entries) > 1 else ""
    return build_ranking(_heads(_("App")), entries, said)


def week_ranking(virality: Virality) -> Ranking:
    """The last week first."""
    today = virality.cohort.question.today
    entries = [
        Ranked(
            label=words.short_range(week.start, week.end, today),
            rate=week.visits_per_share,
            cells=_counts(week),
        )
        for week in reversed(virality.weeks)
    ]
    return build_ranking(_heads(_("Week")), entries, _trend(virality))


def _summary(rows: Sequence[PlatformTravel], entries: Sequence[Ranked]) -> str:
    """Who brought most, and who brings most for a share."""
    if len(rows) < 2:
        return ""
    visits, name = max(
        ((row.visits, one.label) for row, one in zip(rows, entries, strict=True)),
        key=lambda pair: pair[0],
    )
    said = [leader_sentence(entries)]
    if visits:
        values = {"name": words.isolated(name), "number": words.number(visits)}
        said.insert(0, _("Most visits came by %(name)s: %(number)s.") % values)
    return " ".join(filter(None, said))


def _heads(what: str) -> tuple[str, ...]:
    return what, _("Visits per share"), _("Visits"), _("Shares")


def _counts(row: PlatformTravel | AppTravel | WeekTravel) -> tuple[str, ...]:
    return words.number(row.visits), words.number(row.shares)


def _trend(virality: Virality) -> str:
    known = [week.visits_per_share for week in virality.weeks if week.visits_per_share.is_known]
    if len(known) < CLAIMED_WEEKS:
        return _("Of fewer than %(weeks)d weeks with enough shares no trend is told.") % {
            "weeks": CLAIMED_WEEKS
        }
    first, last = known[0], known[-1]
    said = _(
        "%(first)s visits per share in the first week with enough shares, %(last)s in the last."
    ) % {
        "first": rate_text(first).value,
        "last": rate_text(last).value,
    }
    if max(first.low or 0, last.low or 0) > min(first.high or 0, last.high or 0):
        return said
    return " ".join([said, _("Their intervals overlap: that may be chance.")])
