"""What is read of days and hours: of the whole site from its hours, of apps from their days."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db.models import Q, Sum

from django_share_analytics.conf import get_settings
from django_share_analytics.models import SiteHour
from django_share_analytics.periods import (
    FIRST_DAY,
    DayRange,
    first_instant,
    hours_between,
    local_day,
)
from django_share_analytics.sql.functions import local_day_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime, tzinfo


MAX_HOURLY_DAYS = 2
"""A longer period has no hourly series: its days say more."""


@dataclass(frozen=True, slots=True)
class HourCount:
    """The shares of an hour."""

    hour: datetime
    """The instant at which the hour of the reporting zone starts, in UTC."""
    count: int


@dataclass(frozen=True, slots=True)
class Hours:
    """The site's shares by hour and platform, on some days."""

    cells: Mapping[datetime, Mapping[str, int]]
    zone: tzinfo

    def by_day(self, days_read: Iterable[date]) -> dict[date, Counter[str]]:
        """Those days again, each of them, as sums of their hours."""
        days: dict[date, Counter[str]] = {day: Counter() for day in days_read}
        for hour, by_platform in self.cells.items():
            day = local_day(first_instant(hour, self.zone), self.zone)
            if day in days:  # else the clocks were changed at midnight, by less than an hour
                days[day].update(by_platform)
        return days

    def on(self, day: date) -> dict[datetime, Mapping[str, int]]:
        """The cells of a day."""
        days = DayRange(day, day, self.zone)
        lower, upper = days.lower, days.upper
        return {hour: n for hour, n in self.cells.items() if lower <= hour < upper}

    def of_week(self, period: DayRange, platform: str | None) -> list[list[int]]:
        """:func:`hour_of_week` of some of these days."""
        cells = (cell for day in period for cell in self.on(day).items())
        return _by_week(((hour, _on(n, platform)) for hour, n in cells), self.zone)

    def total(self, platform: str | None, lower: datetime, upper: datetime) -> int:
        """Shares of the hours that begin within these bounds."""
        earliest = lower - timedelta(hours=1)  # an hour begins when it says, or within it
        return sum(
            _on(by_platform, platform)
            for hour, by_platform in self.cells.items()
            if earliest < hour < upper and lower <= first_instant(hour, self.zone) < upper
        )

    def series(self, period: DayRange, platform: str | None, now: datetime) -> list[HourCount]:
        """Every hour of the period that has begun, with 0 for an hour without shares."""
        series = []
        for name in hours_between(period.lower, period.upper, self.zone):
            hour = HourCount(
                first_instant(name, self.zone), _on(self.cells.get(name, {}), platform)
            )
            # The clock of another machine may be ahead, and what it counted is in the total.
            if hour.hour <= now or hour.count:
                series.append(hour)
        return series


def _on(by_platform: Mapping[str, int], platform: str | None) -> int:
    return sum(by_platform.values()) if platform is None else by_platform.get(platform, 0)


def read_hours(days: Iterable[date], zone: tzinfo, *, using: str) -> Hours:
    """The hours of these days, with one query."""
    cells: dict[datetime, dict[str, int]] = defaultdict(dict)
    ranges = [DayRange(day, day, zone) for day in days]
    rows = SiteHour.objects.using(using).filter(
        _within((range.lower, range.upper) for range in ranges)
    )
    for hour, platform, n in rows.values_list("hour", "platform", "n"):
        cells[hour][platform] = n
    return Hours(cells, zone)


def read_site_days(
    ranges: Iterable[DayRange], zone: tzinfo, *, using: str
) -> dict[date, dict[str, int]]:
    """The site's shares by day and platform, with one query. The ranges must not overlap."""
    bounds = [(range.lower, range.upper) for range in ranges]
    days: dict[date, dict[str, int]] = defaultdict(dict)
    if not bounds:
        return days
    lower, upper = min(bounds)[0], max(bounds)[1]
    day = local_day_number("hour", lower, upper, zone)
    rows = SiteHour.objects.using(using).filter(_within(bounds)).annotate(day=day)
    grouped = rows.values_list("day", "platform").annotate(total=Sum("n")).order_by()
    for number, platform, n in grouped:
        days[FIRST_DAY + timedelta(days=number)][platform] = n
    return days


def hour_of_week(
    period: DayRange, platform: str | None = None, *, using: str | None = None
) -> list[list[int]]:
    """The site's shares by weekday (Monday first) and hour of the day, 0 to 23.

    In the zone of the period. An hour that comes twice when the clocks change is one here.
    """
    rows = SiteHour.objects.using(using).filter(hour__gte=period.lower, hour__lt=period.upper)
    if platform is not None:
        rows = rows.filter(platform=get_settings().platforms.name_of(platform))
    return _by_week(rows.values_list("hour").annotate(total=Sum("n")).order_by(), period.zone)


def _by_week(counts: Iterable[tuple[datetime, int]], zone: tzinfo) -> list[list[int]]:
    table = [[0] * 24 for _ in range(7)]
    for hour, n in counts:
        local = first_instant(hour, zone).astimezone(zone)
        table[local.weekday()][local.hour] += n
    return table


def _within(bounds: Iterable[tuple[datetime, datetime]]) -> Q:
    return reduce(or_, (Q(hour__gte=lower, hour__lt=upper) for lower, upper in bounds))
