"""What else the machine does: a latency says nothing about us when others have the CPUs."""

from __future__ import annotations

import os
from contextlib import suppress

import psutil


class Watch:
    """``with Watch() as watch: …; watch.others``

    Our own are this process and its descendants.
    """

    others = 0.0
    """The part of all CPUs, 0 to 1, that was not ours and not idle."""

    def __enter__(self) -> Watch:
        self._start = _used()
        return self

    def __exit__(self, *exception: object) -> None:
        (busy, total, own), (busy_then, total_then, own_then) = _used(), self._start
        others = (busy - busy_then) - (own - own_then)
        self.others = max(0.0, others / max(total - total_then, 0.01))


def _used() -> tuple[float, float, float]:
    """Seconds of work, of all CPUs, and of our own processes, since they started."""
    times = psutil.cpu_times()
    total = sum(times) - times.guest - times.guest_nice  # which are in others of them, too
    return total - times.idle - times.iowait, total, cpu_seconds(os.getpid())


def cpu_seconds(pid: int) -> float:
    """What a process and its descendants have used so far, with those that have ended and that
    their parent has waited for: what it was just now does not become somebody else's."""
    seconds = 0.0
    for process in with_descendants(pid):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            seconds += times.user + times.system + times.children_user + times.children_system
    return seconds


def with_descendants(pid: int) -> list[psutil.Process]:
    """Those that are there just now. Any of them may have ended when it is asked for more."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    return []
