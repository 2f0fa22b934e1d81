"""The chart over time: by hour up to two days, by day up to a quarter, by week beyond."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from django_share_analytics.admin import words
from django_share_analytics.admin.charts import Column, LineChart, line_chart
from django_share_analytics.admin.statistics.links import link_to_day
from django_share_analytics.periods import first_instant, hour_start, hours_between

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from django_share_analytics.periods import DayRange
    from django_share_analytics.stats import DayCount, HourCount, Question, ShareStats

MAX_POINTS = 92
"""Beyond so many days a point is a week: more would be too narrow to be pointed at."""
WEEK = 7
MAX_DOTS = 31
"""More dots than that hide the line."""


@dataclass(frozen=True, slots=True)
class Step:
    """An hour, a day or a week of a series."""

    label: str
    axis_label: Callable[[], str]
    """Made when it is asked for: few steps are named on the axis."""
    count: int | None
    """``None`` for an hour that is still to come."""
    is_unfinished: bool = False
    day: date | None = None
    """The day that it is, unless it is an hour or a week."""


@dataclass(frozen=True, slots=True)
class Point:
    """A step as the page shows it, beside the one that it is compared with."""

    label: str
    axis_label: str
    """Empty for one that is not named on the axis."""
    shares: str
    """Empty for an hour that is still to come."""
    label_before: str
    shares_before: str
    title: str
    column: Column
    url: str
    """The way to this day alone; empty for an hour and for a week."""


@dataclass(frozen=True, slots=True)
class Trend:
    title: str
    unit: str
    """What a row of the table is: hour, day or week."""
    export: str
    """The name of the table to export: there is none by week, but by day."""
    dates: str
    dates_before: str
    """Empty when nothing is compared."""
    chart: LineChart
    ticks: list[tuple[str, str]]
    points: list[Point]
    is_dotted: bool
    is_early: bool
    """Whether at most half of it has begun, so that its end is empty."""


def build_trend(stats: ShareStats) -> Trend:
    """The chart and its table."""
    today, period = stats.question.today, stats.period
    before = period.before()
    title, unit, export, steps, steps_before = _series(stats)
    begun = [step for step in steps if step.count is not None]
    chart = line_chart(
        _counts(steps),
        previous=_counts(steps_before),
        slots=len(steps),
        labels_from_first=stats.hourly is not None,
        first_is_unfinished=len(begun) > 1 and begun[0].is_unfinished,
        last_is_unfinished=bool(begun) and begun[-1].is_unfinished,
    )
    return Trend(
        title=title,
        unit=unit,
        export=export,
        dates=words.short_range(period.start, period.end, today),
        dates_before=words.short_range(before.start, before.end, today) if steps_before else "",
        chart=chart,
        ticks=[(words.number(tick.value), tick.y) for tick in chart.ticks],
        points=_points(steps, steps_before, chart, stats.question),
        is_dotted=len(steps) <= MAX_DOTS,
        is_early=2 * len(begun) <= len(steps),
    )


def _series(stats: ShareStats) -> tuple[str, str, str, list[Step], list[Step]]:
    """Title, unit and name of the export, the steps, and as many of those before."""
    today, before = stats.question.today, stats.previous_daily or []
    if stats.hourly is not None:
        steps = _hours(stats.hourly, stats.period, stats.question.now)
        steps_before = (
            _hours(stats.previous_hourly, stats.period.before(), stats.question.now)
            if stats.previous_hourly is not None
            else []
        )
        # Where a clock was changed, one side has an hour more.
        return _("Shares by hour"), _("Hour"), "hours", steps, steps_before[: len(steps)]
    if stats.period.days <= MAX_POINTS:
        steps, steps_before = _days(stats.daily, today), _days(before, today)
        return _("Shares by day"), _("Day"), "days", steps, steps_before
    steps, steps_before = _weeks(stats.daily, today), _weeks(before, today)
    return _("Shares by week"), _("Week"), "days", steps, steps_before


def _counts(steps: Sequence[Step]) -> list[int]:
    return [step.count for step in steps if step.count is not None]


def _days(days: Sequence[DayCount], today: date) -> list[Step]:
    return [
        Step(
            words.full_day(day.date),
            partial(words.axis_day, day.date),
            day.count,
            is_unfinished=day.date >= today,
            day=day.date,
        )
        for day in days
    ]


def _weeks(days: Sequence[DayCount], today: date) -> list[Step]:
    """Weeks counted back from the last day; what is left in front is drawn as a part of one."""
    starts = range(len(days) % WEEK - WEEK if len(days) % WEEK else 0, len(days), WEEK)
    steps = []
    for start in starts:
        week = days[max(start, 0) : start + WEEK]
        first, last = week[0].date, week[-1].date
        steps.append(
            Step(
                words.day_range(first, last),
                partial(words.axis_day, first),
                sum(day.count for day in week),
                is_unfinished=len(week) < WEEK or last >= today,
            )
        )
    return steps


def _hours(hours: Sequence[HourCount], period: DayRange, now: datetime) -> list[Step]:
    """Every hour of the period, also those that are still to come."""
    counts = {hour.hour: hour.count for hour in hours}
    current_hour = hour_start(now, period.zone)
    steps = []
    for hour in hours_between(period.lower, period.upper, period.zone):
        instant = first_instant(hour, period.zone)
        local = instant.astimezone(period.zone)
        starts_day = not local.hour and period.days > 1
        steps.append(
            Step(
                words.day_and_clock(local),
                partial(words.axis_day, local.date())
                if starts_day
                else partial(words.axis_clock, local),
                counts.get(instant),
                is_unfinished=hour >= current_hour,
            )
        )
    return steps


def _points(
    steps: list[Step], before: list[Step], chart: LineChart, question: Question
) -> list[Point]:
    rows = zip_longest(steps, before[: len(steps)])
    return [
        _point(step, previous, column, link_to_day(question, step.day) if step.day else "")
        for (step, previous), column in zip(rows, chart.columns, strict=True)
    ]


def _point(step: Step, before: Step | None, column: Column, url: str) -> Point:
    return Point(
        label=step.label,
        axis_label=step.axis_label() if column.is_labelled else "",
        shares=_number(step),
        label_before=before.label if before else "",
        shares_before=_number(before),
        title="\n".join(filter(None, [_line(step), _line(before)])),
        column=column,
        url=url,
    )


def _number(step: Step | None) -> str:
    return "" if step is None or step.count is None else words.number(step.count)


def _line(step: Step | None) -> str:
    if step is None or step.count is None:
        return ""
    values = {"when": step.label, "number": words.number(step.count)}
    if step.is_unfinished:
        return _("%(when)s (so far): %(number)s") % values
    return _("%(when)s: %(number)s") % values
