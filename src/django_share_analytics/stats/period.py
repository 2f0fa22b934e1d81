"""Which days can be asked for, and the period that a question's words mean."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator

from django_share_analytics.conf import reporting_zone
from django_share_analytics.periods import FIRST_DAY, LAST_DAY, DayRange, local_day

if TYPE_CHECKING:
    from datetime import date, datetime

MAX_DAYS = 365
"""The days that can be asked for at a time."""
DAY_VALIDATORS = (MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY))
"""For every field of a form that takes a day."""

Period = DayRange


def make_period(
    *, days: int = 30, start: date | None = None, end: date | None = None, now: datetime
) -> Period:
    """The last ``days`` days with today, or ``start`` to ``end``, in the reporting zone.

    :raises ValueError: the range has no day, or only one end.
    """
    zone = reporting_zone()
    if (start is None) != (end is None):
        raise ValueError("start and end come together.")
    if start is not None and end is not None:
        period = DayRange(start, end, zone)
    else:
        period = DayRange.last(days, today=local_day(now, zone), zone=zone)
    if period.days < 1:
        raise ValueError("A period has a day at least.")
    return period


class Flaw(Enum):
    """Why a range of days is not answered."""

    IN_THE_FUTURE = auto()
    REVERSED = auto()
    TOO_LONG = auto()
    TOO_EARLY = auto()


def find_flaw(start: date, end: date, *, today: date | None = None) -> Flaw | None:
    """The first flaw of the range; none of them is in the future when ``today`` isn't said."""
    if today is not None and end > today:
        return Flaw.IN_THE_FUTURE
    if start > end:
        return Flaw.REVERSED
    if (end - start).days >= MAX_DAYS:
        return Flaw.TOO_LONG
    if start < FIRST_DAY:
        return Flaw.TOO_EARLY
    return None
