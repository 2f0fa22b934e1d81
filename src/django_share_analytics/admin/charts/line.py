"""A series over time, as an area, with the series that it is compared with behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django_share_analytics.admin.charts.scale import Frame, coordinate, label_indexes, tick_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    Place = tuple[str, str]


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
    """Empty where the series has no value yet."""
    left: str
    is_labelled: bool
    is_unfinished: bool


@dataclass(frozen=True, slots=True)
class LineChart:
    """A series over time, ready to be written into an SVG.

    ``line`` and ``area`` are the path data of what is complete, ``unfinished`` of the steps from a
    first value that is only a part and to a last one that may still grow, ``previous`` of the
    series behind; each is empty when there is nothing to draw.
    """

    frame: Frame
    ticks: list[Tick]
    columns: list[Column]
    column_width: str
    line: str
    area: str
    unfinished: str
    previous: str

    @property
    def is_unfinished(self) -> bool:
        """Whether a value is only a part, or may still grow: a single one has no line."""
        return any(column.is_unfinished for column in self.columns)


def line_chart(
    values: Sequence[int],
    *,
    previous: Sequence[int] = (),
    slots: int = 0,
    labels_from_first: bool = False,
    first_is_unfinished: bool = False,
    last_is_unfinished: bool = False,
    frame: Frame | None = None,
) -> LineChart:
    """The geometry of ``values``, in the order of time.

    ``last_is_unfinished`` draws the last one apart (half a day is not a fall), and
    ``first_is_unfinished`` the first. ``slots`` is the number of columns where there are more of
    them than values: hours that are still to come. For ``labels_from_first`` see
    :func:`.label_indexes`.
    """
    frame = frame or Frame()
    slots = max(slots, len(values), len(previous))
    ticks = tick_values(max((*values, *previous), default=0))

    def points(series: Sequence[int]) -> list[Place]:
        return [
            (coordinate(frame.x(index, slots)), coordinate(frame.y(value, ticks[-1])))
            for index, value in enumerate(series)
        ]

    drawn = points(values)
    unfinished = {0} if first_is_unfinished else set()
    unfinished |= {len(values) - 1} if last_is_unfinished else set()
    complete = [point for index, point in enumerate(drawn) if index not in unfinished]
    return LineChart(
        frame=frame,
        ticks=[Tick(value, coordinate(frame.y(value, ticks[-1]))) for value in ticks],
        columns=_columns(
            drawn,
            frame,
            labelled=label_indexes(slots, from_first=labels_from_first),
            unfinished=unfinished,
            slots=slots,
        ),
        column_width=coordinate(frame.band(slots or 1)),
        line=_line(complete),
        area=_area(complete, frame.baseline),
        unfinished=(_line(drawn[:2]) if first_is_unfinished else "")
        + (_line(drawn[-2:]) if last_is_unfinished else ""),
        previous=_line(points(previous)),
    )


def _columns(
    points: list[Place], frame: Frame, *, labelled: list[int], unfinished: set[int], slots: int
) -> list[Column]:
    missing = [(coordinate(frame.x(index, slots)), "") for index in range(len(points), slots)]
    return [
        Column(
            x=x,
            y=y,
            left=coordinate(frame.left + frame.band(slots) * index),
            is_labelled=index in labelled,
            is_unfinished=index in unfinished,
        )
        for index, (x, y) in enumerate([*points, *missing])
    ]


def _line(points: list[Place]) -> str:
    """A path through ``points``; a single point makes no line."""
    return "M" + "L".join(f"{x} {y}" for x, y in points) if len(points) > 1 else ""


def _area(points: list[Place], baseline: int) -> str:
    """The path closed along the zero line."""
    line = _line(points)
    return f"{line}L{points[-1][0]} {baseline}L{points[0][0]} {baseline}Z" if line else ""
