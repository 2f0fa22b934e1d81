"""What a server holds: memory, threads, descriptors, and connections to its database."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from statistics import quantiles
from typing import TYPE_CHECKING

import psutil

from tests.crash.machine import with_descendants

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Sample:
    """Of one moment, and of the requests since the one before."""

    minute: float
    memory: float
    """Megabytes of all processes together; what they share counts once (PSS)."""
    threads: int
    descriptors: int
    connections: int
    p99: float
    """Milliseconds from when a request was due to the end of its answer."""


def sample(pid: int, minute: float, latencies: Sequence[float]) -> Sample:
    memory, threads, descriptors = 0.0, 0, 0
    for process in with_descendants(pid):
        with suppress(psutil.NoSuchProcess):
            memory += process.memory_full_info().pss / 1e6
            threads += process.num_threads()
            descriptors += process.num_fds()
    return Sample(minute, memory, threads, descriptors, connections(), p99(latencies))


def p99(latencies: Sequence[float]) -> float:
    if len(latencies) < 2:
        return 0.0
    return 1000 * quantiles(latencies, n=100, method="inclusive")[98]


def connections() -> int:
    """Those of others than this process to the database, while they last."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])
