"""What else the machine does: a latency says nothing about us when others have the CPUs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

IDLE = (3, 4)
"""Columns of ``/proc/stat`` that are not work: idle, and waiting for a disk."""
GUESTS = 8
"""The columns from here on are contained in those before."""


class Watch:
    """``with Watch() as watch: …; watch.others``

    Our own are this process and its descendants. One that ends meanwhile counts as somebody else's.
    """

    others = 0.0
    """The part of all CPUs, 0 to 1, that was not ours and not idle."""

    def __enter__(self) -> Watch:
        self._start = _used()
        return self

    def __exit__(self, *exception: object) -> None:
        (busy, total, own), (busy_then, total_then, own_then) = _used(), self._start
        others = (busy - busy_then) - (own - own_then)
        self.others = max(0.0, others / max(total - total_then, 1))


def _used() -> tuple[int, int, int]:
    """Ticks of work, all ticks, and those of our own processes, since they started."""
    ticks = [int(n) for n in Path("/proc/stat").read_text().splitlines()[0].split()[1:]][:GUESTS]
    own = sum(map(_ticks, _with_descendants(os.getpid())))
    return sum(ticks) - sum(ticks[column] for column in IDLE), sum(ticks), own


def _with_descendants(pid: int) -> Iterator[int]:
    yield pid
    try:
        tasks = [*Path(f"/proc/{pid}/task").iterdir()]
        children = [child for task in tasks for child in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return
    for child in children:
        yield from _with_descendants(int(child))


def _ticks(pid: int) -> int:
    try:
        # The fields after the name of the program, which is in parentheses and may hold anything.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(fields[11]) + int(fields[12])
