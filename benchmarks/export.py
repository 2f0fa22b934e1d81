"""``python -m benchmarks.export``: what a download of all shares adds to a server's memory.

The server has one worker process, which has answered a smaller export before.
"""

from __future__ import annotations

import argparse
import http.client
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import history, report, workload
from benchmarks.database import make_apps, temporary_database
from benchmarks.servers import HOST, Candidate, Server, serve
from tests import databases
from tests.crash.machine import with_descendants

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARES, MOST_MEGABYTES = 1_000_000, 50
EXPORTS = {
    "shares": "/api/admin/shares/export",
    "statistics, every app": "/api/admin/shares/stats/export?table=apps&days=365",
}
WARM_UP = "?platform=reddit"
CHUNK = 65_536


def log_in() -> str:
    """The cookie of an administrator's session."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client()
    client.force_login(get_user_model().objects.create_superuser("admin"))
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


def download(port: int, address: str, cookie: str) -> Iterator[int]:
    """The lengths of what comes, as it comes."""
    with closing(http.client.HTTPConnection(HOST, port, timeout=300)) as connection:
        connection.request("GET", address, headers={"Cookie": cookie})
        with connection.getresponse() as response:
            if response.status != 200:
                raise AssertionError(f"{address} answered {response.status}")
            while chunk := response.read(CHUNK):
                yield len(chunk)


def peak_megabytes(server: Server) -> float:
    """The most that its processes have had in memory since :func:`forget_peaks`, added up.

    Linux keeps it for each, as no look from time to time can, and psutil does not ask for it.
    """
    kilobytes = 0
    for process in with_descendants(server.pid):
        with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
            kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return kilobytes * 1_024 / 1e6


def forget_peaks(server: Server) -> None:
    for process in with_descendants(server.pid):
        with suppress(FileNotFoundError, ProcessLookupError):
            Path(f"/proc/{process.pid}/clear_refs").write_text("5")


def measure(server: Server, address: str, cookie: str) -> str:
    """One line of the table: megabytes sent, megabytes more, seconds."""
    forget_peaks(server)
    before, start = peak_megabytes(server), time.perf_counter()
    sent = sum(download(server.port, address, cookie)) / 1e6
    seconds, more = time.perf_counter() - start, peak_megabytes(server) - before
    verdict = "" if more < MOST_MEGABYTES else f" (MISSED: {MOST_MEGABYTES})"
    return f"{sent:,.0f} | {more:,.1f}{verdict} | {seconds:,.0f}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.export", description=__doc__)
    parser.add_argument("--database", choices=databases.CHOICES, default="postgres")
    parser.add_argument("--quick", action="store_true", help="only to see that it runs")
    options = parser.parse_args()
    reason = "" if Path("/proc/self/clear_refs").exists() else "there is no /proc as Linux has it"
    if reason := reason or databases.why_not(options.database):
        print(f"Left out: {reason}")
        return 0
    shares = 20_000 if options.quick else SHARES
    print(report.circumstances(options.database), flush=True)
    lines = ["| server | export | MB sent | MB more | seconds |", "|---|---|--:|--:|--:|"]
    with temporary_database(options.database) as environment:
        history.grow_to(shares, make_apps(workload.APPS))
        cookie = log_in()
        for name in ("gunicorn", "uvicorn"):
            with serve(Candidate("export", "", "", {}), name, environment) as server:
                sum(download(server.port, EXPORTS["shares"] + WARM_UP, cookie))
                lines += [
                    f"| {name} | {title} | {measure(server, address, cookie)} |"
                    for title, address in EXPORTS.items()
                ]
    print(f"\n{shares:,} shares\n", *lines, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
