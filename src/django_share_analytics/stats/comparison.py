"""A period beside the one before: never a part of a day beside a whole one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from django_share_analytics.periods import DayRange, day_start, hour_start

if TYPE_CHECKING:
    from collections.abc import Callable


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
    def is_possible(self) -> bool:
        """Whether anything can be compared yet: of a day that has just begun nothing can."""
        return self.compared_from < self.compared_until

    @property
    def change(self) -> float | None:
        """The growth as a fraction (0.25: a quarter more); ``None`` without a baseline."""
        return growth(self.total, self.compared_total)


@dataclass(frozen=True, slots=True)
class Cut:
    """How far the last days of both sides are compared: up to an instant each."""

    day: date
    until: datetime
    previous_day: date
    previous_until: datetime


def growth(before: int, after: int) -> float | None:
    """From ``before`` to ``after`` as a fraction; ``None`` without anything to start from."""
    return (after - before) / before if before else None


def compare_days(complete: DayRange, total: Callable[[DayRange], int]) -> Comparison:
    """Complete days, and as many before."""
    before = complete.before()
    return Comparison(
        start=before.start,
        end=before.end,
        total=total(before),
        compared_total=total(complete),
        compared_from=complete.lower,
        compared_until=complete.upper,
    )


def cut_of(period: DayRange, now: datetime) -> Cut | None:
    """Where both sides end when ``period`` is not over: at the last complete hour of its day."""
    if now >= period.upper:
        return None
    until = max(period.lower, hour_start(now, period.zone))
    local = until.astimezone(period.zone)
    if local.fold:
        # An hour that comes twice: the day before has it once, and the same part of the day ends
        # where it begins first.
        until = local.replace(fold=0).astimezone(UTC)
    # Where nothing of it has begun that is its first day, be it one that the calendar leaves out.
    day = local.date() if until > period.lower else period.start
    previous_day = day - timedelta(days=period.days)
    if local.time() == datetime.min.time():
        previous_until = day_start(previous_day, period.zone)
    else:
        same_time = datetime.combine(previous_day, local.time(), period.zone)
        previous_until = same_time.astimezone(UTC)
    return Cut(day, until, previous_day, previous_until)
