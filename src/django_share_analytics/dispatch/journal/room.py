"""How much a journal may hold: anybody can share, and a full disk is everybody's trouble."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from django_share_analytics.dispatch.journal.home import all_segments
from django_share_analytics.exceptions import DispatcherUnavailable

if TYPE_CHECKING:
    from pathlib import Path

KNOWN_SECONDS = 1.0
"""How old the known size may get: to ask takes a look at each segment."""


class Room:
    """Asked before a segment is begun, which holds one batch: so much more may come in, of each
    process that shares the journal."""

    def __init__(self, journal: Path, max_bytes: int) -> None:
        self._journal, self._max_bytes = journal, max_bytes
        self._look_again_at = 0.0
        self._is_full = False

    def require(self) -> None:
        """:raises DispatcherUnavailable: there is none."""
        now = time.monotonic()
        if now >= self._look_again_at:
            self._look_again_at = now + KNOWN_SECONDS
            self._is_full = size_of(self._journal) >= self._max_bytes
        if self._is_full:
            raise DispatcherUnavailable("The journal is full: nothing writes it, or too slowly.")


def size_of(journal: Path) -> int:
    """Bytes of all segments, whoever's they are. What was kept aside is nobody's who shares."""
    size = 0
    for path in all_segments(journal):
        with suppress(OSError):  # recorded meanwhile
            size += path.stat().st_size
    return size
