"""``python -m benchmarks.steps``: batches of shares and link events, beside ``bulk_create``.

A batch has 125 shares and 375 events on the links of shares of the last days: 180 clicks, 120
visits, 45 previews, 30 re-shares that are shares themselves. ``bulk_create`` writes the same rows,
without facts, and counts nothing.
"""

from __future__ import annotations

import argparse
import random
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any
from uuid import UUID

from benchmarks import history, report, workload
from benchmarks.database import ServerThread, make_apps, temporary_database
from benchmarks.writer import Timing, values
from tests import databases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_share_analytics.events import Event, ShareEvent

SHARES, RESHARES = 125, 30
LINKS = {"click": 180, "visit": 120, "preview": 45}
BATCHES = 40
"""In a round."""
PAST = 200_000
LINKED = 20_000
"""Shares of the last days, on whose links something happens; few have most of it."""
AIMS = {"postgres": 0.75, "sqlite": 0.6, "mariadb": 0.6}
WRITER, BULK_CREATE = "writer", "bulk_create"


def batches(
    apps: Sequence[Any], linked: Sequence[ShareEvent], seed: int, n: int
) -> list[list[Event]]:
    """The same for the same seed, in the order in which a site would have sent them."""
    dice = random.Random(seed)
    weights = [1 / rank for rank in range(1, len(linked) + 1)]
    shares = list(workload.events(SHARES * n, apps, days=0.01, seed=seed))
    found = []
    for start in range(0, len(shares), SHARES):
        new = shares[start : start + SHARES]
        parents = dice.choices(linked, weights, k=RESHARES)
        again = [
            replace(share, app_id=parent.app_id, via=parent.id)
            for share, parent in zip(new, parents, strict=False)
        ]
        batch: list[Event] = [*again, *new[RESHARES:], *_link_events(dice, linked, weights)]
        dice.shuffle(batch)
        found.append(batch)
    return found


def _link_events(
    dice: random.Random, linked: Sequence[ShareEvent], weights: Sequence[float]
) -> list[Any]:
    from django_share_analytics.events import LinkEvent

    now = datetime.now(UTC)
    return [
        LinkEvent(
            share.id,
            kind,
            share.app_id,
            id=UUID(int=dice.getrandbits(128), version=5),
            timestamp=now - timedelta(seconds=dice.random()),
            detail="whatsapp" if kind == "preview" else "",
            visitor=dice.getrandbits(63),
        )
        for kind, n in LINKS.items()
        for share in dice.choices(linked, weights, k=n)
    ]


def write(batch: list[Event]) -> None:
    from django_share_analytics.writing.writer import write_shares

    if len(write_shares(batch).recorded) != len(batch):
        raise AssertionError("The writer has not recorded the whole batch.")


def bulk_create(batch: list[Event]) -> None:
    from django.db import transaction

    from django_share_analytics.events import ShareEvent
    from django_share_analytics.models import LinkStep, Share

    shares = [event for event in batch if isinstance(event, ShareEvent)]
    steps = [event for event in batch if not isinstance(event, ShareEvent)]
    with transaction.atomic():
        Share.objects.bulk_create([Share(**values(event)) for event in shares])
        LinkStep.objects.bulk_create(
            [
                LinkStep(
                    id=event.id,
                    share_id=event.share_id,
                    kind=event.kind,
                    detail=event.detail,
                    timestamp=event.timestamp,
                )
                for event in steps
            ]
            + [
                LinkStep(id=share.id, share_id=share.via, kind="reshare", timestamp=share.timestamp)
                for share in shares
                if share.via
            ]
        )


def measure(database: str, rounds: int, part: float) -> dict[str, Timing]:
    apps = make_apps(workload.APPS)
    history.grow_to(int(PAST * part), apps)
    linked = list(workload.events(int(LINKED * part), apps, days=3, seed=4))
    for batch in workload.batches(linked, 1_000):
        write(list(batch))
    ways = {WRITER: write, BULK_CREATE: bulk_create}
    timings = {name: Timing() for name in ways}
    server, n = ServerThread(), max(2, int(BATCHES * part))
    for place, way in enumerate(ways.values()):
        for batch in batches(apps, linked, 900 + place, 5):
            way(batch)
    for number in range(rounds):
        for place, (name, way) in enumerate(ways.items()):
            timings[name].time(way, batches(apps, linked, 1_000 + 10 * number + place, n), server)
    return timings


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.steps", description=__doc__)
    parser.add_argument("--database", choices=databases.CHOICES, default="postgres")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--quick", action="store_true", help="only to see that it runs")
    options = parser.parse_args()
    if reason := databases.why_not(options.database):
        print(f"Left out: {reason}")
        return 0
    rounds, part = (2, 0.1) if options.quick else (options.rounds, 1.0)
    print(report.circumstances(options.database), flush=True)
    with temporary_database(options.database):
        timings = measure(options.database, rounds, part)
    print("\n| way | µs an event | own CPU | database's CPU |\n|---|--:|--:|--:|")
    for name, timing in timings.items():
        parts = (timing.seconds, timing.cpu_seconds, timing.server_seconds)
        print(f"| {name} | {' | '.join(f'{median(each) * 1e6:,.0f}' for each in parts)} |")
    ratios = timings[WRITER].ratios(timings[BULK_CREATE])
    aim = AIMS[options.database]
    print("", report.aim(median(ratios) >= aim, f"{aim} x {BULK_CREATE}: {report.spread(ratios)}"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
