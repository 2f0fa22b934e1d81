"""Everything that a page of statistics shows of one range, read with few queries."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django_share_analytics.links import addresses
from django_share_analytics.stats.app_days import daily_of_apps
from django_share_analytics.stats.comparison import compare_days
from django_share_analytics.stats.one_app import app_stats
from django_share_analytics.stats.reach import read_visits
from django_share_analytics.stats.site import read_site

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from django_share_analytics.periods import DayRange
    from django_share_analytics.stats.comparison import Comparison
    from django_share_analytics.stats.question import Question
    from django_share_analytics.stats.results import ShareStats

RANKED = 10
"""How many apps a ranking on a page has."""
HEADLINES = (1, 7, 30, 90)
"""So many days, with today, each page tells the total of."""
MIN_WEEK_DAYS = 7
"""A shorter period has no map of the week."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The answer for one range, one platform or all, one app or all."""

    stats: ShareStats
    sparklines: Mapping[Any, Sequence[int]] = field(default_factory=dict)
    """Shares by day of each of the most shared apps, by its key: of complete days, as a day that is
    not over would end each of them in a fall."""
    changes: Mapping[Any, Comparison] = field(default_factory=dict)
    """What became of the most shared apps, in complete days; empty when nothing is compared."""
    visits: int | None = None
    """Visits on the links of the shares, so far; ``None`` where shares have no links."""
    week: list[list[int]] | None = None
    """Shares by day of the week (Monday first) and hour; ``None`` for an app, which is counted by
    day, and for less than a week."""


def read_overview(question: Question) -> Overview:
    """The answer, with as many apps and headlines as a page has."""
    asked = replace(question, limit=RANKED, headlines=HEADLINES)
    if question.app is not None:
        stats = app_stats(asked)
        return Overview(stats, visits=stats.reach.visits if stats.reach else None)
    site = read_site(asked)
    stats, using = site.stats(), site.closed.using
    are_linked = addresses.are_on()
    visits = read_visits(stats.question, stats.every_platform, using) if are_linked else None
    if not stats.total:
        return Overview(stats, visits=visits)
    week = site.week() if question.period.days >= MIN_WEEK_DAYS else None
    return Overview(stats, *_of_apps(stats, using), visits, week)


def _of_apps(stats: ShareStats, using: str) -> tuple[dict[Any, list[int]], dict[Any, Comparison]]:
    """The trends and the changes of the most shared apps, both from the same complete days."""
    question, complete = stats.question, stats.question.complete
    first = complete.before().start if question.compare else complete.start
    apps = [app.app_id for app in stats.most_shared_apps]
    daily = daily_of_apps(apps, replace(complete, start=first), question.platform, using=using)
    sparklines = {key: _cut(counts, first, complete) for key, counts in daily.items()}
    if not question.compare:
        return sparklines, {}

    def change(counts: list[int]) -> Comparison:
        return compare_days(complete, lambda days: sum(_cut(counts, first, days)))

    return sparklines, {key: change(counts) for key, counts in daily.items()}


def _cut(counts: list[int], first: date, days: DayRange) -> list[int]:
    """The counts of ``days``, out of those that begin on ``first``."""
    start = (days.start - first).days
    return counts[start : start + days.days]
