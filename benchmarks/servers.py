"""The servers that are compared: one per candidate, each with one worker process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests import services
from tests.crash.machine import cpu_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HOST = "127.0.0.1"
START_SECONDS = STOP_SECONDS = 30


@dataclass(frozen=True)
class Candidate:
    key: str
    title: str
    path: str
    environment: Mapping[str, str] = field(default_factory=dict, hash=False)
    writes_to: str = ""
    """The model of whose rows there must be one for each 202 in the end."""


OURS = Candidate("shares", "`POST shares`, buffered", "/api/shares", {}, "share_analytics.Share")
DRF = Candidate("b", "an empty DRF view", "/empty-drf", {})
CREATE = Candidate("c", "serializer and `create()` in the request", "/create", {}, "plain")
PERSISTENT = {"BENCH_CONN_MAX_AGE": "600"}
SHARED_LIMITS = {"BENCH_CACHE": services.REDIS_URL, "BENCH_LIMITS_CACHE": "default"}
CANDIDATES = (
    OURS,
    Candidate("no gates", "the same with no protection at all", OURS.path, {"BENCH_GATES": ""}),
    Candidate("shared", "the same with limits in Redis", OURS.path, SHARED_LIMITS),
    Candidate("a", "an empty Django view", "/empty-django", {}),
    DRF,
    Candidate("b again", "the same once more: the resolution of this run", "/empty-drf", {}),
    CREATE,
    Candidate("c, kept", "c with `CONN_MAX_AGE = 600`", "/create", PERSISTENT, "plain"),
    Candidate("d", "c with a thread per request", "/thread", {}, "plain"),
)


def candidates() -> list[Candidate]:
    """Those for which all is there that they need."""
    has_redis = not services.why_no_redis()
    return [each for each in CANDIDATES if has_redis or each.environment is not SHARED_LIMITS]


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
        """What its processes have used so far."""
        return cpu_seconds(self.pid)


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
