"""A heat map: a grid of squares, the more the darker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django_share_analytics.admin.charts.scale import coordinate

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAT_LEVELS = 5
CELL_WIDTH, CELL_HEIGHT, GAP = 26, 24, 2
LEFT, TOP = 84, 4
LABEL_HEIGHT = 20


@dataclass(frozen=True, slots=True)
class HeatCell:
    x: str
    level: int
    """0 for nothing at all, else 1 to 5 fifths of the largest value."""
    value: int


@dataclass(frozen=True, slots=True)
class HeatRow:
    y: str
    middle: str
    cells: list[HeatCell]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Squares ready to be written into an SVG, row by row."""

    rows: list[HeatRow]
    columns: list[str]
    """Where each column starts."""
    width: int
    height: int
    left: int = LEFT
    cell_width: int = CELL_WIDTH - GAP
    cell_height: int = CELL_HEIGHT - GAP

    @property
    def bottom(self) -> int:
        """Where the rows end."""
        return self.height - LABEL_HEIGHT

    @property
    def label_y(self) -> int:
        """The base of the text below the columns."""
        return self.height - 5


def heat_map(table: Sequence[Sequence[int]]) -> HeatMap:
    """The geometry of ``table``, its rows from top to bottom."""
    largest = max((value for row in table for value in row), default=0)
    columns = [coordinate(LEFT + CELL_WIDTH * n) for n in range(max(map(len, table), default=0))]
    rows = [
        HeatRow(
            y=coordinate(TOP + CELL_HEIGHT * index),
            middle=coordinate(TOP + CELL_HEIGHT * (index + 0.5)),
            cells=[
                HeatCell(x, heat_level(value, largest), value)
                for x, value in zip(columns, row, strict=True)
            ],
        )
        for index, row in enumerate(table)
    ]
    return HeatMap(
        rows=rows,
        columns=columns,
        width=LEFT + CELL_WIDTH * len(columns) + 8,
        height=TOP + CELL_HEIGHT * len(rows) + LABEL_HEIGHT,
    )


def heat_level(value: int, largest: int) -> int:
    """In which fifth of ``largest`` the ``value`` lies; whatever is not nothing is at least 1."""
    return -(-HEAT_LEVELS * value // largest) if largest else 0
