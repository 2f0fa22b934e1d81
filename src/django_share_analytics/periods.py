"""Days and hours of a time zone, as half-open ranges of UTC instants.

Pure functions over :mod:`zoneinfo`: no database is asked to know about zones, so that the answer is
the same on every database, with or without zone tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

QUARTER_SECONDS = 900
"""Every zone's offset has been a multiple of 15 minutes since 1972: a quarter of an hour of UTC
lies in one local hour, and in one local day, wherever one stands."""

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

    def __iter__(self) -> Iterator[date]:
        return (self.start + timedelta(days=n) for n in range(self.days))

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end
