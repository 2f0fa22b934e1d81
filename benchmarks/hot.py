"""``python -m benchmarks.hot``: how many events a batch holds at most, while all come for one app.

1, 2 and 4 processes of a web server have some thousand events waiting, three quarters of them on
the links of shares, and write them while each answers 50 ``POST shares`` a second. The larger the
batches, the rarer is what each costs once, and the longer the others wait for its locks.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks import history, report, steps, workload
from benchmarks.database import make_apps, temporary_database
from tests import databases

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from multiprocessing.synchronize import Barrier
    from uuid import UUID

    from django_share_analytics.events import ShareEvent

    Cell = tuple[int, int]
    """So many writers, and ``max_batch``."""

WRITERS = (1, 2, 4)
SIZES = (500, 1_000, 2_000, 5_000)
USUAL = 500
"""What the others are compared with."""
WAITING = 10_000
"""Events of each process."""
A_BATCH = 500
"""Of what :func:`steps.batches` makes."""
PAST = 50_000
LINKED = 5_000
POSTS_A_SECOND = 50
FEW = 100
"""Where no more wait, the rest is what was posted meanwhile."""
BUFFERED = "django_share_analytics.dispatch.backends.buffered.BufferedDispatcher"


@dataclass
class Found:
    """Of all rounds."""

    rates: list[float] = field(default_factory=list)
    """Events a second, by all processes."""
    latencies: list[float] = field(default_factory=list)
    """Seconds, of each post, from when it was due."""


@dataclass(frozen=True)
class Noted:
    """Of a process: how many it wrote, when, and how long each post took."""

    n: int
    start: float
    end: float
    latencies: Sequence[float]


def serve(barrier: Barrier, linked: Sequence[ShareEvent], seed: int, notes: Any) -> None:
    """A process of that web server."""
    import django

    django.setup()
    from django_share_analytics.dispatch.handler import dispatchers

    apps = [linked[0].app_id]
    batches = steps.batches(apps, linked, seed, WAITING // A_BATCH)
    post_one = poster(apps[0])
    post_one()  # imports, and connects
    dispatchers["default"].flush()
    barrier.wait()
    start = time.monotonic()  # one clock for all processes
    for event in (event for batch in batches for event in batch):
        dispatchers["default"].submit(event)
    latencies, due = [], time.monotonic()
    while dispatchers["default"].status().waiting > FEW:
        time.sleep(max(0.0, due - time.monotonic()))
        post_one()
        latencies.append(time.monotonic() - due)
        due += 1 / POSTS_A_SECOND
    end, left = time.monotonic(), dispatchers["default"].status().waiting
    dispatchers["default"].flush()
    notes.put(Noted(WAITING + len(latencies) - left, start, end, latencies))


def poster(app: UUID) -> Any:
    """What posts a share, through all that a request passes but the socket."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import RequestFactory

    handler, requests = WSGIHandler(), RequestFactory(headers={"host": "127.0.0.1"})
    body = json.dumps({"appId": str(app), "platform": "whatsapp"})

    def post_one() -> None:
        request = requests.post("/api/shares", body, "application/json")
        response = handler.get_response(request)
        response.close()
        if response.status_code != 202:
            raise AssertionError(f"A post was answered with {response.status_code}.")

    return post_one


def measure(cell: Cell, linked: Sequence[ShareEvent], seed: int, found: Found) -> None:
    writers, size = cell
    options = {"max_batch": size, "capacity": 10 * WAITING}
    os.environ["BENCH_DISPATCHERS"] = json.dumps(
        {"default": {"BACKEND": BUFFERED, "OPTIONS": options}}
    )
    spawn = multiprocessing.get_context("spawn")
    barrier, notes = spawn.Barrier(writers, timeout=120), spawn.Queue()
    servers = [
        spawn.Process(target=serve, args=(barrier, linked, seed + n, notes)) for n in range(writers)
    ]
    for server in servers:
        server.start()
    noted: list[Noted] = [notes.get(timeout=300) for _ in servers]
    for server in servers:
        server.join()
    seconds = max(each.end for each in noted) - min(each.start for each in noted)
    found.rates.append(sum(each.n for each in noted) / seconds)
    found.latencies += [latency for each in noted for latency in each.latencies]


def table(found: Mapping[Cell, Found]) -> str:
    lines = [
        "| writers | max_batch | events/s | of those at 500 | post ms, p50 | p99 | worst |",
        "|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for (writers, size), cell in found.items():
        usual = found[writers, USUAL].rates
        ratios = [one / other for one, other in zip(cell.rates, usual, strict=True)]
        ratio = "" if size == USUAL else report.spread(ratios)
        waits = [1_000 * seconds for seconds in sorted(cell.latencies)]
        lines.append(
            f"| {writers} | {size:,} | {median(cell.rates):,.0f} | {ratio} | {median(waits):.1f} "
            f"| {waits[int(0.99 * len(waits))]:.0f} | {waits[-1]:.0f} |"
        )
    return "\n".join(lines)


def check_that_all_is_stored(rounds: int, found: Mapping[Cell, Found]) -> None:
    from django_share_analytics.models import LinkStep

    backlogs = rounds * sum(writers for writers, _size in found)
    a_backlog = WAITING // A_BATCH * sum(steps.LINKS.values())
    if LinkStep.objects.filter(kind__in=steps.LINKS).count() != backlogs * a_backlog:
        raise AssertionError("Not all that waited was written.")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hot", description=__doc__)
    parser.add_argument("--database", choices=databases.CHOICES, default="postgres")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="only to see that it runs")
    options = parser.parse_args()
    if reason := databases.why_not(options.database):
        print(f"Left out: {reason}")
        return 0
    rounds = 1 if options.quick else options.rounds
    print(report.circumstances(options.database), flush=True)
    found: dict[Cell, Found] = defaultdict(Found)
    with temporary_database(options.database) as environment:
        os.environ.update(environment)
        apps = make_apps(1)
        history.grow_to(PAST, apps)
        linked = list(workload.events(LINKED, apps, days=3, seed=4))
        for batch in workload.batches(linked, 1_000):
            steps.write(list(batch))
        for number in range(rounds):
            for writers in WRITERS if not options.quick else WRITERS[:2]:
                for place, size in enumerate(SIZES):
                    seed = 10_000 * (number + 1) + 100 * place + 10 * writers
                    measure((writers, size), linked, seed, found[writers, size])
        check_that_all_is_stored(rounds, found)
    print("", table(found), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
