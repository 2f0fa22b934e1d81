"""Where a value is drawn: the plot, its round numbers and the places of its labels."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10

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


def label_indexes(count: int, *, from_first: bool = False) -> list[int]:
    """Which of ``count`` points get a label: evenly spaced, counted back from the last one.

    ``from_first`` counts from the first one instead: hours are named from midnight on.
    """
    step = max(-(-count // MAX_LABELS), 1)
    if from_first:
        return list(range(0, count, step))
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

    @property
    def plot_height(self) -> int:
        return self.baseline - self.top

    def band(self, count: int) -> float:
        """The width of each of ``count`` equal columns."""
        return (self.right_edge - self.left) / count

    def x(self, index: int, count: int) -> float:
        """The middle of column ``index`` of ``count``."""
        return self.left + self.band(count) * (index + 0.5)

    def y(self, value: int, top_value: int) -> float:
        """The height at which ``value`` is drawn when ``top_value`` is drawn at the top."""
        return self.baseline - self.plot_height * value / top_value
