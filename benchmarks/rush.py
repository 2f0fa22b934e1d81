"""``python -m benchmarks.rush``: many ask at once for one share count that no cache has.

Each for themselves, as the package does it, beside a lease in the cache: the first to ask counts,
and the others wait for its answer.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.database import make_apps, temporary_database
from tests import databases
from tests.services import REDIS_URL, why_no_redis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from multiprocessing.synchronize import Barrier
    from uuid import UUID

    Turn = tuple[str, int]
    """Which way, and which round."""
    Noted = tuple[Turn, float, float, int]
    """Of one who asked: the turn, when they began and ended, and how many queries they made."""

PROCESSES, THREADS = 2, 8
LEASE_SECONDS, PATIENCE_SECONDS, POLL_SECONDS = 5, 1.0, 0.02
CACHES = {"redis": REDIS_URL, "locmem": ""}


def alone(app: UUID) -> None:
    from django_share_analytics.stats import cached_share_count

    cached_share_count(app)


def behind_a_lease(app: UUID) -> None:
    from django.core.cache import cache

    from django_share_analytics.stats import cached_share_count
    from django_share_analytics.stats.cached_counts import share_count_cache_key

    key = share_count_cache_key(app)
    lease = f"lease:{key}"
    if key in cache.get_many([key]):
        return
    if not cache.add(lease, 1, LEASE_SECONDS):
        give_up = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < give_up:
            found = cache.get_many([lease, key])
            if key in found:
                return
            if lease not in found:
                break
            time.sleep(POLL_SECONDS)
        cached_share_count(app)
        return
    try:
        cached_share_count(app)
    finally:
        cache.delete(lease)


WAYS: dict[str, Callable[[UUID], None]] = {"alone": alone, "lease": behind_a_lease}


@dataclass
class Asker:
    """A thread of a web server: it waits for the others, asks, and notes how long that took."""

    barrier: Barrier
    apps: Mapping[Turn, UUID]
    keeps_connection: bool
    queries: int = 0

    def run(self, notes: list[Noted]) -> None:
        from django.db import connection

        with connection.execute_wrapper(self._count):
            for turn, app in self.apps.items():
                if self.keeps_connection:
                    connection.ensure_connection()
                self.queries = 0
                self.barrier.wait()
                start = time.monotonic()  # one clock for all processes
                WAYS[turn[0]](app)
                notes.append((turn, start, time.monotonic(), self.queries))
                if not self.keeps_connection:
                    connection.close()
        connection.close()

    def _count(self, execute: Any, *arguments: Any) -> Any:
        self.queries += 1
        return execute(*arguments)


def serve(barrier: Barrier, apps: Mapping[Turn, UUID], keeps_connection: bool, notes: Any) -> None:
    """A process of that web server."""
    import django

    django.setup()
    noted: list[Noted] = []
    askers = [Asker(barrier, apps, keeps_connection) for _ in range(THREADS)]
    threads = [threading.Thread(target=asker.run, args=(noted,)) for asker in askers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    notes.put(noted)


def rush(apps: Mapping[Turn, UUID], *, keeps_connection: bool) -> list[Noted]:
    spawn = multiprocessing.get_context("spawn")
    barrier, notes = spawn.Barrier(PROCESSES * THREADS, timeout=60), spawn.Queue()
    arguments = (barrier, apps, keeps_connection, notes)
    servers = [spawn.Process(target=serve, args=arguments) for _ in range(PROCESSES)]
    for server in servers:
        server.start()
    noted = [note for _ in servers for note in notes.get(timeout=300)]
    for server in servers:
        server.join()
    return noted


def row(way: str, noted: Sequence[Noted], rounds: int) -> str:
    """A line of the table. The first round is left out: it imports and connects."""
    whole, waits, queries = [], [], []
    for number in range(1, rounds):
        asked = [note[1:] for note in noted if note[0] == (way, number)]
        whole.append(1000 * (max(end for _, end, _ in asked) - min(start for start, *_ in asked)))
        waits += [1000 * (end - start) for start, end, _ in asked]
        queries.append(sum(n for *_, n in asked))
    return (
        f"| {way} | {median(whole):.1f} | {max(whole):.1f} | {median(waits):.1f} "
        f"| {max(waits):.1f} | {median(queries):.0f} |"
    )


def fill(apps: Sequence[UUID]) -> None:
    from django_share_analytics.events import ShareEvent
    from django_share_analytics.writing.writer import write_shares

    write_shares([ShareEvent(app, name) for app in apps for name in ("x", "copy", "whatsapp")])


@contextmanager
def with_cache(location: str) -> Iterator[None]:
    os.environ["BENCH_CACHE"] = location
    try:
        yield
    finally:
        del os.environ["BENCH_CACHE"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rush", description=__doc__)
    parser.add_argument("--database", choices=databases.CHOICES, default="postgres")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--quick", action="store_true", help="only to see that it runs")
    options = parser.parse_args()
    if reason := databases.why_not(options.database):
        print(f"Left out: {reason}")
        return 0
    rounds = 5 if options.quick else options.rounds
    caches = [name for name in CACHES if name != "redis" or not why_no_redis()]
    with temporary_database(options.database) as environment:
        os.environ.update(environment)
        for name in caches:
            for keeps_connection in (True, False):
                turns = [(way, number) for number in range(rounds) for way in WAYS]
                apps = make_apps(len(turns))
                fill(apps)
                with with_cache(CACHES[name]):
                    noted = rush(
                        dict(zip(turns, apps, strict=True)), keeps_connection=keeps_connection
                    )
                kept = "kept" if keeps_connection else "new"
                print(f"\n{PROCESSES * THREADS} at once, cache {name}, connections {kept}\n")
                print("| | all ms, median | worst | one's wait ms, median | worst | queries |")
                print("|---|--:|--:|--:|--:|--:|")
                for way in WAYS:
                    print(row(way, noted, rounds), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
