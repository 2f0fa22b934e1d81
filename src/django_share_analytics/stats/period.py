"""The days that an answer is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django_share_analytics.conf import reporting_zone
from django_share_analytics.periods import DayRange, local_day

if TYPE_CHECKING:
    from datetime import date, datetime

MAX_DAYS = 365


@dataclass(frozen=True, slots=True)
class Period:
    """The days that an answer is about, ``start`` and ``end`` both included."""

    range: DayRange
    label: str
    """Such as "Last 30 days": for programs, so the same in every language."""
    today: date

    @property
    def start(self) -> date:
        return self.range.start

    @property
    def end(self) -> date:
        return self.range.end

    @property
    def days(self) -> int:
        return self.range.days

    @property
    def time_zone(self) -> str:
        return str(self.range.zone)


def make_period(
    *, days: int = 30, start: date | None = None, end: date | None = None, now: datetime
) -> Period:
    """The last ``days`` days with today, or ``start`` to ``end``, in the reporting zone.

    :raises ValueError: the range has no day, or only one end.
    """
    zone = reporting_zone()
    today = local_day(now, zone)
    if (start is None) != (end is None):
        raise ValueError("start and end come together.")
    if start is not None and end is not None:
        period, label = DayRange(start, end, zone), f"{start} to {end}"
    else:
        period = DayRange.last(days, today=today, zone=zone)
        label = f"Last {days} days" if days > 1 else "Last 1 day"
    if period.days < 1:
        raise ValueError("A period has a day at least.")
    return Period(period, label, today)
