"""``python -m benchmarks.soak``: mixed load on two workers for twenty minutes; what grows?

Exit status 1: something has grown, or an answer was wrong, or what is stored is not what was sent.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import report, workload
from benchmarks.database import count_rows, make_apps, temporary_database
from benchmarks.export import log_in
from benchmarks.soak import curves, rule
from benchmarks.soak.visitors import RATE, come
from benchmarks.soak.watch import Sample, sample
from tests import databases
from tests.crash.machine import Watch, with_descendants
from tests.crash.servers import free_port, wait_until
from tests.crash.site import stopping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WHOLE_MINUTES = 20.0
SAMPLES = 240
PICTURE = Path("docs/images/soak.svg")
APPS, HISTORY, HISTORY_DAYS = 500, 20_000, 90
BUFFERED = "django_share_analytics.dispatch.backends.buffered.BufferedDispatcher"
GUNICORN = (
    *("gunicorn", "benchmarks.wsgi:application", "--workers", "2", "--worker-class", "gthread"),
    *("--threads", "4", "--keep-alive", "60", "--log-level", "warning", "--no-control-socket"),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=WHOLE_MINUTES)
    parser.add_argument("--picture", type=Path, help=f"default: {PICTURE} of a whole run")
    options = parser.parse_args()
    if reason := databases.why_not("postgres"):
        print(f"Left out: {reason}")
        return 0
    print(report.circumstances("postgres", "gunicorn"), flush=True)
    with temporary_database("postgres") as environment, tempfile.TemporaryDirectory() as journal:
        apps = [str(key) for key in make_apps(APPS)]
        before = fill()
        with serve({**environment, **settings(journal)}) as (pid, port), Watch() as watch:
            samples, tally = soak(pid, port, apps, 60 * options.minutes)
        is_right = all_stored(tally, before)
    is_whole = options.minutes >= WHOLE_MINUTES
    if picture := options.picture or (is_whole and PICTURE):
        title = f"{options.minutes:.0f} minutes of {RATE:.0f} requests a second on two workers"
        picture.write_text(curves.draw(samples, title))
    said = rule.verdicts(samples, watch.others, is_whole=is_whole)
    print(f"\nBy window; others had {watch.others:.0%} of the machine", *said, sep="\n")
    return 0 if is_right and all(v.is_flat or not v.is_judged for v in said) else 1


def settings(journal: str) -> dict[str, str]:
    """The package's defaults, but for a journal, links, and clients behind a proxy."""
    dispatcher = {"BACKEND": BUFFERED, "OPTIONS": {"journal": journal}}
    return {
        "BENCH_DISPATCHERS": json.dumps({"default": dispatcher}),
        "BENCH_URLS": "benchmarks.urls_with_links",
        "BENCH_CONN_MAX_AGE": "600",
    }


def fill() -> dict[str, int]:
    """Three months of shares, so that what staff ask for does not grow many times over."""
    from django_share_analytics.conf import get_app_model
    from django_share_analytics.writing.writer import write_shares

    keys = list(get_app_model()._default_manager.values_list("pk", flat=True))
    end = datetime.now(UTC) - timedelta(days=1)
    shares = workload.events(HISTORY, keys, days=HISTORY_DAYS, end=end)
    for batch in workload.batches(shares, 500):
        write_shares(batch)
    return stored()


def stored() -> dict[str, int]:
    from django_share_analytics import steps
    from django_share_analytics.models import LinkStep

    kinds = {"clicks": steps.CLICK, "visits": steps.VISIT}
    found = {name: LinkStep.objects.filter(kind=kind).count() for name, kind in kinds.items()}
    return {**count_rows(), **found}


@contextmanager
def serve(environment: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """Two workers. They have written everything when the block ends."""
    port = free_port()
    command = [sys.executable, "-m", *GUNICORN, "--bind", f"127.0.0.1:{port}"]
    with stopping(server := subprocess.Popen(command, env={**os.environ, **environment})):
        wait_until(lambda: len(with_descendants(server.pid)) == 3, 60, "no web workers")
        yield server.pid, port


def soak(
    pid: int, port: int, apps: list[str], seconds: float
) -> tuple[list[Sample], dict[str, Any]]:
    """What the server held meanwhile, and what was sent."""
    spawn = multiprocessing.get_context("spawn")
    out = spawn.Queue()
    visitors = spawn.Process(target=come, args=(port, apps, log_in(), seconds, out))
    visitors.start()
    samples: list[Sample] = []
    latencies: list[float] = []
    interval = seconds / SAMPLES
    start = time.monotonic()
    while not isinstance(news := out.get(timeout=60), dict):
        latencies += news
        passed = time.monotonic() - start
        if latencies and passed >= (len(samples) + 1) * interval:
            samples.append(sample(pid, passed / 60, latencies))
            latencies = []
    visitors.join()
    return samples, news


def all_stored(tally: Mapping[str, Any], before: Mapping[str, int]) -> bool:
    """Whether every answer was right, all that was accepted counts once, and no count is off."""
    from django.core.management import call_command

    from django_share_analytics.models import OutcomeHour

    after = stored()
    grown = {name: after[name] - before[name] for name in after}
    wanted = {"shares": tally["shares"], "counted": tally["shares"]}
    wanted |= {name: tally[name] for name in ("clicks", "visits")}
    print("\nSent: ", ", ".join(f"{name} {n:,}" for name, n in sorted(tally["sent"].items())))
    print("Wrong answers: ", tally["wrong"] or "none")
    for name, n in wanted.items():
        print(f"- {name}: {n:,} accepted, {grown[name]:,} stored")
    print("Not recorded: ", dict(OutcomeHour.objects.values_list("reason", "n")) or "nothing")
    try:
        call_command("verify_share_counts", verbosity=0)
    except SystemExit:
        return False
    return not tally["wrong"] and all(grown[name] == n for name, n in wanted.items())


if __name__ == "__main__":
    sys.exit(main())
