"""Geometry of the charts on the admin pages: numbers in, SVG coordinates out.

Coordinates leave this module as strings with a decimal point, whatever the language of the page: a
template that formats numbers itself writes ``12,5`` under a German locale, which is two numbers in
a path. Words, colours and links are the templates' business.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_TICKS = 5
"""Lines across a chart, the one at zero included, stay below this many and one."""

MAX_LABELS = 8
"""Dates below a chart: as many as fit next to each other on a chart of the usual width."""


def coordinate(value: float) -> str:
    """``value`` as SVG wants it: a decimal point, at most two decimals, no exponent."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def tick_values(maximum: int) -> list[int]:
    """Round numbers from 0 to the first that is not below ``maximum``, evenly spaced.

    The steps are 1, 2 or 5 times a power of ten: whole numbers, because shares are.
    """
    rough = max(maximum, 1) / (MAX_TICKS - 1)
    power = 10 ** max(floor(log10(rough)), 0)
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough)
    return list(range(0, max(maximum, 1) + step, step))


def label_indexes(count: int) -> list[int]:
    """Which of ``count`` points get a label: evenly spaced, counted back from the last one."""
    step = max(-(-count // MAX_LABELS), 1)
    return sorted(range(count - 1, -1, -step))


@dataclass(frozen=True, slots=True)
class Frame:
    """The size of a chart and the room it leaves around the plot, in SVG units."""

    width: int = 720
    height: int = 240
    left: int = 64
    right: int = 24
    top: int = 16
    bottom: int = 30

    @property
    def baseline(self) -> int:
        return self.height - self.bottom

    @property
    def right_edge(self) -> int:
        return self.width - self.right

    def band(self, count: int) -> float:
        """The width of each of ``count`` equal columns."""
        return (self.right_edge - self.left) / count

    def x(self, index: int, count: int) -> float:
        """The middle of column ``index`` of ``count``."""
        return self.left + self.band(count) * (index + 0.5)

    def y(self, value: int, top_value: int) -> float:
        """The height at which ``value`` is drawn when ``top_value`` is drawn at the top."""
        return self.baseline - (self.baseline - self.top) * value / top_value


@dataclass(frozen=True, slots=True)
class Tick:
    """A horizontal line at a round number."""

    value: int
    y: str


@dataclass(frozen=True, slots=True)
class Column:
    """One point of a series and the column of the plot that belongs to it."""

    x: str
    y: str
    left: str
    is_labelled: bool
    is_unfinished: bool


@dataclass(frozen=True, slots=True)
class LineChart:
    """A series over time, ready to be written into an SVG.

    ``line`` and ``area`` are the path data of what is complete, ``unfinished`` of the step to a
    last value that may still grow; each is empty when there is nothing to draw.
    """

    frame: Frame
    ticks: list[Tick]
    columns: list[Column]
    column_width: str
    line: str
    area: str
    unfinished: str


def line_chart(
    values: Sequence[int], *, last_is_unfinished: bool = False, frame: Frame | None = None
) -> LineChart:
    """The geometry of ``values``, in the order of time.

    ``last_is_unfinished`` draws the last one apart: half a day is not a fall.
    """
    frame = frame or Frame()
    ticks = tick_values(max(values, default=0))
    points = [
        (coordinate(frame.x(index, len(values))), coordinate(frame.y(value, ticks[-1])))
        for index, value in enumerate(values)
    ]
    complete = points[:-1] if last_is_unfinished else points
    return LineChart(
        frame=frame,
        ticks=[Tick(value, coordinate(frame.y(value, ticks[-1]))) for value in ticks],
        columns=_columns(points, frame, last_is_unfinished=last_is_unfinished),
        column_width=coordinate(frame.band(len(values) or 1)),
        line=_line(complete),
        area=_area(complete, frame.baseline),
        unfinished=_line(points[-2:]) if last_is_unfinished else "",
    )


def _columns(
    points: list[tuple[str, str]], frame: Frame, *, last_is_unfinished: bool
) -> list[Column]:
    labelled = set(label_indexes(len(points)))
    last = len(points) - 1
    return [
        Column(
            x=x,
            y=y,
            left=coordinate(frame.left + frame.band(len(points)) * index),
            is_labelled=index in labelled,
            is_unfinished=last_is_unfinished and index == last,
        )
        for index, (x, y) in enumerate(points)
    ]


def _line(points: list[tuple[str, str]]) -> str:
    """A path through ``points``; a single point makes no line."""
    return "M" + "L".join(f"{x} {y}" for x, y in points) if len(points) > 1 else ""


def _area(points: list[tuple[str, str]], baseline: int) -> str:
    """The path closed along the zero line."""
    line = _line(points)
    return f"{line}L{points[-1][0]} {baseline}L{points[0][0]} {baseline}Z" if line else ""


BAR_LENGTH = 100
"""How long a full bar is, in SVG units."""


def bar_length(part: int, whole: int) -> str:
    """The length of the bar for ``part`` when ``whole`` fills it; what is there stays visible."""
    if part <= 0 or whole <= 0:
        return "0"
    return coordinate(max(BAR_LENGTH * min(part, whole) / whole, 0.5))
