"""Branching processes of which all is known: each share brings visits, some of whom share on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import norm

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

DAY = 86_400
WINDOW = 7
BEFORE, COHORT = 20, 90
"""Days before the cohort, whose shares lead to some of the cohort's, and the cohort's own."""
TOTAL = BEFORE + COHORT + WINDOW + 1
"""And the days until the last share of the cohort is as old as the window: now is their end."""

Factors = Callable[["Generator", int], "Numbers"]
"""What a day's mean is multiplied by: of a number of runs, each of all days."""


def always_one(dice: Generator, runs: int) -> Numbers:
    return np.ones((runs, TOTAL))


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """How sharing goes on a site."""

    name: str
    seeds: float = 20
    """Shares a day that nobody's share led to."""
    reproduction: float = 0.6
    """Re-shares that a share leads to, at any time."""
    clumping: float | None = 0.3
    """k of the negative binomial number of visits; ``None``: Poisson."""
    pareto: float | None = None
    """The exponent of visits' tail instead: below 2 their variance is infinite."""
    median_delay: float = 5 * 3_600
    """Seconds from a share to a visit; log-normal."""
    delay_spread: float = 1.2
    """The standard deviation of its logarithm."""
    seed_factors: Factors = always_one
    visit_factors: Factors = always_one
    aim: float | None = 0.92
    """Of the intervals, this part is to hold the true value; ``None``: it is but reported."""

    @property
    def visits_per_share(self) -> float:
        return max(0.5, self.reproduction / 0.3)

    @property
    def reshare_rate(self) -> float:
        return self.reproduction / self.visits_per_share

    @property
    def in_time(self) -> float:
        """The part of visits within the window."""
        seconds = np.log(WINDOW * DAY / self.median_delay)
        return float(norm.cdf(seconds / self.delay_spread))

    @property
    def median_in_time(self) -> float:
        """The median delay of those within the window, in seconds."""
        return float(self.median_delay * np.exp(self.delay_spread * norm.ppf(self.in_time / 2)))

    def visits(self, dice: Generator, means: Numbers) -> NDArray[np.int64]:
        """How many each share brings, at any time."""
        if self.pareto is not None:
            return dice.poisson(means * dice.pareto(self.pareto, len(means)) * (self.pareto - 1))
        if self.clumping is not None:
            means = means * dice.gamma(self.clumping, 1 / self.clumping, len(means))
        return dice.poisson(means)

    def delays(self, dice: Generator, n: int) -> Numbers:
        return dice.lognormal(np.log(self.median_delay), self.delay_spread, n)
