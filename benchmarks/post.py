"""``python -m benchmarks.post``: ``POST shares`` beside what one would write instead."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

from benchmarks import protections, report
from benchmarks.database import count_rows, make_apps, temporary_database
from benchmarks.measure import Measurement, Plan, measure
from benchmarks.servers import OURS, SERVERS
from tests import databases

if TYPE_CHECKING:
    from collections.abc import Mapping

QUICK = Plan(rounds=2, seconds=0.5, latency_seconds=1.0, warm_up_seconds=0.3)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.post", description=__doc__)
    parser.add_argument("--database", choices=databases.CHOICES, default=best_database())
    parser.add_argument("--server", choices=SERVERS, default="granian")
    parser.add_argument("--quick", action="store_true", help="only to see that it runs")
    options = parser.parse_args()
    plan = QUICK if options.quick else Plan()

    print(report.circumstances(options.database, options.server), flush=True)
    # A process of its own, started before Django is, so that it shares nothing with the servers.
    sender = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    with sender, temporary_database(options.database) as environment:
        measurements = measure(make_apps(), options.server, environment, sender, plan)
        rows = count_rows()
        costs = protections.table()
    print("", report.table(measurements), "", report.resolution(measurements), "", sep="\n")
    print(*report.aims(measurements), "", costs, sep="\n")
    return 0 if all_written(measurements, rows) else 1


def best_database() -> str:
    return "sqlite" if databases.why_not("postgres") else "postgres"


def all_written(measurements: Mapping[str, Measurement], rows: Mapping[str, int]) -> bool:
    """Whether each share that was accepted is there, and counted."""
    ours = (each for each in measurements.values() if each.candidate.path == OURS.path)
    statuses = sum((each.statuses for each in ours), Counter())
    accepted = statuses[202]
    print(
        f"\nAccepted {accepted:,}, stored {rows['shares']:,}, counted {rows['counted']:,}; "
        f"other answers: {statuses.total() - accepted:,}"
    )
    return accepted == rows["shares"] == rows["counted"] == statuses.total()


if __name__ == "__main__":
    sys.exit(main())
