"""Rounds of measurements, one candidate after the other, again and again."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import TYPE_CHECKING

from benchmarks import load
from benchmarks.requests import make_requests
from benchmarks.servers import Candidate, Server, candidates, serve

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
    cpu_seconds: float = 0.0
    """What the server's processes used in all of these rounds."""
    requests: int = 0
    """How many requests it answered in them."""
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

    @property
    def cpu_microseconds(self) -> float:
        """Of the server's processes, per request."""
        return 1_000_000 * self.cpu_seconds / self.requests


class Bench:
    """The servers, which all run all the time, and the one sender that asks them in turn."""

    def __init__(
        self,
        sender: Executor,
        servers: Mapping[str, Server],
        requests: Mapping[Candidate, Sequence[bytes]],
    ):
        self.sender = sender
        self.servers = servers
        self.measurements = {c.key: Measurement(c) for c in requests}
        self.requests = {c.key: bodies for c, bodies in requests.items()}

    def run(self, plan: Plan) -> None:
        for key in self.measurements:
            self._send(key, load.closed_loop, plan.warm_up_seconds)
        for number in range(1, plan.rounds + 1):
            for measurement in self.measurements.values():
                self._measure_rate(measurement, plan.seconds)
            print(f"round {number} of {plan.rounds}", flush=True)
        for key, measurement in self.measurements.items():
            rate = SHARE_OF_HIGHEST_RATE * measurement.rate
            result = self._send(key, load.open_loop, plan.latency_seconds, rate)
            measurement.latencies = result.latencies

    def _measure_rate(self, measurement: Measurement, seconds: float) -> None:
        key = measurement.candidate.key
        before = self.servers[key].cpu_seconds()
        result = self._send(key, load.closed_loop, seconds)
        measurement.rates.append(result.rate)
        measurement.requests += result.statuses.total()
        measurement.cpu_seconds += self.servers[key].cpu_seconds() - before

    def _send(self, key: str, loop: Callable[..., load.Result], *arguments: float) -> load.Result:
        port, requests = self.servers[key].port, self.requests[key]
        result = self.sender.submit(loop, port, requests, *arguments).result()
        self.measurements[key].statuses += result.statuses
        # The next one goes on where this one ended: what was asked before may cost less.
        sent = result.statuses.total() % len(requests)
        self.requests[key] = [*requests[sent:], *requests[:sent]]
        return result


def measure(
    apps: Sequence[UUID],
    server: str,
    environment: Mapping[str, str],
    sender: Executor,
    plan: Plan,
) -> dict[str, Measurement]:
    """Every candidate's measurement by its key."""
    requests = {c: make_requests(c.path, apps) for c in candidates()}
    return measure_requests(requests, server, environment, sender, plan)


def measure_requests(
    requests: Mapping[Candidate, Sequence[bytes]],
    server: str,
    environment: Mapping[str, str],
    sender: Executor,
    plan: Plan,
) -> dict[str, Measurement]:
    """The same for candidates that are asked for different things."""
    with ExitStack() as stack:
        servers = {c.key: stack.enter_context(serve(c, server, environment)) for c in requests}
        bench = Bench(sender, servers, requests)
        bench.run(plan)
    return bench.measurements
