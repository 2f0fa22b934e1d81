"""The servers that are compared: one per candidate, each with one worker process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HOST = "127.0.0.1"
START_SECONDS = STOP_SECONDS = 30


@dataclass(frozen=True)
class Candidate:
    key: str
    title: str
    path: str
    environment: Mapping[str, str]
    writes_to: str = ""
    """The model of whose rows there must be one for each 202 in the end."""


OURS = Candidate("shares", "`POST shares`, buffered", "/api/shares", {}, "share_analytics.Share")
DRF = Candidate("b", "an empty DRF view", "/empty-drf", {})
CREATE = Candidate("c", "serializer and `create()` in the request", "/create", {}, "plain")
PERSISTENT = {"BENCH_CONN_MAX_AGE": "600"}
CANDIDATES = (
    OURS,
    Candidate("a", "an empty Django view", "/empty-django", {}),
    DRF,
    Candidate("b again", "the same once more: the resolution of this run", "/empty-drf", {}),
    CREATE,
    Candidate("c, kept", "c with `CONN_MAX_AGE = 600`", "/create", PERSISTENT, "plain"),
    Candidate("d", "c with a thread per request", "/thread", {}, "plain"),
)


SERVERS = {
    # It adds least to what is measured. The threads are for c, which waits for its database.
    "granian": (
        *("granian", "benchmarks.wsgi:application", "--interface", "wsgi", "--host", HOST),
        *("--workers", "1", "--blocking-threads", "4", "--log-level", "warning", "--port"),
    ),
    # What most projects run. It takes more time for a request than Django does for an empty view.
    "gunicorn": (
        *("gunicorn", "benchmarks.wsgi:application", "--workers", "1", "--log-level", "warning"),
        *("--worker-class", "gthread", "--threads", "8", "--keep-alive", "60", "--bind"),
    ),
    "uvicorn": (
        *("uvicorn", "benchmarks.asgi:application", "--host", HOST),
        *("--log-level", "warning", "--port"),
    ),
}


@dataclass(frozen=True)
class Server:
    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """What its processes have used so far; 0 where there is no ``/proc`` to tell."""
        return sum(map(cpu_seconds, processes_of(self.pid))) if Path("/proc").exists() else 0.0


def processes_of(pid: int) -> Iterator[int]:
    """A process and all that it has started."""
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from processes_of(int(child))


def cpu_seconds(pid: int) -> float:
    """What a process, or a thread, has used so far."""
    # The fields after the name of the program, which is in parentheses and may hold anything.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    user_ticks, system_ticks = int(fields[11]), int(fields[12])
    return (user_ticks + system_ticks) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serve(candidate: Candidate, name: str, environment: Mapping[str, str]) -> Iterator[Server]:
    """Run the candidate's server. It has written everything when the block ends."""
    port = _free_port()
    address = f"{HOST}:{port}" if name == "gunicorn" else str(port)
    command = [sys.executable, "-m", *SERVERS[name], address]
    with subprocess.Popen(command, env={**os.environ, **environment, **candidate.environment}) as p:
        try:
            _wait_for(port)
            yield Server(port, p.pid)
        finally:
            p.send_signal(signal.SIGTERM)
            p.wait(STOP_SECONDS)


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as server:
        return int(server.getsockname()[1])


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
