"""How much a ratio of two sums over days would have varied: the delete-one jackknife.

Leave out one day after the other, and see how the ratio moves (Miller 1974, Efron 1982): what
happens on one day hangs together, so days vary more than a count of events says. Neighbouring days
hang together as well; so weeks are tried too, and the wider of the two holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, sqrt
from typing import TYPE_CHECKING

from django_share_analytics.virality.distributions import t_quantile, t_tail

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Numbers = Sequence[float]

WEEK = 7
FEWEST_WEEKS = 6
"""Of fewer than six, their spread says too little."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The standard error of an estimate, with the degrees of freedom that it was found with."""

    error: float
    degrees: float

    @property
    def half_width(self) -> float:
        """Of the 95 % interval."""
        return self.error * t_quantile(self.degrees)

    def p_value(self, difference: float) -> float:
        """Of a difference from nothing, two-sided."""
        if not self.error:
            return float(not difference)
        return 2 * t_tail(abs(difference) / self.error, self.degrees)


@dataclass(frozen=True, slots=True)
class Series:
    """One number a day, of consecutive days."""

    events: Numbers
    bases: Numbers
    weights: Numbers
    """What says how much a day counts for: its shares."""

    def by_week(self) -> Series:
        """Counted back from the last day; what is left at the beginning is one more."""
        return Series(*map(_by_week, (self.events, self.bases, self.weights)))


def _by_week(numbers: Numbers) -> Numbers:
    first = len(numbers) % WEEK
    weeks = [sum(numbers[i : i + WEEK]) for i in range(first, len(numbers), WEEK)]
    return [sum(numbers[:first]), *weeks] if first else weeks


def log_ratio(events: float, base: float) -> float:
    """Half an event where there is none: it has no logarithm."""
    return log(max(events, 0.5) / base)


def logit(events: float, base: float) -> float:
    return log(max(events, 0.5) / max(base - events, 0.5))


def spreads(
    series: Sequence[Series], scale: Callable[[float, float], float] = log_ratio
) -> list[Spread]:
    """Of an estimate, or of the difference of two: by days and, where there are enough, by weeks.

    Empty where all bases are in one block: without it there is nothing.
    """
    by_week = [each.by_week() for each in series]
    found = [
        _spread(series, scale),
        _spread(by_week, scale) if len(_filled(by_week)) >= FEWEST_WEEKS else None,
    ]
    return [spread for spread in found if spread is not None]


def _filled(series: Sequence[Series]) -> list[int]:
    """The blocks in which anything was shared."""
    weights = [each.weights for each in series]
    return [i for i, block in enumerate(zip(*weights, strict=True)) if any(block)]


def _spread(series: Sequence[Series], scale: Callable[[float, float], float]) -> Spread | None:
    blocks = _filled(series)
    without = [_without_each(each, blocks, scale) for each in series]
    n = len(blocks)
    if n < 2 or not all(without):
        return None
    moved = [one[0] - sum(one[1:]) for one in zip(*without, strict=True)]
    mean = sum(moved) / n
    error = sqrt((n - 1) / n * sum((x - mean) ** 2 for x in moved))
    return Spread(error, min(_degrees(each.weights) for each in series))


def _without_each(
    series: Series, blocks: Sequence[int], scale: Callable[[float, float], float]
) -> list[float]:
    """The estimate without each of the blocks; empty where one of them has all bases."""
    events, bases = series.events, series.bases
    all_events, all_bases = sum(events), sum(bases)
    if max(bases) >= all_bases:
        return []
    return [scale(all_events - events[i], all_bases - bases[i]) for i in blocks]


def _degrees(weights: Numbers) -> float:
    """As many blocks of the same size would weigh as much (Kish 1965), less one.

    One at least: with less Student's t has ends that nobody could use.
    """
    return max(sum(weights) ** 2 / sum(weight * weight for weight in weights) - 1, 1.0)
