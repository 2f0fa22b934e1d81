"""Runs of a process, generation by generation, all runs at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.validation.processes import BEFORE, COHORT, DAY, TOTAL, WINDOW
from django_share_analytics.steps import AGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.random import Generator
    from numpy.typing import NDArray

    from benchmarks.validation.processes import Numbers, Process

    Counts = NDArray[np.int64]

AT_ONCE = 1_000_000
"""Shares that are held in memory at once, about."""
EDGES = AGES[: AGES.index(WINDOW * DAY) + 1]


@dataclass(frozen=True, slots=True)
class Runs:
    """Counts by run and day of the share; visits and re-shares up to now."""

    shares: Counts
    visits: Counts
    """Within the window, as the next two."""
    reached: Counts
    reshares: Counts
    edges: Counts
    """Re-shares at any time."""
    ages: Counts
    """Of re-shares within the window; by run, day and number of the age."""

    def matured(self) -> Runs:
        """Of the cohort's days alone."""
        return self._of_days(BEFORE, BEFORE + COHORT)

    def up_to_now(self) -> Runs:
        """Of as many days up to now, as it is mostly done."""
        return self._of_days(TOTAL - COHORT, TOTAL)

    def _of_days(self, start: int, end: int) -> Runs:
        return Runs(*(getattr(self, field.name)[:, start:end] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Generation:
    """Shares, and the visits that they brought up to now."""

    runs: Counts
    times: Numbers
    """Of the shares, in seconds since the first day's beginning."""
    parents: Counts
    """Of each visit, the number of its share."""
    delays: Numbers
    """Of each visit, since its share."""
    shared: NDArray[np.bool_]
    """Of each visit, whether its visitor shared on, at once."""


Watcher = Callable[[Generation], None]


def simulate(
    process: Process, runs: int, dice: Generator, watch: Watcher = lambda generation: None
) -> Runs:
    """So many runs of a process. ``watch`` is told each generation."""
    size = max(1, int(AT_ONCE * (1 - process.reproduction) / (process.seeds * TOTAL)))
    parts = [
        _simulate(process, min(size, runs - start), dice, watch) for start in range(0, runs, size)
    ]
    names = [field.name for field in fields(Runs)]
    return Runs(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _simulate(process: Process, runs: int, dice: Generator, watch: Watcher) -> Runs:
    counted = _Counting(runs)
    for generation in _generations(process, runs, dice):
        counted.add(generation)
        watch(generation)
    return counted.result()


def _generations(process: Process, runs: int, dice: Generator) -> Iterator[Generation]:
    factors = process.visit_factors(dice, runs)
    of_run, times = _seeds(process, runs, dice)
    while len(times):
        means = process.visits_per_share * factors[of_run, (times // DAY).astype(int)]
        parents = np.repeat(np.arange(len(times)), process.visits(dice, means))
        delays = process.delays(dice, len(parents))
        seen = times[parents] + delays < TOTAL * DAY
        parents, delays = parents[seen], delays[seen]
        shared = dice.random(len(parents)) < process.reshare_rate
        yield Generation(of_run, times, parents, delays, shared)
        children = parents[shared]
        of_run, times = of_run[children], times[children] + delays[shared]


def _seeds(process: Process, runs: int, dice: Generator) -> tuple[Counts, Numbers]:
    n = dice.poisson(process.seeds * process.seed_factors(dice, runs)).ravel()
    cells = np.repeat(np.arange(len(n)), n)
    return cells // TOTAL, (cells % TOTAL + dice.random(len(cells))) * DAY


class _Counting:
    def __init__(self, runs: int) -> None:
        self.runs = runs
        self.shape = (runs, TOTAL)
        self.counts = {
            name: np.zeros(runs * TOTAL, dtype=np.int64)
            for name in ("shares", "visits", "reached", "reshares", "edges")
        }
        self.ages = np.zeros(runs * TOTAL * len(EDGES), dtype=np.int64)

    def add(self, generation: Generation) -> None:
        cells = generation.runs * TOTAL + (generation.times // DAY).astype(np.int64)
        in_time = generation.delays <= WINDOW * DAY
        came = generation.parents[in_time]
        reached = np.bincount(came, minlength=len(cells)) > 0
        reshared = in_time & generation.shared
        by_visit = cells[generation.parents]
        self._count("shares", cells)
        self._count("visits", cells[came])
        self._count("reached", cells[reached])
        self._count("reshares", by_visit[reshared])
        self._count("edges", by_visit[generation.shared])
        ages = np.searchsorted(EDGES, generation.delays[reshared])
        places = by_visit[reshared] * len(EDGES) + ages
        self.ages += np.bincount(places, minlength=len(self.ages))

    def _count(self, name: str, cells: Counts) -> None:
        self.counts[name] += np.bincount(cells, minlength=self.runs * TOTAL)

    def result(self) -> Runs:
        counts = {name: n.reshape(self.shape) for name, n in self.counts.items()}
        return Runs(**counts, ages=self.ages.reshape(*self.shape, len(EDGES)))
