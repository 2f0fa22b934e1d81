"""Drawings as small as a cell of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django_share_analytics.admin.charts.scale import coordinate

if TYPE_CHECKING:
    from collections.abc import Sequence

BAR_LENGTH = 100
"""How long a full bar is, in SVG units."""

SPARK_WIDTH, SPARK_HEIGHT = 100, 24
MAX_SPARK_POINTS = 60
"""A sparkline is some 100 pixels wide: more points cost bytes and show nothing."""


def bar_length(part: int, whole: int) -> str:
    """The length of the bar for ``part`` when ``whole`` fills it; what is there stays visible."""
    if part <= 0 or whole <= 0:
        return "0"
    return coordinate(max(BAR_LENGTH * min(part, whole) / whole, 0.5))


def sparkline(values: Sequence[int]) -> str:
    """A path through ``values``, 100 by 24 units, with a margin for the width of the line."""
    points = _thinned(values)
    if len(points) < 2:
        return ""
    top, step = max(*points, 1), SPARK_WIDTH / (len(points) - 1)
    return "M" + "L".join(
        f"{coordinate(index * step)} {coordinate(SPARK_HEIGHT - 2 - (SPARK_HEIGHT - 4) * n / top)}"
        for index, n in enumerate(points)
    )


def _thinned(values: Sequence[int]) -> list[int]:
    """Neighbours added up, in groups of one size counted from the end; a rest in front is left."""
    size = -(-len(values) // MAX_SPARK_POINTS)
    if size < 2:
        return list(values)
    return [
        sum(values[start : start + size]) for start in range(len(values) % size, len(values), size)
    ]
