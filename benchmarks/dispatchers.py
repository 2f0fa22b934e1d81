"""``python -m benchmarks.dispatchers``: what a share costs a request, by dispatcher.

In a process by itself, and as the rate at which ``POST shares`` is answered. Dispatchers whose
services are not there are left out.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from multiprocessing import get_context
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from benchmarks import celery_app, load, report, workload
from benchmarks.database import make_apps, temporary_database
from benchmarks.requests import make_requests
from benchmarks.servers import Candidate, serve
from tests import databases, services
from tests.dispatch.brokers import BROKERS, forget, why_no_broker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from django_share_analytics.dispatch.base import BaseDispatcher

BACKENDS = "django_share_analytics.dispatch.backends"
STREAM = "share-analytics-benchmark"
ENQUEUED = 1_000
"""Shares that a dispatcher takes in a round; those that write in the request take fewer."""
HTTP_SECONDS = 0.7


@dataclass(frozen=True)
class Way:
    """A dispatcher, as a project configures it."""

    title: str
    backend: str
    options: Mapping[str, Any] = field(default_factory=dict)
    broker: str = ""
    """The address of Celery's."""
    part: float = 1.0
    """Of the shares that others take in a round."""

    def configuration(self) -> dict[str, Any]:
        return {"BACKEND": f"{BACKENDS}.{self.backend}", "OPTIONS": dict(self.options)}

    def environment(self) -> dict[str, str]:
        """For a server that dispatches so."""
        found = {"BENCH_DISPATCHERS": json.dumps({"default": self.configuration()})}
        return {**found, "BENCH_CELERY_BROKER": self.broker} if self.broker else found


def ways(journals: str) -> Iterator[Way]:
    """All dispatchers whose services are there. ``journals`` is a directory for theirs."""
    buffered = "buffered.BufferedDispatcher"
    yield Way("buffered", buffered)
    for fsync in ("never", "batch", "always"):
        options = {"journal": f"{journals}/{fsync}", "fsync": fsync}
        yield Way(f"buffered, journal, fsync {fsync}", buffered, options)
    if not services.why_no_redis():
        options = {"url": services.REDIS_URL, "stream": STREAM}
        yield Way("redis_streams", "redis_streams.RedisStreamsDispatcher", options)
    for name, url in BROKERS.items():
        if not why_no_broker(name):
            yield Way(f"celery, {name}", "celery.CeleryDispatcher", broker=url, part=0.5)
    from django.conf import settings

    if settings.HAS_TASKS_DB:
        yield Way("tasks, database", "tasks.TasksDispatcher", part=0.1)
    yield Way("immediate", "immediate.ImmediateDispatcher", part=0.1)


# What taking a share costs -----------------------------------------------------------------------


def enqueue(apps: Sequence[Any], rounds: int) -> None:
    """In this process, one share after the other, while nothing writes what was taken."""
    took: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as journals, ExitStack() as stack:
        made = [(way, stack.enter_context(closing(_make(way)))) for way in ways(journals)]
        for way, _ in made:
            stack.callback(_forget, way)
        for number in range(rounds + 1):
            for way, dispatcher in made:
                if way.broker:
                    celery_app.make(way.broker)
                n = int(ENQUEUED * way.part)
                shares = list(workload.events(n, apps, days=0.01, seed=number))
                seconds = [_timed(dispatcher, share) for share in shares]
                if number:  # the first round opens files and connections
                    took.setdefault(way.title, []).extend(seconds)
    print("\n| dispatcher | µs a share, median | p99 |", "|---|--:|--:|", sep="\n")
    for title, seconds in took.items():
        p99 = quantiles(seconds, n=100)[98]
        print(f"| {title} | {median(seconds) * 1e6:,.0f} | {p99 * 1e6:,.0f} |")


def _make(way: Way) -> BaseDispatcher:
    from django_share_analytics.conf import DispatcherSettings
    from django_share_analytics.dispatch.handler import make_dispatcher

    options = dict(way.options)
    if way.backend.startswith("buffered"):
        options |= {"flush_seconds": 600, "max_batch": 10**6, "capacity": 10**6}
    path = f"{BACKENDS}.{way.backend}"
    return make_dispatcher(DispatcherSettings("default", path, options))


def _timed(dispatcher: BaseDispatcher, share: Any) -> float:
    start = time.perf_counter()
    dispatcher.submit(share)
    return time.perf_counter() - start


# How fast requests are answered ------------------------------------------------------------------


def http(apps: Sequence[Any], environment: Mapping[str, str], rounds: int) -> None:
    """``POST shares`` as fast as servers with one worker process each answer, in turns."""
    requests = make_requests("/api/shares", apps)
    rates: dict[str, list[float]] = {}
    sender = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    with tempfile.TemporaryDirectory() as journals, sender, ExitStack() as stack:
        ports = {}
        for way in ways(journals):
            stack.callback(_forget, way)
            candidate = Candidate(way.title, way.title, "/api/shares", way.environment())
            ports[way.title] = stack.enter_context(serve(candidate, "granian", environment)).port
        for number in range(rounds + 1):
            for title, port in ports.items():
                result = sender.submit(load.closed_loop, port, requests, HTTP_SECONDS).result()
                if set(result.statuses) != {202}:
                    raise AssertionError(f"{title} answered {dict(result.statuses)}")
                if number:
                    rates.setdefault(title, []).append(result.rate)
    print("\n| dispatcher | requests/s | of buffered |", "|---|--:|--:|", sep="\n")
    for title, found in rates.items():
        ratios = [rate / first for rate, first in zip(found, rates["buffered"], strict=True)]
        print(f"| {title} | {median(found):,.0f} | {report.spread(ratios)} |")


def _forget(way: Way) -> None:
    """Delete what no consumer took from the brokers."""
    if way.broker:
        forget(celery_app.make(way.broker))
    if "stream" in way.options:
        import redis

        with redis.Redis.from_url(services.REDIS_URL) as client:
            client.delete(STREAM)


PARTS = ("enqueue", "http")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dispatchers", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"some of {', '.join(PARTS)}; default: all")
    parser.add_argument("--database", choices=databases.CHOICES, default="postgres")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="only to see that it runs")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"there is no {', '.join(unknown)}")
    if reason := databases.why_not(options.database):
        print(f"Left out: {reason}")
        return 0
    rounds = 1 if options.quick else options.rounds
    print(report.circumstances(options.database, "granian"), flush=True)
    with temporary_database(options.database) as environment:
        apps = make_apps()
        if "enqueue" in (options.parts or PARTS):
            enqueue(apps, rounds)
        if "http" in (options.parts or PARTS):
            http(apps, environment, rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
