"""How much a ratio of two sums over days would have varied: the delete-one jackknife.

Leave out one day after the other, and see how the ratio moves (Miller 1974, Efron 1982): what
happens on one day hangs together, so days vary more than a count of events says. Neighbouring days
hang together as well; so what they have in common is added, weeks are tried too, and the wider of
the two holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import fsum, log, sqrt
from operator import mul, sub, truediv

from django_share_analytics.virality.distributions import t_quantile, t_tail

Numbers = Sequence[float]

_WEEK = 7
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
    first = len(numbers) % _WEEK
    weeks = [sum(numbers[i : i + _WEEK]) for i in range(first, len(numbers), _WEEK)]
    return [sum(numbers[:first]), *weeks] if first else weeks


def log_ratios(events: Numbers, bases: Numbers) -> list[float]:
    return list(map(log, map(truediv, _some(events), bases)))


def logits(events: Numbers, bases: Numbers) -> list[float]:
    return log_ratios(events, _some(list(map(sub, bases, events))))


def _some(numbers: Numbers) -> Numbers:
    """Half of one where there is none, which has no logarithm."""
    return numbers if min(numbers) >= 0.5 else [max(number, 0.5) for number in numbers]


Scale = Callable[[Numbers, Numbers], list[float]]


def spreads(first: Series, second: Series | None = None, scale: Scale = log_ratios) -> list[Spread]:
    """Of an estimate, or of the difference of two: by days and, where there are enough, by weeks.

    Empty where all bases are in one block: without it there is nothing.
    """
    series = [first] if second is None else [first, second]
    found = [_spread(series, scale, fewest=2)]
    if len(first.weights) >= FEWEST_WEEKS * _WEEK:
        by_week = [each.by_week() for each in series]
        found.append(_spread(by_week, scale, fewest=FEWEST_WEEKS))
    return [spread for spread in found if spread is not None]


def _spread(series: Sequence[Series], scale: Scale, fewest: int) -> Spread | None:
    """``None`` as well with fewer blocks in which there is anything to go by: a day on which much
    was seen and nothing shared says as much as another."""
    together = zip(
        *(numbers for each in series for numbers in (each.bases, each.weights)), strict=True
    )
    blocks = [i for i, numbers in enumerate(together) if any(numbers)]
    if len(blocks) < fewest:
        return None
    without = [_without_each(each, blocks, scale) for each in series]
    if not all(without):
        return None
    moved = without[0] if len(without) == 1 else list(map(sub, *without))
    return Spread(_error(moved), min(_degrees(each.weights) for each in series))


def _error(moved: Sequence[float]) -> float:
    """The jackknife's, and what neighbours have in common, where they go the same way.

    As Newey and West (1987) add the covariances of series in time; here of the nearest alone.
    """
    mean = fsum(moved) / len(moved)
    away = [x - mean for x in moved]
    squares = fsum(map(mul, away, away))
    in_common = 2 * fsum(map(mul, away, away[1:]))
    return sqrt((1 - 1 / len(away)) * (squares + max(in_common, 0.0)))


def _without_each(series: Series, blocks: Sequence[int], scale: Scale) -> list[float]:
    """The estimate without each of the blocks; empty where one of them has all bases."""
    events, bases = series.events, series.bases
    all_events, all_bases = sum(events), sum(bases)
    if max(bases) >= all_bases:
        return []
    return scale([all_events - events[i] for i in blocks], [all_bases - bases[i] for i in blocks])


def _degrees(weights: Numbers) -> float:
    """As many blocks of the same size would weigh as much (Kish 1965), less one.

    One at least: with less Student's t has ends that nobody could use.
    """
    return max(sum(weights) ** 2 / sum([weight * weight for weight in weights]) - 1, 1.0)
