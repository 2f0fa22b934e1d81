"""From when on shares are there row by row, for readers of rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django_share_analytics.periods import day_start, local_day

if TYPE_CHECKING:
    from datetime import datetime

    from django_share_analytics.periods import DayRange


def kept_days(period: DayRange, watermark: datetime | None) -> DayRange | None:
    """Those days of the period of which no share was pruned; ``None``: of each, some were.

    Shares from before the ``watermark`` are gone; ``None``: all are there.
    """
    if watermark is None or watermark <= period.lower:
        return period
    first = local_day(watermark, period.zone)
    if day_start(first, period.zone) < watermark:
        first += timedelta(days=1)
    return replace(period, start=first) if first <= period.end else None
