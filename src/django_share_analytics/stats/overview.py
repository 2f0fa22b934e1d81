"""Everything that a page of statistics shows of one range, read with few queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django_share_analytics.events import utc_now
from django_share_analytics.periods import DayRange
from django_share_analytics.stats.answer import share_stats
from django_share_analytics.stats.app_days import daily_of_apps
from django_share_analytics.stats.comparison import compare_days
from django_share_analytics.stats.hours import hour_of_week

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from django_share_analytics.stats.answer import ShareStats
    from django_share_analytics.stats.comparison import Comparison

RANKED = 10
"""How many apps a ranking on a page has."""
HEADLINES = (1, 7, 30, 90)
"""So many days, with today, each page tells the total of."""
WEEK = 7


@dataclass(frozen=True, slots=True)
class Overview:
    """The answer for one range, one platform or all, one app or all."""

    stats: ShareStats
    now: datetime
    sparklines: Mapping[Any, Sequence[int]] = field(default_factory=dict)
    """Shares by day of each of the most shared apps, by its key."""
    changes: Mapping[Any, Comparison] = field(default_factory=dict)
    """What became of the most shared apps, in complete days; empty when nothing is compared."""
    week: list[list[int]] | None = None
    """Shares by day of the week (Monday first) and hour; ``None`` for an app, which is counted by
    day, and for less than a week."""


def read_overview(
    *,
    period: DayRange,
    platform: str | None = None,
    app: Any = None,
    compare: bool = True,
    now: datetime | None = None,
) -> Overview:
    """The answer for ``period``, on a platform (its stored name) and of an app where given.

    :raises InvalidShare: ``app`` is neither an object of the shared model nor a key.
    """
    now = now or utc_now()
    stats = share_stats(
        start=period.start,
        end=period.end,
        platform=platform,
        app=app,
        limit=RANKED,
        compare=compare,
        headlines=HEADLINES,
        now=now,
    )
    if app is not None or not stats.total:
        return Overview(stats, now)
    sparklines, changes = _of_apps(stats, platform, compare=compare)
    week = hour_of_week(stats.period.range, platform) if period.days >= WEEK else None
    return Overview(stats, now, sparklines, changes, week)


def _of_apps(
    stats: ShareStats, platform: str | None, *, compare: bool
) -> tuple[dict[Any, list[int]], dict[Any, Comparison]]:
    """The trends and the changes of the most shared apps, both from the same days."""
    period, today = stats.period.range, stats.period.today
    first = period.ending_before(today).before().start if compare else period.start
    read = DayRange(first, period.end, period.zone)
    daily = daily_of_apps([app.app_id for app in stats.most_shared_apps], read, platform)
    sparklines = {key: _cut(counts, first, period) for key, counts in daily.items()}
    if not compare:
        return sparklines, {}

    def change(counts: list[int]) -> Comparison:
        return compare_days(period, today, lambda days: sum(_cut(counts, first, days)))

    return sparklines, {key: change(counts) for key, counts in daily.items()}


def _cut(counts: list[int], first: date, days: DayRange) -> list[int]:
    """The counts of ``days``, out of those that begin on ``first``."""
    start = (days.start - first).days
    return counts[start : start + days.days]
