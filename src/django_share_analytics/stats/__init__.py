"""What can be asked: counts, totals, trends and rankings.

Everything here reads the rollups alone. What an answer costs depends on the days asked for and on
the number of apps, never on how often they were shared.
"""

from __future__ import annotations

from django_share_analytics.stats.answer import share_stats
from django_share_analytics.stats.app_days import changes_of_apps, daily_of_apps
from django_share_analytics.stats.cached_counts import (
    CachedShareCount,
    cached_share_count,
    cached_share_counts,
)
from django_share_analytics.stats.comparison import Comparison
from django_share_analytics.stats.counting import (
    ShareCount,
    share_count,
    share_counts,
    with_share_count,
)
from django_share_analytics.stats.days import DayCount, percentages
from django_share_analytics.stats.hours import HourCount, hour_of_week
from django_share_analytics.stats.period import MAX_DAYS, Period, make_period
from django_share_analytics.stats.question import Question
from django_share_analytics.stats.rankings import AppRank, RisingApp
from django_share_analytics.stats.reach import Reach
from django_share_analytics.stats.results import Headline, ShareStats

__all__ = [
    "MAX_DAYS",
    "AppRank",
    "CachedShareCount",
    "Comparison",
    "DayCount",
    "Headline",
    "HourCount",
    "Period",
    "Question",
    "Reach",
    "RisingApp",
    "ShareCount",
    "ShareStats",
    "cached_share_count",
    "cached_share_counts",
    "changes_of_apps",
    "daily_of_apps",
    "hour_of_week",
    "make_period",
    "percentages",
    "share_count",
    "share_counts",
    "share_stats",
    "with_share_count",
]
