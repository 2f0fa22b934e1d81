"""``python -m benchmarks.memory``: what 100,000 shares that wait weigh in a buffered process."""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

import psutil

from benchmarks import report, workload

if TYPE_CHECKING:
    from collections.abc import Mapping

BACKLOG, MOST_MEGABYTES = 100_000, 100
BUFFERED = "django_share_analytics.dispatch.backends.buffered.BufferedDispatcher"
NEVER_WRITE = {"capacity": 2 * BACKLOG, "max_batch": 2 * BACKLOG, "flush_seconds": 3_600}


def in_a_process_of_its_own(options: Mapping[str, object]) -> float:
    """Megabytes that a process grows by, as it takes the backlog."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
    command = [sys.executable, "-m", "benchmarks.memory", "--fill", json.dumps(options)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout)


def fill(options: Mapping[str, object]) -> float:
    """Take the backlog as requests bring it: each share with texts of its own."""
    import django

    django.setup()
    from django_share_analytics.codec import decode, encode
    from django_share_analytics.conf import DispatcherSettings
    from django_share_analytics.dispatch.handler import make_dispatcher

    dispatcher = make_dispatcher(DispatcherSettings("default", BUFFERED, options))
    apps = [share.id for share in workload.events(workload.APPS, [0], seed=1)]
    shares = workload.events(BACKLOG + 1, apps, days=1)
    dispatcher.submit(next(shares))
    before = _resident_megabytes()
    for share in shares:
        dispatcher.submit(decode(encode(share)))
    return _resident_megabytes() - before


def _resident_megabytes() -> float:
    gc.collect()
    return psutil.Process().memory_info().rss / 1e6


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="as without: it is quick")
    parser.add_argument("--fill", type=json.loads, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.fill is not None:
        print(fill(options.fill), flush=True)
        os._exit(0)  # there is no database that these could be written to
    with tempfile.TemporaryDirectory() as journal:
        ways = {"memory": {}, "journal": {"journal": journal, "fsync": "batch"}}
        grown = {name: in_a_process_of_its_own({**NEVER_WRITE, **o}) for name, o in ways.items()}
    for name, megabytes in grown.items():
        text = f"{BACKLOG:,} waiting in {name}: {megabytes:.0f} MB more ({MOST_MEGABYTES} at most)"
        print(report.aim(megabytes < MOST_MEGABYTES, text))
    return 0


if __name__ == "__main__":
    sys.exit(main())
