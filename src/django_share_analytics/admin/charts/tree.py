"""A cascade as a tree: the share that began it on the left, each step further to the right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django_share_analytics.admin.charts.scale import coordinate

if TYPE_CHECKING:
    from collections.abc import Sequence

MARGIN = 12
PLOT_WIDTH, PLOT_HEIGHT = 680, 300
"""What a tree fills if its steps and rows may be as wide as they need to be."""
MIN_STEP, MAX_STEP = 8.0, 120.0
MIN_ROW, MAX_ROW = 1.2, 16.0
MIN_DOT, MAX_DOT = 2.0, 8.0
MAX_GROUPS = 100
"""Columns that say something when pointed at: of a deeper tree, one stands for some steps."""


@dataclass(frozen=True, slots=True)
class TreeColumn:
    """The shares that are so many steps from the root, and where they are."""

    first: int
    last: int
    """Steps from the root; the same as ``first``, unless the tree is too deep for one each."""
    shares: int
    left: str
    width: str


@dataclass(frozen=True, slots=True)
class TreeChart:
    """A tree ready to be written into an SVG.

    ``links`` is the path data of the lines between shares. ``dots`` is that of the shares but the
    root: lines without length, which are dots with ``stroke-linecap="round"`` and ``dot`` as
    ``stroke-width``.
    """

    width: int
    height: int
    root_x: str
    root_y: str
    root_radius: str
    links: str
    dots: str
    dot: str
    columns: list[TreeColumn]
    """In the order of steps, the root's own first."""


def tree_chart(parents: Sequence[int]) -> TreeChart:
    """The geometry of a tree that is given as :attr:`.results.Cascade.parents`.

    Every share that led to no other has a row of its own, and each of the others is in the middle
    of those that it led to.
    """
    depths = _depths(parents)
    rows = _rows(parents)
    step = min(max(PLOT_WIDTH / max(*depths, 1), MIN_STEP), MAX_STEP)
    row = min(max(PLOT_HEIGHT / max(*rows, 1), MIN_ROW), MAX_ROW)
    dot = min(max(0.6 * min(row, step), MIN_DOT), MAX_DOT)
    places = [(MARGIN + step * x, MARGIN + row * y) for x, y in zip(depths, rows, strict=True)]
    root_x, root_y = places[0]
    return TreeChart(
        width=round(2 * MARGIN + step * max(depths)),
        height=round(2 * MARGIN + row * max(rows)),
        root_x=coordinate(root_x),
        root_y=coordinate(root_y),
        root_radius=coordinate(min(dot, MARGIN / 2)),
        links="".join(
            _link(places[parent], place) for parent, place in zip(parents, places[1:], strict=True)
        ),
        dots="".join(f"M{_short(x)} {_short(y)}h0" for x, y in places[1:]),
        dot=coordinate(dot),
        columns=_columns(depths, step),
    )


def _depths(parents: Sequence[int]) -> list[int]:
    """Steps from the root, of each share."""
    depths = [0]
    for parent in parents:
        depths.append(depths[parent] + 1)
    return depths


def _rows(parents: Sequence[int]) -> list[float]:
    """The row of each share, from 0 on. Without recursion, as a tree may be a long chain."""
    children: list[list[int]] = [[] for _ in range(len(parents) + 1)]
    for child, parent in enumerate(parents, 1):
        children[parent].append(child)
    rows = [0.0] * len(children)
    leaves, waiting = 0, [0]
    while waiting:  # depth first, so that rows of a branch are next to each other
        share = waiting.pop()
        waiting += reversed(children[share])
        if not children[share]:
            rows[share], leaves = float(leaves), leaves + 1
    for share in range(len(children) - 1, -1, -1):  # children come after their parents
        if below := children[share]:
            rows[share] = (rows[below[0]] + rows[below[-1]]) / 2
    return rows


def _link(start: tuple[float, float], end: tuple[float, float]) -> str:
    """A line that leaves and arrives level, in as few bytes as can be: there are hundreds."""
    across, down = end[0] - start[0], end[1] - start[1]
    if not down:
        return f"M{_short(start[0])} {_short(start[1])}h{_short(across)}"
    half, whole, down_ = _short(across / 2), _short(across), _short(down)
    return f"M{_short(start[0])} {_short(start[1])}c{half} 0 {half} {down_} {whole} {down_}"


def _short(value: float) -> str:
    return coordinate(round(value, 1))


def _columns(depths: Sequence[int], step: float) -> list[TreeColumn]:
    counts = [0] * (max(depths) + 1)
    for depth in depths:
        counts[depth] += 1
    size = -(-len(counts) // MAX_GROUPS)
    columns = []
    for first in range(0, len(counts), size):
        together = counts[first : first + size]
        columns.append(
            TreeColumn(
                first=first,
                last=first + len(together) - 1,
                shares=sum(together),
                left=coordinate(MARGIN + step * (first - 0.5)),
                width=coordinate(step * len(together)),
            )
        )
    return columns
