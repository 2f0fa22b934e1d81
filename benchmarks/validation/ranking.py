"""Which of 20 things brings most people: is the one that is put first among the true top three?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from django_share_analytics.virality.intervals import rate

if TYPE_CHECKING:
    from numpy.random import Generator

    from benchmarks.validation.simulate import Counts

THINGS, TOP, COHORT = 20, 3, 90


def put_first(runs: int, dice: Generator) -> dict[str, float]:
    """The part of runs in which it is; by the way of ordering.

    Things are shared from once in two days to fifty times a day, and bring 0.8 visits a share, more
    or less (0.25 on the log scale); how many of them a share brings is uneven (k = 0.1).
    """
    hits = {"lower end": 0, "value": 0}
    for _ in range(runs):
        true = dice.lognormal(np.log(0.8), 0.25, THINGS)
        a_day = np.exp(dice.uniform(np.log(0.5), np.log(50), THINGS))
        shares = dice.poisson(a_day[:, None], (THINGS, COHORT))
        visits = dice.poisson(true[:, None] * dice.gamma(shares * 0.1 + 1e-9, 10))
        top = set(np.argsort(-true)[:TOP].tolist())
        hits["lower end"] += _first_by_lower_end(visits, shares) in top
        hits["value"] += int(np.argmax(visits.sum(1) / np.maximum(shares.sum(1), 1))) in top
    return {name: n / runs for name, n in hits.items()}


def _first_by_lower_end(visits: Counts, shares: Counts) -> int:
    found = [rate(*each) for each in zip(visits.tolist(), shares.tolist(), strict=True)]
    return max(range(THINGS), key=lambda thing: found[thing].low or 0)
