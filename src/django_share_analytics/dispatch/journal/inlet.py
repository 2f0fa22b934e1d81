"""Where shares enter a journal: the one segment that is written to, and those that are complete."""

from __future__ import annotations

import logging
import threading
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from django_share_analytics.dispatch.journal.home import Home
from django_share_analytics.dispatch.journal.room import Room
from django_share_analytics.dispatch.journal.segment import Segment, sync_path
from django_share_analytics.dispatch.journal.syncing import Syncer
from django_share_analytics.exceptions import DispatcherUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

logger = logging.getLogger(__name__)


class Inlet:
    """Serves all threads of a process. Nothing is made on the disk before the first line comes."""

    def __init__(
        self, journal: Path, *, max_lines: int, max_bytes: int, fsync: str, sync_seconds: float
    ) -> None:
        self._journal, self._max_lines = journal, max_lines
        self._room = Room(journal, max_bytes)
        self._syncs_each = fsync == "always"
        self._syncs = fsync != "never"
        self._syncer = Syncer(sync_seconds) if fsync == "batch" else None
        self._lock = threading.Lock()
        self._home: Home | None = None
        self._adopted: list[Home] = []
        self._left: set[Path] = set()
        self._segment: Segment | None = None
        self._complete: deque[Path] = deque()
        self._is_closed = False

    def put(self, line: bytes) -> bool:
        """Write ``line``, as safely as ``fsync`` says; whether it made a segment full.

        :raises DispatcherUnavailable: the inlet is closed, or the journal is full.
        :raises OSError: the line is not in the journal, or not for certain.
        """
        with self._lock:
            if self._is_closed:
                raise DispatcherUnavailable("This process is stopping.")
            segment = self._segment or self._open_segment()
            self._append(segment, line)
            size = segment.size
            is_full = segment.count >= self._max_lines
            if is_full:
                self._complete_segment()
        if self._syncs_each:
            self._sync(segment, size)
        elif self._syncer:
            self._syncer.note(segment.path)
        return is_full

    def next(self) -> Path | None:
        """The oldest segment, complete from now on; ``None`` when there is none."""
        with self._lock:
            if not self._complete and self._segment and self._segment.count:
                self._complete_segment()
            return self._complete.popleft() if self._complete else None

    def put_back(self, paths: Iterable[Path]) -> None:
        """They are the next ones again, in this order."""
        with self._lock:
            self._complete.extendleft(reversed(list(paths)))

    def take_over(self, dead: Home) -> int:
        """Make the segments of a dead process our own, where they are; how many there are."""
        paths: list[Path] = []
        is_ours = False
        try:
            paths = [path for path in dead.left_segments() if path not in self._left]
            is_ours = self._keep(dead, paths)
        finally:
            if not is_ours:
                dead.close()
        return len(paths) if is_ours else 0

    def leave(self, path: Path) -> None:
        """Let a process of a newer version have this segment, as soon as it wants it."""
        self._left.add(path)

    @property
    def adopted(self) -> int:
        """Directories of dead processes that are not known to be empty yet."""
        return len(self._adopted)

    def let_go(self) -> None:
        """Remove the directories of dead processes that were emptied, and let the others' be where
        all that is left in one is for somebody else."""
        self._left = {path for path in self._left if path.exists()}
        with self._lock:
            done = [home for home in self._adopted if home.is_done(self._left)]
            self._adopted = [home for home in self._adopted if home not in done]
        for home in done:
            home.close()

    def close(self) -> None:
        """Refuse more lines. What is there can still be read."""
        with self._lock:
            self._is_closed = True
            if self._segment:
                self._complete_segment()
        if self._syncer:
            self._syncer.stop()

    def release(self) -> None:
        for home in self._forget_homes():
            home.close()

    def abandon(self) -> None:
        if self._segment:
            self._segment.abandon()
        for home in self._forget_homes():
            home.abandon()

    def _forget_homes(self) -> list[Home]:
        """All whose locks we hold, our own first."""
        homes = [*([self._home] if self._home else []), *self._adopted]
        self._home, self._adopted = None, []
        return homes

    def _keep(self, dead: Home, paths: Sequence[Path]) -> bool:
        """Whether these segments of ``dead`` are ours from here on."""
        with self._lock:
            if not paths or self._is_closed:
                return False
            self._adopted.append(dead)
            self._complete.extend(paths)
            return True

    def _open_segment(self) -> Segment:
        self._room.require()
        home = self._home = self._home or Home.create(self._journal, sync=self._syncs)
        try:
            self._segment = Segment(home.new_path())
        except FileNotFoundError:  # somebody removed the directory
            home.close()
            self._home = None
            home = self._home = Home.create(self._journal, sync=self._syncs)
            self._segment = Segment(home.new_path())
        segment = self._segment
        try:
            if self._syncs_each:
                sync_path(home.path)
        except OSError:
            self._complete_segment()  # which removes it, as it is empty
            raise
        return segment

    def _sync(self, segment: Segment, size: int) -> None:
        try:
            segment.sync(size)
        except OSError:
            with self._lock:
                if segment is self._segment:  # whatever else it took would be refused, too
                    self._complete_segment()
            raise

    def _append(self, segment: Segment, line: bytes) -> None:
        try:
            segment.append(line)
        finally:
            if segment.is_torn:
                self._complete_segment()

    def _complete_segment(self) -> None:
        segment, self._segment = self._segment, None
        assert segment is not None
        try:
            segment.close(sync=self._syncs_each)
        except OSError:
            logger.exception("The journal could not be brought to the disk: %s", segment.path)
        if segment.size or segment.is_torn:
            self._complete.append(segment.path)
        else:
            with suppress(OSError):
                segment.path.unlink()
