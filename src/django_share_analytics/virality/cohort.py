"""Which shares are asked about: those of some days, of which everything is over that counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django_share_analytics.periods import day_start, local_day
from django_share_analytics.stats.question import make_question
from django_share_analytics.steps import AGES, WINDOWS, age_of

if TYPE_CHECKING:
    from datetime import date, tzinfo

    from django_share_analytics.periods import DayRange
    from django_share_analytics.stats.question import Question

DEFAULT_DAYS, DEFAULT_WINDOW = 90, 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """The shares of some days, and what became of each within a ``window`` of days."""

    question: Question
    """Days, platform and app as they were asked for."""
    window: int
    matured: DayRange | None
    """The days that are looked at: the last of them ended a window ago at least, so that nothing
    can be added within it. Of a number of days that is asked for, as many before; of days from and
    to, those of them that are over. ``None``: there are none yet."""


def make_cohort(question: Question, window: int = DEFAULT_WINDOW) -> Cohort:
    """The cohort of a question.

    :raises ValueError: ``window`` is none of :data:`.steps.WINDOWS`.
    """
    if window not in WINDOWS:
        raise ValueError(f"A window has {', '.join(map(str, WINDOWS))} days.")
    period = question.period
    last = last_matured(question.today, window, period.zone)
    if question.days is not None:
        matured = replace(period, start=last - timedelta(days=period.days - 1), end=last)
    else:
        matured = replace(period, end=min(period.end, last))
    return Cohort(question=question, window=window, matured=matured if matured.days > 0 else None)


def last_matured(today: date, window: int, zone: tzinfo) -> date:
    """The last day whose shares were all a window old when ``today`` began.

    A window has days of 24 hours. Where clocks were set forward within it, those of the last hour
    of a day reach into a day more.
    """
    return local_day(day_start(today, zone) - timedelta(days=window), zone) - timedelta(days=1)


def is_over(cohort: Cohort, until: date) -> bool:
    """Whether nothing can be added any more, of which the days before ``until`` are over. It isn't
    where a caller took a later time for now."""
    if cohort.matured is None:
        return False
    return cohort.matured.end <= last_matured(until, cohort.window, cohort.matured.zone)


def edges_of(window: int) -> tuple[int, ...]:
    """The upper edges of the ages within a window, in seconds; see :data:`.steps.AGES`."""
    return AGES[: age_of(timedelta(days=window)) + 1]


def cohort_of(*, days: int = DEFAULT_DAYS, window: int = DEFAULT_WINDOW, **words: Any) -> Cohort:
    """The cohort that :func:`.share_virality` is asked for in these words."""
    return make_cohort(make_question(days=days, compare=False, **words), window)
