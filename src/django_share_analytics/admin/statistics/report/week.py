"""At which hours of the week things are shared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, NamedTuple

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import get_format, time_format
from django.utils.translation import gettext as _

from django_share_analytics.admin import words
from django_share_analytics.admin.charts import HEAT_LEVELS, HeatMap, heat_map

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_share_analytics.admin.charts import HeatRow

LABEL_EVERY = 3
"""Every so many hours one is named below the map."""
LEGEND_STEP = 16


class WeekCell(NamedTuple):
    """A template takes 168 of them apart in a loop, which it does faster than to look into each."""

    x: str
    level: int
    title: str


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A day of the week."""

    label: str
    short: str
    y: str
    middle: str
    cells: list[WeekCell]


@dataclass(frozen=True, slots=True)
class Week:
    map: HeatMap
    rows: list[WeekRow]
    labelled: list[tuple[str, str]]
    """Where an hour is named below the map, and how."""
    levels: list[tuple[int, str]]
    """The squares of the legend: how dark, and where."""
    table: list[tuple[str, Sequence[str]]]
    """The same by hour, for the table below the map."""
    summary: str


def build_week(table: Sequence[Sequence[int]]) -> Week:
    """The map of ``table`` (Monday first), its days in the order of the page's language."""
    first = (int(str(get_format("FIRST_DAY_OF_WEEK"))) - 1) % 7  # formats count from Sunday
    order = [(first + n) % 7 for n in range(7)]
    drawn = heat_map([table[day] for day in order])
    numbers = [[words.number(n) for n in table[day]] for day in order]
    hours = [hour_name(hour) for hour in range(24)]
    return Week(
        map=drawn,
        rows=[_row(*row, hours) for row in zip(order, drawn.rows, numbers, strict=True)],
        labelled=[
            (x, words.axis_clock(time(hour)))
            for hour, x in enumerate(drawn.columns)
            if hour % LABEL_EVERY == 0
        ],
        levels=[(level, str(level * LEGEND_STEP)) for level in range(HEAT_LEVELS + 1)],
        table=list(zip(hours, zip(*numbers, strict=True), strict=True)),
        summary=week_summary(table),
    )


def _row(day: int, row: HeatRow, numbers: list[str], hours: list[str]) -> WeekRow:
    name = str(WEEKDAYS[day])
    return WeekRow(
        label=name,
        short=str(WEEKDAYS_ABBR[day]),
        y=row.y,
        middle=row.middle,
        cells=[
            WeekCell(cell.x, cell.level, f"{name}, {hour}: {number}")
            for cell, hour, number in zip(row.cells, hours, numbers, strict=True)
        ],
    )


def hour_name(hour: int) -> str:
    """``14`` as ``2 p.m.`` or ``14:00``, whatever the language writes."""
    return time_format(time(hour), "TIME_FORMAT")


def week_summary(table: Sequence[Sequence[int]]) -> str:
    """The busiest hour, in a sentence."""
    n, day, hour = max(
        (n, -day, -hour) for day, row in enumerate(table) for hour, n in enumerate(row)
    )
    if not n:
        return _("No shares in this period.")
    return _("The busiest hour of the week is %(day)s, %(hour)s, with %(number)s.") % {
        "day": WEEKDAYS[-day],
        "hour": hour_name(-hour),
        "number": words.shares(n),
    }
