"""One file of a journal: accepted events as lines. What goes in together is recorded together."""

from __future__ import annotations

import errno
import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django_share_analytics import codec
from django_share_analytics.exceptions import NewerShare

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from django_share_analytics.events import Event

OWNER_ONLY = 0o600
"""User keys, user agents and referrers are nobody else's business."""


class Segment:
    """A new file that is written to.

    One thread at a time appends; any number may wait in :meth:`sync` meanwhile. Every method raises
    ``OSError`` when the disk won't.
    """

    def __init__(self, path: Path) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        self._file = os.open(path, flags, OWNER_ONLY)
        self.path = path
        self.size = 0
        """Bytes of the lines that are complete."""
        self.count = 0
        self.is_torn = False
        """Whether half a line is at the end: nothing may be written behind it."""
        self._synced = 0
        self._sync_failed = False
        self._syncing = threading.Lock()

    def append(self, line: bytes) -> None:
        """Write ``line``, all of it or nothing."""
        try:
            written = os.write(self._file, line)
            while written < len(line):  # a full disk takes a part, and says so the next time
                written += os.write(self._file, line[written:])
        except BaseException:  # a signal may come between the parts, too
            self._cut_back()
            raise
        self.size += written
        self.count += 1

    def _cut_back(self) -> None:
        self.is_torn = True
        with suppress(OSError):
            os.ftruncate(self._file, self.size)
            self.is_torn = False

    def sync(self, size: int) -> None:
        """Return when the first ``size`` bytes are on the disk itself.

        Whoever comes first syncs for all who wait behind it, and fails for all of them.
        """
        with self._syncing:
            if self._synced < size:
                self._sync(self._file)

    def close(self, *, sync: bool = False) -> None:
        """No more lines. A thread still in :meth:`sync` fails, unless this did its work."""
        with self._syncing:
            file, self._file = self._file, -1
            try:
                if sync and self._synced < self.size and not self._sync_failed:
                    self._sync(file)
            finally:
                os.close(file)

    def _sync(self, file: int) -> None:
        # Linux says once that something could not be written: asked again, it says all is well.
        if self._sync_failed:
            raise OSError(errno.EIO, "Input/output error, as for an earlier line", str(self.path))
        reached = self.size
        try:
            os.fsync(file)
        except OSError:
            self._sync_failed = True
            raise
        self._synced = reached

    def abandon(self) -> None:
        """In a forked child, where a lock may be held by a thread that does not exist here."""
        with suppress(OSError):  # such a thread may have been about to close it
            os.close(self._file)


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a segment."""

    events: list[Event]
    bad: list[bytes]
    """Lines that are no events; the last one when its writing was cut short."""
    newer: list[bytes]
    """Lines that a newer version reads."""


def read(path: Path) -> Contents:
    """The events in a segment that nobody writes to any more.

    :raises OSError: it can't be read.
    """
    contents = Contents([], [], [])
    for line in path.read_bytes().split(b"\n"):
        if line:  # behind the last line's end there is nothing
            try:
                contents.events.append(codec.decode(line))
            except ValueError:
                contents.bad.append(line)
            except NewerShare:
                contents.newer.append(line)
    return contents


def write(path: Path, lines: Iterable[bytes], *, sync: bool = False) -> None:
    """Make a file of these lines, in place of one that is there.

    :raises OSError: all of it could not be written; what is there then is good for nothing.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    with open(os.open(path, flags, OWNER_ONLY), "wb") as file:
        file.writelines(line + b"\n" for line in lines)
        file.flush()
        if sync:
            os.fsync(file.fileno())


def sync_path(path: Path) -> None:
    """Bring a file, or a directory's list of files, to the disk itself."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
