"""Rates with what is known of them, and whether two of them differ."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from math import exp, log, sqrt
from typing import TYPE_CHECKING, TypeVar

from django_share_analytics.virality.distributions import (
    CERTAINTY,
    NORMAL_QUANTILE,
    normal_p_value,
    poisson_upper,
    wilson,
)
from django_share_analytics.virality.jackknife import Series, log_ratios, logits, spreads
from django_share_analytics.virality.results import CycleTime, Rate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

K = TypeVar("K")

FEWEST_SHARES = 150
FEWEST_DAYS = 6
"""With shares. With fewer than these nothing is said."""
FEWEST_EVENTS = 20
"""With fewer, "at most" is said. A value from the first event on would select the lucky ones."""
WIDEST = log(100)
"""An interval that goes farther than a hundred times up and down says nothing."""


def rate(
    events: Sequence[int],
    bases: Sequence[int],
    shares: Sequence[int] | None = None,
    *,
    is_proportion: bool = False,
) -> Rate:
    """Events per base, over the days of a cohort: one number of each a day, zeros included.

    :param shares: of each day; ``None``: they are the bases.
    :param is_proportion: each event is of a base of its own, so that it can't be more than 1.
    """
    series = Series(events, bases, bases if shares is None else shares)
    of, base = sum(events), sum(bases)
    if (
        base <= 0
        or _has_drifted(series.events, series.bases, series.weights)
        or not _is_enough(series.weights)
    ):
        return Rate(None, None, None, of)
    if of < FEWEST_EVENTS:
        most = poisson_upper(of) / base
        return Rate(None, None, min(most, 1.0) if is_proportion else most, of)
    ends = _proportion_ends(series) if is_proportion and of <= base else _ends(series)
    if ends is None:
        return Rate(None, None, None, of)
    value = of / base
    return Rate(value, min(ends[0], value), max(ends[1], value), of)


def rate_of_shares(shares: Sequence[int], bases: Sequence[int]) -> Rate:
    """Shares per base of another kind, as views, over the same days.

    Shares are what is counted here, so that a value from 150 of them on, and nothing before, would
    select the lucky. Before, "at most" is said, by the upper end of the interval; and nothing below
    ``FEWEST_EVENTS``.
    """
    found = rate(shares, bases)
    if found.of < FEWEST_EVENTS:
        return Rate(None, None, None, found.of)
    return found if found.of >= FEWEST_SHARES else Rate(None, None, found.high, found.of)


def _has_drifted(*counts: Sequence[float]) -> bool:
    """Whether some are below zero: nothing can be said before ``verify_share_counts --repair``."""
    return any(min(numbers, default=0) < 0 for numbers in counts)


def _is_enough(shares: Sequence[float]) -> bool:
    return sum(shares) >= FEWEST_SHARES and sum(map(bool, shares)) >= FEWEST_DAYS


def _ends(series: Series) -> tuple[float, float] | None:
    """Of the 95 % interval, on the log scale, and never narrower than of independent events: days
    that are alike by chance, or by a clock, are no more certain. ``None``: nothing is known."""
    half = max((spread.half_width for spread in spreads(series)), default=WIDEST)
    half = max(half, NORMAL_QUANTILE / sqrt(sum(series.events)))
    value = sum(series.events) / sum(series.bases)
    return (value / exp(half), value * exp(half)) if half < WIDEST else None


def _proportion_ends(series: Series) -> tuple[float, float] | None:
    """On the logit scale, and never narrower than of independent tries."""
    half = max((spread.half_width for spread in spreads(series, scale=logits)), default=WIDEST)
    if half >= WIDEST:
        return None
    events, base = sum(series.events), sum(series.bases)
    middle, (low, high) = logits([events], [base])[0], wilson(events, base)
    return min(_logistic(middle - half), low), max(_logistic(middle + half), high)


def _logistic(x: float) -> float:
    return 1 / (1 + exp(-x))


def cycle_time(by_day: Sequence[Sequence[int]], edges: Sequence[int]) -> CycleTime:
    """How long it takes until a share leads to another: the median, with its interval.

    The interval of the part that is below the median, read back as ages (Woodruff 1952). Between
    two edges ages are taken as even on the log scale, and before the first as even.

    :param by_day: re-shares of the shares of each day, by the number of their age.
    :param edges: the upper edges of these ages, in seconds.
    """
    ages = [sum(age) for age in zip(*by_day, strict=True)] or [0] * len(edges)
    of, counts = sum(ages), tuple(zip(edges, ages, strict=True))
    if of < FEWEST_EVENTS or _has_drifted(*by_day):
        return CycleTime(None, None, None, of, counts)
    median = _age_at(0.5, ages, edges)
    totals = [sum(day) for day in by_day]
    below = [_number_below(median, day, edges) for day in by_day]
    ends = _proportion_ends(Series(below, totals, totals))
    if ends is None:
        return CycleTime(None, None, None, of, counts)
    low, high = (_age_at(part, ages, edges) for part in ends)
    return CycleTime(median, min(low, median), max(high, median), of, counts)


def _age_at(part: float, ages: Sequence[int], edges: Sequence[int]) -> float:
    """The age that a part of all are within."""
    up_to = list(accumulate(ages))
    wanted = part * up_to[-1]
    number = bisect_left(up_to, wanted)
    left = (up_to[number] - wanted) / ages[number]
    if not number:
        return edges[0] * (1 - left)
    step = log(edges[number] / edges[number - 1])
    return edges[number] * exp(-left * step)


def _number_below(age: float, ages: Sequence[int], edges: Sequence[int]) -> float:
    """How many are within an age, the reverse of that."""
    number = bisect_left(edges, age)
    if not number:
        return ages[0] * age / edges[0]
    step = log(edges[number] / edges[number - 1])
    return sum(ages[:number]) + ages[number] * (1 - log(edges[number] / age) / step)


def differ(
    first: tuple[Sequence[int], Sequence[int]], second: tuple[Sequence[int], Sequence[int]]
) -> float:
    """How likely two rates are as far apart as these if they are the same: a p-value, two-sided.

    Both of the same days, as events and bases of each day. What moves both on a day, as a rhythm
    of the week does, cancels out; and no two differ more surely than independent events would. 1.0
    where it can't be said.
    """
    one, other = (Series(events, bases, bases) for events, bases in (first, second))
    bases = [sum(one.bases), sum(other.bases)]
    if not all(bases) or _has_drifted(*first, *second):
        return 1.0
    events = [max(sum(each.events), 0.5) for each in (one, other)]
    logs = log_ratios(events, bases)
    apart = logs[0] - logs[1]
    independent = normal_p_value(apart, sqrt(1 / events[0] + 1 / events[1]))
    found = [each.p_value(apart) for each in spreads(one, other)]
    return max(independent, *found) if found else 1.0


def holm(p_values: Mapping[K, float], alpha: float = 1 - CERTAINTY) -> set[K]:
    """Those that differ, if among all that don't one at most in 20 times is to be among them.

    Holm's (1979) step-down method.
    """
    differing: set[K] = set()
    for key in sorted(p_values, key=lambda key: p_values[key]):
        if p_values[key] > alpha / (len(p_values) - len(differing)):
            break
        differing.add(key)
    return differing
