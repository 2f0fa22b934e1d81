"""``python -m benchmarks.consumers``: what one and two ``consume_shares`` write from Redis."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks import report, workload
from benchmarks.database import make_apps, temporary_database
from benchmarks.dispatchers import STREAM, ways
from tests import databases, services

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WAITING = 30_000
FROM, TO = 0.9, 0.1
"""The part of the backlog between which the time is taken: all consumers run, and none is done."""
ROOT = Path(__file__).parent.parent


def drain(consumers: int, environment: Mapping[str, str], client: Any) -> float:
    """Shares a second with so many consumers, which stop when the backlog is gone."""
    waiting = client.xlen(STREAM)
    command = [sys.executable, "-m", "django", "consume_shares", "--verbosity", "0"]
    with ExitStack() as stack:
        for _ in range(consumers):
            process = stack.enter_context(subprocess.Popen(command, env=environment, cwd=ROOT))
            stack.callback(process.terminate)
        first = _wait_until_left(client, FROM * waiting)
        last = _wait_until_left(client, TO * waiting)
        _wait_until_left(client, 0)
    return (first[1] - last[1]) / (last[0] - first[0])


def _wait_until_left(client: Any, n: float) -> tuple[float, int]:
    """When there were so few, and how many that was."""
    while (left := client.xlen(STREAM)) > n:
        time.sleep(0.01)
    return time.perf_counter(), left


def fill(apps: Sequence[Any], seed: int, client: Any) -> None:
    from django_share_analytics.codec import encode

    pipeline = client.pipeline(transaction=False)
    for share in workload.events(WAITING, apps, days=0.1, seed=seed):
        pipeline.xadd(STREAM, {"share": encode(share)})
    pipeline.execute()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.consumers", description=__doc__)
    parser.add_argument("--database", choices=databases.CHOICES, default="postgres")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="only to see that it runs")
    options = parser.parse_args()
    if reason := databases.why_not(options.database) or services.why_no_redis():
        print(f"Left out: {reason}")
        return 0
    import redis

    print(report.circumstances(options.database, "redis"), flush=True)
    rates: dict[int, list[float]] = {1: [], 2: []}
    with (
        temporary_database(options.database) as environment,
        redis.Redis.from_url(services.REDIS_URL) as client,
    ):
        apps = make_apps(workload.APPS)
        way = next(way for way in ways("") if way.options.get("stream") == STREAM)
        for number in range(1 if options.quick else options.rounds):
            for consumers, found in rates.items():
                client.delete(STREAM)
                fill(apps, 10 * number + consumers, client)
                found.append(drain(consumers, {**environment, **way.environment()}, client))
        client.delete(STREAM)
        assert stored() == sum(map(len, rates.values())) * WAITING
    ratios = [two / one for one, two in zip(rates[1], rates[2], strict=True)]
    print("\n| consumers | shares/s | of one |", "|--:|--:|--:|", sep="\n")
    print(f"| 1 | {median(rates[1]):,.0f} | |")
    print(f"| 2 | {median(rates[2]):,.0f} | {report.spread(ratios)} |")
    return 0


def stored() -> int:
    from django_share_analytics.models import Share

    return Share.objects.count()


if __name__ == "__main__":
    sys.exit(main())
