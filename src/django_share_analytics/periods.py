"""Days and hours of a time zone, as half-open ranges of UTC instants.

Pure functions over :mod:`zoneinfo`: no database is asked to know about zones, so that the answer is
the same on every database, with or without zone tables.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

QUARTER_SECONDS = 900
"""Every zone's offset has been a multiple of 15 minutes since 1972: a quarter of an hour of UTC
lies in one local hour, and in one local day, wherever one stands. But for minutes at midnight when
clocks were changed then: in Newfoundland until 2011, at one minute past, and once in Nepal, by 15
minutes, in 1986. These few may be counted on the day beside their own."""

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(9999, 12, 1)
"""Days that can be asked for: within them no zone leaves the years that Python knows."""


def local_day(instant: datetime, zone: tzinfo) -> date:
    """The calendar day of ``instant`` in ``zone``."""
    return instant.astimezone(zone).date()


def day_start(day: date, zone: tzinfo) -> datetime:
    """The UTC instant at which ``day`` starts in ``zone``.

    A midnight that a clock change leaves out is the instant of the change; of a midnight that comes
    twice the first is taken.
    """
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def hour_start(instant: datetime, zone: tzinfo) -> datetime:
    """The UTC instant at which the hour that ``zone`` shows at ``instant`` started."""
    local = instant.astimezone(zone)
    past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return instant.astimezone(UTC) - past


def first_instant(hour: datetime, zone: tzinfo) -> datetime:
    """When the hour really begins that is known by the instant ``hour``.

    Where a clock change cuts off the beginning of an hour, :func:`hour_start` names an instant that
    lies before the change, and shows another hour.
    """
    local = hour.astimezone(zone)
    if not (local.minute or local.second or local.microsecond):
        return hour  # as nearly all do; a page asks this of each hour that it shows
    quarters = (hour + n * timedelta(seconds=QUARTER_SECONDS) for n in range(4))
    # An hour of another zone, counted before the setting changed, begins where it says.
    return next((quarter for quarter in quarters if hour_start(quarter, zone) == hour), hour)


def offsets_between(
    lower: datetime, upper: datetime, zone: tzinfo
) -> list[tuple[datetime, timedelta]]:
    """What ``zone`` adds to UTC from ``lower`` up to ``upper``: each offset, and until when."""
    offsets = []
    start, offset = lower, _offset(lower, zone)
    while start < upper:
        end = min(start + timedelta(days=1), upper)
        if _offset(end, zone) != offset:  # once a day at most, so the ends of the day tell
            quarter = timedelta(seconds=QUARTER_SECONDS)
            change = next(
                start + n * quarter
                for n in range(97)
                if _offset(start + n * quarter, zone) != offset
            )
            offsets.append((change, offset))
            offset = _offset(change, zone)
        start = end
    return [*offsets, (upper, offset)]


def _offset(instant: datetime, zone: tzinfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta(0)


def hours_between(lower: datetime, upper: datetime, zone: tzinfo) -> list[datetime]:
    """The hours of ``zone`` from ``lower`` up to ``upper``, as :func:`hour_start` names them."""
    quarters = range(int(lower.timestamp()), int(upper.timestamp()), QUARTER_SECONDS)
    return sorted({hour_start(datetime.fromtimestamp(start, UTC), zone) for start in quarters})


@dataclass(frozen=True, slots=True)
class DayRange:
    """Calendar days from ``start`` to ``end``, both included, in ``zone``."""

    start: date
    end: date
    zone: tzinfo

    @classmethod
    def last(cls, days: int, *, today: date, zone: tzinfo) -> DayRange:
        """``today`` and the ``days - 1`` days before it."""
        return cls(today - timedelta(days=days - 1), today, zone)

    @property
    def time_zone(self) -> str:
        return str(self.zone)

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def lower(self) -> datetime:
        """The first instant."""
        return day_start(self.start, self.zone)

    @property
    def upper(self) -> datetime:
        """The first instant after it."""
        return day_start(self.end + timedelta(days=1), self.zone)

    def shifted(self, days: int) -> DayRange:
        """The range of the same length, ``days`` later."""
        step = timedelta(days=days)
        return DayRange(self.start + step, self.end + step, self.zone)

    def before(self) -> DayRange:
        """The range of the same length that ends where this one starts."""
        return self.shifted(-self.days)

    def ending_before(self, day: date) -> DayRange:
        """This range; or, if it reaches ``day``, as many days earlier as it takes to end before."""
        return self.shifted(min(0, (day - self.end).days - 1))

    def __iter__(self) -> Iterator[date]:
        return (self.start + timedelta(days=n) for n in range(self.days))

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end


def merged(ranges: Iterable[DayRange]) -> list[DayRange]:
    """The same days, each of them once, in as few ranges as can be; all of one zone."""
    joined: list[DayRange] = []
    for period in sorted(ranges, key=lambda period: period.start):
        last = joined[-1] if joined else None
        if last is None or period.start > last.end + timedelta(days=1):
            joined.append(period)
        elif period.end > last.end:
            joined[-1] = replace(last, end=period.end)
    return joined
