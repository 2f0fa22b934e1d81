"""``python -m benchmarks.writer``: shares stored per second by one writer, beside the plain ways.

All ways write the same rows into the same table, in turns.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, field
from statistics import mean, median
from typing import TYPE_CHECKING, Any
from unittest import mock

from benchmarks import history, report, workload
from benchmarks.database import ServerThread, make_apps, temporary_database
from tests import databases

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django_share_analytics.events import ShareEvent

    Way = Callable[[list[ShareEvent]], None]

SIZES = {1: 200, 500: 10_000, 5_000: 15_000}
"""Shares a batch: shares that each way writes in a round."""
PAST = 200_000
"""Shares that are there already."""
WRITER, WITHOUT_ROLLUPS, BULK_CREATE, COPY = "writer", "no rollups", "bulk_create", "COPY"
LISTENED_TO = "milestones"
AIMS = {
    ("postgres", 500, BULK_CREATE): 1.4,
    ("postgres", 5_000, COPY): 0.5,
    ("sqlite", 500, BULK_CREATE): 0.8,
    ("mariadb", 500, BULK_CREATE): 0.8,
}
MOST_FOR_ROLLUPS = 0.4
"""Time that counting may add to writing, at 500 a batch."""


@dataclass
class Timing:
    seconds: list[float] = field(default_factory=list)
    """Per share, one number a round."""
    cpu_seconds: list[float] = field(default_factory=list)
    """Of them, what this process used itself: SQLite is in it, the other databases are not."""

    server_seconds: list[float] = field(default_factory=list)
    """And what the database's process, or thread, used for us."""

    def time(self, way: Way, batches: Sequence[list[ShareEvent]], server: ServerThread) -> None:
        n = sum(map(len, batches))
        server_before, cpu, start = server.cpu_seconds(), time.process_time(), time.perf_counter()
        for batch in batches:
            way(batch)
        self.seconds.append((time.perf_counter() - start) / n)
        self.cpu_seconds.append((time.process_time() - cpu) / n)
        self.server_seconds.append((server.cpu_seconds() - server_before) / n)

    def ratios(self, other: Timing) -> list[float]:
        """How many times as fast as ``other``, round by round."""
        return [theirs / ours for ours, theirs in zip(self.seconds, other.seconds, strict=True)]


def ways(database: str) -> dict[str, Way]:
    """What is compared, by its name."""
    from django_share_analytics.models import Share
    from django_share_analytics.signals import share_milestone
    from django_share_analytics.writing.writer import write_shares

    def bulk_create(batch: list[ShareEvent]) -> None:
        Share.objects.bulk_create([Share(**values(event)) for event in batch])

    def without_rollups(batch: list[ShareEvent]) -> None:
        with mock.patch("django_share_analytics.writing.insertion.ROLLUPS", ()):
            write_shares(batch)

    def listened_to(batch: list[ShareEvent]) -> None:
        share_milestone.connect(hear)
        write_shares(batch)
        share_milestone.disconnect(hear)

    found: dict[str, Way] = {
        WRITER: lambda batch: check(len(write_shares(batch).recorded) == len(batch)),
        LISTENED_TO: listened_to,
        WITHOUT_ROLLUPS: without_rollups,
        BULK_CREATE: bulk_create,
    }
    if database == "postgres":
        found[COPY] = copy
    return found


def hear(**kwargs: Any) -> None:
    """Somebody who listens to milestones."""


def check(is_right: bool) -> None:
    if not is_right:
        raise AssertionError("The writer has not recorded the whole batch.")


def values(event: ShareEvent) -> dict[str, Any]:
    return {
        "id": event.id,
        "app_id": event.app_id,
        "platform": event.platform,
        "user_id": event.user_id,
        "session_id": event.session_id,
        "timestamp": event.timestamp,
        "user_agent": event.user_agent,
        "referrer_url": event.referrer_url,
    }


def copy(batch: list[ShareEvent]) -> None:
    """What psycopg can do at best: no look at what is there, no users, no conflicts, no counts."""
    from django.db import connection, transaction

    columns = "id, app_id, platform, user_id, session_id, timestamp, user_agent, referrer_url"
    types = ("uuid", "uuid", "varchar", "int4", "varchar", "timestamptz", "varchar", "varchar")
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        cursor.copy(f"COPY share_analytics_share ({columns}) FROM STDIN (FORMAT BINARY)") as stream,
    ):
        stream.set_types(types)
        for event in batch:
            stream.write_row(tuple(values(event).values()))


def measure(database: str, rounds: int, part: float) -> dict[tuple[int, str], Timing]:
    apps = make_apps(workload.APPS)
    candidates = ways(database)
    server = ServerThread()
    timings = {(size, name): Timing() for size in SIZES for name in candidates}
    warm_up(candidates, apps, part)
    for number in range(rounds):
        for size, n in SIZES.items():
            for place, (name, way) in enumerate(candidates.items()):
                seed = number * 1_000_000 + size * 100 + place
                wanted = max(size, int(n * part))
                shares = list(workload.events(wanted, apps, days=wanted / 1_000_000, seed=seed))
                timings[size, name].time(way, list(workload.batches(shares, size)), server)
    return timings


def warm_up(candidates: dict[str, Way], apps: Sequence[Any], part: float) -> None:
    """Make it a site that runs: most apps were shared before, and today's count has begun."""
    history.grow_to(int(PAST * part), apps)
    for place, way in enumerate(candidates.values()):
        shares = workload.events(5_000, apps, days=0.1, seed=900_000_000 + place)
        for batch in workload.batches(shares, 1_000):
            way(batch)


def table(timings: dict[tuple[int, str], Timing]) -> str:
    lines = [
        "| a batch | way | shares/s | µs a share | own CPU | database's CPU | the writer is |",
        "|--:|---|--:|--:|--:|--:|--:|",
    ]
    for (size, name), timing in timings.items():
        writer = timings[size, WRITER]
        seconds, cpu = median(timing.seconds), mean(timing.cpu_seconds)
        server = mean(timing.server_seconds)
        ratio = "" if timing is writer else report.spread(writer.ratios(timing)) + " of it"
        lines.append(
            f"| {size:,} | {name} | {1 / seconds:,.0f} | {seconds * 1e6:,.0f} "
            f"| {cpu * 1e6:,.0f} | {server * 1e6:,.0f} | {ratio} |"
        )
    return "\n".join(lines)


def aims(database: str, timings: dict[tuple[int, str], Timing]) -> list[str]:
    lines = []
    for (where, size, name), aim in AIMS.items():
        if where == database:
            ratio = median(timings[size, WRITER].ratios(timings[size, name]))
            lines.append(report.aim(ratio >= aim, f"{aim} x {name} at {size:,}: {ratio:.2f}"))
    added = median(timings[500, WITHOUT_ROLLUPS].ratios(timings[500, WRITER])) - 1
    text = f"rollups add less than {MOST_FOR_ROLLUPS:.0%} at 500: {added:.0%}"
    lines.append(report.aim(added < MOST_FOR_ROLLUPS, text))
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.writer", description=__doc__)
    parser.add_argument("--database", choices=databases.CHOICES, default="postgres")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--quick", action="store_true", help="only to see that it runs")
    options = parser.parse_args()
    if reason := databases.why_not(options.database):
        print(f"Left out: {reason}")
        return 0
    rounds, part = (2, 0.1) if options.quick else (options.rounds, 1.0)
    print(report.circumstances(options.database), flush=True)
    with temporary_database(options.database):
        timings = measure(options.database, rounds, part)
    print("", table(timings), "", *aims(options.database, timings), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
