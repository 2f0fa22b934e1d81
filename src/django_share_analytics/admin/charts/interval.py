"""Values with their intervals on one scale, a line and a dot each, as in a forest plot."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10
from typing import TYPE_CHECKING

from django_share_analytics.admin.charts.scale import coordinate

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_STEPS = 4
"""Between the round numbers of a scale that is as narrow as a cell of a table."""
FARTHEST = 2.5
"""How many times the largest value is drawn at the right edge: an interval may reach far beyond,
and would press all others to the left."""


@dataclass(frozen=True, slots=True)
class IntervalMark:
    """Places in per cent of the width, from the left in every language."""

    start: str
    end: str
    """Of the line; the same where nothing is known."""
    dot: str
    """Empty where only an upper end is known: the line says "at most"."""


@dataclass(frozen=True, slots=True)
class IntervalScale:
    """From zero to ``top``."""

    top: float
    ticks: list[tuple[float, str]]
    """Round numbers, and where they are."""

    def mark(self, value: float | None, low: float | None, high: float | None) -> IntervalMark:
        """The dot at ``value`` and the line from ``low`` (else zero) to ``high``."""
        return IntervalMark(
            start=self.place(0 if low is None or high is None else low),
            end=self.place(high or 0),
            dot="" if value is None else self.place(value),
        )

    def place(self, value: float) -> str:
        return f"{coordinate(100 * min(max(value, 0), self.top) / self.top)}%"


def interval_scale(intervals: Iterable[tuple[float | None, float | None]]) -> IntervalScale:
    """The scale for these values, each with the upper end of its interval."""
    known = list(intervals)
    highest = max((high for _, high in known if high is not None), default=0)
    largest = max((value for value, _ in known if value is not None), default=0)
    needed = min(highest, FARTHEST * largest) if largest else highest
    step = _round_step((needed or 1) / MAX_STEPS)
    steps = next(n for n in range(1, MAX_STEPS + 1) if n == MAX_STEPS or n * step >= needed)
    scale = IntervalScale(steps * step, [])
    return IntervalScale(scale.top, [(n * step, scale.place(n * step)) for n in range(steps + 1)])


def _round_step(least: float) -> float:
    """1, 2 or 5 times a power of ten, ``least`` at least."""
    power = 10.0 ** floor(log10(least))
    return next(power * m for m in (1, 2, 5, 10) if power * m >= least * (1 - 1e-9))
