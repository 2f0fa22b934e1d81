"""Sums over days: for the whole site from its hours, for one app from its days.

Two sources with the same methods. The finer one can compare a part of a day with a part of a day.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, Sum

from .models import AppPlatformDay, SiteHour
from .periods import DayRange, day_start, hour_start, local_day

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from django.db.models import QuerySet

TOTALS_DAYS = (7, 30, 90)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The period before, beside as much of the current one as can be compared with it."""

    start: date
    end: date
    total: int
    """Shares of the previous side."""
    compared_total: int
    """Shares of the current side, as far as they are compared."""
    compared_from: datetime
    compared_until: datetime
    """Where the current side of the comparison starts, and the first instant after it."""

    @property
    def change(self) -> float | None:
        """The growth as a fraction (0.25: a quarter more); ``None`` without a baseline."""
        return (self.compared_total - self.total) / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class SiteHours:
    """The shares of the whole site, or of one platform."""

    platform: str | None = None

    def daily(self, period: DayRange) -> Counter[date]:
        """Shares by day; a day without shares is left out."""
        rows = self._between(period.lower, period.upper).values_list("hour")
        daily: Counter[date] = Counter()
        for hour, n in rows.annotate(total=Sum("n")):
            daily[local_day(hour, period.zone)] += n
        return daily

    def platforms(self, period: DayRange) -> dict[str, int]:
        """Shares by platform, most shared first."""
        return _by_platform(self._between(period.lower, period.upper), "platform")

    def totals(self, today: date, zone: tzinfo) -> dict[int, int]:
        """Shares of the last 7, 30 and 90 days."""
        ranges = {days: DayRange.last(days, today=today, zone=zone) for days in TOTALS_DAYS}
        longest = ranges[max(ranges)]
        return _totals(
            self._between(longest.lower, longest.upper),
            {days: Q(hour__gte=period.lower) for days, period in ranges.items()},
        )

    def compare(self, period: DayRange, now: datetime) -> Comparison:
        """Both sides up to the hour of the day that is complete ``now``."""
        before = period.before()
        until = min(period.upper, max(period.lower, hour_start(now, period.zone)))
        return Comparison(
            start=before.start,
            end=before.end,
            total=self._sum(before.lower, _days_earlier(until, period)),
            compared_total=self._sum(period.lower, until),
            compared_from=period.lower,
            compared_until=until,
        )

    def _between(self, lower: datetime, upper: datetime) -> QuerySet[SiteHour]:
        rows = SiteHour.objects.filter(hour__gte=lower, hour__lt=upper)
        return rows.filter(platform=self.platform) if self.platform else rows

    def _sum(self, lower: datetime, upper: datetime) -> int:
        return self._between(lower, upper).aggregate(total=Sum("n"))["total"] or 0


@dataclass(frozen=True, slots=True)
class AppDays:
    """The shares of one app, on all platforms or on one."""

    app: Any
    platform: str | None = None

    def daily(self, period: DayRange) -> Counter[date]:
        """Shares by day; a day without shares is left out."""
        rows = self._on(period).values_list("day").annotate(total=Sum("n"))
        return Counter(dict(rows))

    def platforms(self, period: DayRange) -> dict[str, int]:
        """Shares by platform, most shared first."""
        return _by_platform(self._on(period), "app_platform__platform")

    def totals(self, today: date, zone: tzinfo) -> dict[int, int]:
        """Shares of the last 7, 30 and 90 days."""
        ranges = {days: DayRange.last(days, today=today, zone=zone) for days in TOTALS_DAYS}
        return _totals(
            self._on(ranges[max(ranges)]),
            {days: Q(day__gte=period.start) for days, period in ranges.items()},
        )

    def compare(self, period: DayRange, now: datetime) -> Comparison:
        """Complete days on both sides: a period that has today is moved to end yesterday."""
        yesterday = local_day(now, period.zone) - timedelta(days=1)
        complete = period.shifted(min(0, (yesterday - period.end).days))
        before = complete.before()
        return Comparison(
            start=before.start,
            end=before.end,
            total=self._sum(before),
            compared_total=self._sum(complete),
            compared_from=complete.lower,
            compared_until=complete.upper,
        )

    def _on(self, period: DayRange) -> QuerySet[AppPlatformDay]:
        rows = AppPlatformDay.objects.filter(
            app_platform__app=self.app, day__range=(period.start, period.end)
        )
        return rows.filter(app_platform__platform=self.platform) if self.platform else rows

    def _sum(self, period: DayRange) -> int:
        return self._on(period).aggregate(total=Sum("n"))["total"] or 0


def _by_platform(rows: QuerySet[Any], column: str) -> dict[str, int]:
    return dict(
        rows.values_list(column)
        .annotate(total=Sum("n"))
        .filter(total__gt=0)
        .order_by("-total", column)
    )


def _totals(rows: QuerySet[Any], conditions: Mapping[int, Q]) -> dict[int, int]:
    sums = {f"last_{days}": Sum("n", filter=q, default=0) for days, q in conditions.items()}
    found = rows.aggregate(**sums)
    return {days: found[f"last_{days}"] for days in conditions}


def _days_earlier(instant: datetime, period: DayRange) -> datetime:
    """The same time of the local day, as many days earlier as the period is long."""
    local = instant.astimezone(period.zone)
    day = local.date() - timedelta(days=period.days)
    if local.time() == datetime.min.time():
        return day_start(day, period.zone)
    return datetime.combine(day, local.time(), period.zone).astimezone(UTC)
