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

if TYPE_CHECKING:
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
    return build_ranking(entries, leader_sentence(entries) if len(entries) > 1 else "")


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
    return build_ranking(entries, leader_sentence(entries) if len(entries) > 1 else "")


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
    return build_ranking(entries, _trend(virality))


def _counts(row: PlatformTravel | AppTravel | WeekTravel) -> tuple[str, ...]:
    return words.number(row.visits), words.number(row.shares)


def _trend(virality: Virality) -> str:
    known = [week.visits_per_share for week in virality.weeks if week.visits_per_share.is_known]
    if len(known) < CLAIMED_WEEKS:
        return _("Of fewer than %(weeks)d weeks with enough shares no trend is told.") % {
            "weeks": CLAIMED_WEEKS
        }
    first, last = rate_text(known[0]), rate_text(known[-1])
    said = _("From %(first)s to %(last)s visits per share.") % {
        "first": first.value,
        "last": last.value,
    }
    apart = (known[0].high or 0) < (known[-1].low or 0) or (known[-1].high or 0) < (
        known[0].low or 0
    )
    if apart:
        return said
    return " ".join([said, _("Both intervals overlap: that may be chance.")])
