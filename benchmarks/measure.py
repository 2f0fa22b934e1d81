"""Rounds of measurements, one candidate after the other, again and again."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import TYPE_CHECKING

from benchmarks import load
from benchmarks.requests import make_requests
from benchmarks.servers import CANDIDATES, Candidate, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Executor
    from uuid import UUID

SHARE_OF_HIGHEST_RATE = 0.8


@dataclass(frozen=True)
class Plan:
    """How long to measure, in seconds."""

    rounds: int = 7
    seconds: float = 1.5
    latency_seconds: float = 4.0
    warm_up_seconds: float = 1.0


@dataclass
class Measurement:
    candidate: Candidate
    rates: list[float] = field(default_factory=list)
    """Requests a second, one number per round."""
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        return median(self.rates)

    def ratios(self, other: Measurement) -> list[float]:
        """Round by round: what slows the machine for a while slows both."""
        return [ours / theirs for ours, theirs in zip(self.rates, other.rates, strict=True)]

    def percentile(self, percent: int) -> float:
        """Of the latencies, in milliseconds."""
        return 1000 * quantiles(self.latencies, n=100, method="inclusive")[percent - 1]

    def add(self, result: load.Result) -> None:
        self.statuses += result.statuses


def measure(
    apps: Sequence[UUID], environment: Mapping[str, str], sender: Executor, plan: Plan
) -> dict[str, Measurement]:
    """Every candidate's measurement by its key. All servers run all the time, one is asked."""
    measurements = {candidate.key: Measurement(candidate) for candidate in CANDIDATES}
    with ExitStack() as stack:
        sends = {}
        for candidate in CANDIDATES:
            port = stack.enter_context(serve(candidate, environment))
            sends[candidate.key] = (port, make_requests(candidate.path, apps))

        def run(key: str, loop: Callable[..., load.Result], *arguments: float) -> load.Result:
            result = sender.submit(loop, *sends[key], *arguments).result()
            measurements[key].add(result)
            return result

        _measure_all(measurements, run, plan)
    return measurements


def _measure_all(
    measurements: dict[str, Measurement], run: Callable[..., load.Result], plan: Plan
) -> None:
    for key in measurements:
        run(key, load.closed_loop, plan.warm_up_seconds)
    for number in range(1, plan.rounds + 1):
        for key, measurement in measurements.items():
            measurement.rates.append(run(key, load.closed_loop, plan.seconds).rate)
        print(f"round {number} of {plan.rounds}", flush=True)
    for key, measurement in measurements.items():
        rate = SHARE_OF_HIGHEST_RATE * measurement.rate
        measurement.latencies = run(key, load.open_loop, plan.latency_seconds, rate).latencies
