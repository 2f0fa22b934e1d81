"""What can be asked: counts, totals, trends and rankings.

Everything here reads the rollups alone. What an answer costs depends on the days asked for and on
the number of apps, never on how often they were shared.
"""

from __future__ import annotations

from .answer import share_stats
from .app_days import changes_of_apps, daily_of_apps
from .cached_counts import CachedShareCount, cached_share_count, cached_share_counts
from .comparison import Comparison
from .counting import ShareCount, share_count, share_counts, with_share_count
from .days import DayCount, percentages
from .hours import HourCount, hour_of_week
from .period import MAX_DAYS, Period, make_period
from .question import Question
from .rankings import AppRank, RisingApp
from .results import Headline, ShareStats

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
