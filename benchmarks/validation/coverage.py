"""How often what is shown holds what is true, beside what the obvious ways would have said."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, sqrt
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.validation.processes import always_one
from benchmarks.validation.simulate import EDGES, simulate
from django_share_analytics.virality.intervals import cycle_time, rate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import Generator

    from benchmarks.validation.processes import Process
    from benchmarks.validation.simulate import Counts, Runs
    from django_share_analytics.virality.results import CycleTime, Rate

ACTIVE, VISITS, RESHARES, REPRODUCTION = (
    "active shares", "visits per share", "re-share rate", "R(w)"
)  # fmt: skip
CYCLE = "cycle time"
RATES = {
    ACTIVE: ("reached", "shares"),
    VISITS: ("visits", "shares"),
    RESHARES: ("reshares", "visits"),
    REPRODUCTION: ("reshares", "shares"),
}


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the runs of one process."""

    process: Process
    runs: int
    shown: dict[str, float]
    """The part of runs in which anything is shown."""
    inside: dict[str, float]
    """The part of these in which the true value is inside of it; nan: nothing is ever shown."""
    bounds: dict[str, float]
    """The part of all runs in which that is "at most"."""
    truth: float
    """R(w), and what the obvious ways make of it on average…"""
    edges_by_nodes: float
    up_to_now: float
    poisson: float
    """… and the part of runs in which a Poisson interval holds it, of the matured days…"""
    poisson_up_to_now: float
    """… and of the days up to now."""

    def falls_short(self) -> list[str]:
        """What is inside less often than it is to be."""
        aim = self.process.aim
        return [name for name, part in self.inside.items() if aim is not None and part < aim]

    def surely_falls_short(self) -> bool:
        """By more than chance makes of so many runs: three standard errors."""
        aim = self.process.aim or 0
        parts = [self.inside[name] for name in self.falls_short()]
        return any(part < aim - 3 * sqrt(aim * (1 - aim) / self.runs) for part in parts)


def cover(process: Process, runs: int, dice: Generator) -> Coverage:
    simulated = simulate(process, runs, dice)
    matured, so_far = simulated.matured(), simulated.up_to_now()
    truths = _truths(process, matured)
    found: dict[str, list[tuple[float | None, float | None]]] = {
        name: [(each.low, each.high) for each in rates_of(matured, name)] for name in RATES
    }
    found[CYCLE] = [(each.low, each.high) for each in cycle_times_of(matured)]
    shown = {name: [ends for ends in each if ends[1] is not None] for name, each in found.items()}
    truth = truths[REPRODUCTION]
    return Coverage(
        process=process,
        runs=runs,
        shown={name: len(each) / runs for name, each in shown.items()},
        inside={name: _part_inside(each, truths[name]) for name, each in shown.items()},
        bounds={name: sum(x[0] is None for x in each) / runs for name, each in shown.items()},
        truth=truth,
        edges_by_nodes=_pooled(so_far.edges, so_far.shares),
        up_to_now=_pooled(so_far.reshares, so_far.shares),
        poisson=_poisson_inside(matured, truth),
        poisson_up_to_now=_poisson_inside(so_far, truth),
    )


def rates_of(runs: Runs, name: str) -> list[Rate]:
    """One a run."""
    events, bases = (getattr(runs, field).tolist() for field in RATES[name])
    return [
        rate(*each, is_proportion=name == ACTIVE)
        for each in zip(events, bases, runs.shares.tolist(), strict=True)
    ]


def cycle_times_of(runs: Runs) -> list[CycleTime]:
    return [cycle_time(by_day, EDGES) for by_day in runs.ages.tolist()]


def _truths(process: Process, matured: Runs) -> dict[str, float]:
    """By the parameters; where days differ, by all runs together, as large as they are."""
    truths = {
        name: _pooled(getattr(matured, events), getattr(matured, bases))
        for name, (events, bases) in RATES.items()
    }
    truths[CYCLE] = process.median_in_time
    if process.visit_factors is always_one:
        truths[VISITS] = process.visits_per_share * process.in_time
        truths[RESHARES] = process.reshare_rate
        truths[REPRODUCTION] = process.reproduction * process.in_time
        if process.pareto is None:
            truths[ACTIVE] = 1 - _part_without_visits(truths[VISITS], process.clumping)
    return truths


def _part_without_visits(mean: float, clumping: float | None) -> float:
    return exp(-mean) if clumping is None else (1 + mean / clumping) ** -clumping


def _pooled(events: Counts, bases: Counts) -> float:
    return float(events.sum() / bases.sum())


def _part_inside(shown: Sequence[tuple[float | None, float | None]], truth: float) -> float:
    if not shown:
        return float("nan")
    return float(np.mean([(low or 0) <= truth <= (high or 0) for low, high in shown]))


def _poisson_inside(runs: Runs, truth: float) -> float:
    """As if each re-share came by itself."""
    events, shares = runs.reshares.sum(1), runs.shares.sum(1)
    expected = truth * shares
    return float(np.mean(abs(events - expected) <= 1.96 * np.sqrt(np.maximum(events, 1))))
