"""A journal's directories: each process has one of its own, and locks it as long as it lives.

It locks those of the dead that it takes over, too, until it has emptied them.

``flock`` tells the living from the dead: the lock goes with the last descriptor, however its owner
died, and is not lost by opening the file elsewhere in the process, as ``lockf``'s is.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import re
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from django_share_analytics.dispatch.journal.segment import sync_path

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

LOG, AGAIN, BAD = ".log", ".again", ".bad"
"""Suffixes: of segments, of those that get a second try, of what can't be read."""

NAME = re.compile(r"\d+-[0-9a-f]{16}")
"""Process and chance: directories of somebody else's are left alone."""


def whole_of(path: Path) -> str:
    """The name of the segment that ``path`` is a part of: there may be more than one part."""
    return f"{path.stem.partition('-')[0]}{LOG}"


def part_of(path: Path) -> Path:
    """Where another part of a segment goes: beside those that are there, never over one."""
    stem = path.stem.partition("-")[0]
    names = (f"{stem}-{n}{AGAIN}" if n else f"{stem}{AGAIN}" for n in itertools.count())
    return next(part for part in map(path.with_name, names) if not part.exists())


class Home:
    """A directory that this process holds the lock of."""

    def __init__(self, path: Path, lock: int) -> None:
        self.path = path
        self._lock = lock
        self._numbers = itertools.count(1)

    @classmethod
    def create(cls, journal: Path, *, sync: bool = False) -> Home:
        """A new one, with the directory of the journal if need be."""
        journal.mkdir(mode=0o700, parents=True, exist_ok=True)
        home = None
        while home is None:  # once, unless a neighbour takes it for a dead one's before the lock
            path = journal / f"{os.getpid()}-{secrets.token_hex(8)}"
            path.mkdir(mode=0o700)
            try:
                home = cls.lock(path)
            except OSError:
                _remove(path)
                raise
        try:
            if sync:
                sync_path(journal)
        except OSError:
            home.close()
            raise
        return home

    @classmethod
    def lock(cls, path: Path) -> Home | None:
        """The home at ``path``, unless its owner lives, or another one has just removed it."""
        file = path / "lock"
        try:
            lock = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(lock), os.stat(file)):
                return cls(path, lock)
        except (BlockingIOError, FileNotFoundError):
            pass
        except BaseException:
            os.close(lock)
            raise
        os.close(lock)
        return None

    def new_path(self) -> Path:
        """Where the next segment goes."""
        return self.path / f"{next(self._numbers):08}{LOG}"

    def segments(self) -> list[Path]:
        """All segments, the oldest first."""
        with suppress(FileNotFoundError):
            return sorted(path for path in self.path.iterdir() if path.suffix in (LOG, AGAIN))
        return []

    def left_segments(self) -> list[Path]:
        """Those that a dead owner left, the oldest first. They stay where they are.

        On a full disk there is no room for a directory to move them to, and none is ever made
        before they are out of the way.
        """
        left = []
        for path in self.segments():
            if path.suffix == AGAIN and path.with_name(whole_of(path)).exists():
                path.unlink()  # a part of the other that its owner had no time to finish
            else:
                left.append(path)
        return left

    def is_done(self, left: Collection[Path] = ()) -> bool:
        """Whether there is no segment but those ``left``, for certain."""
        try:
            return all(path in left for path in self.segments())
        except OSError:
            return False

    def close(self) -> None:
        """Remove the directory if it is empty, else leave it to the neighbours."""
        if self.is_done():
            _remove(self.path)
        os.close(self._lock)

    def abandon(self) -> None:
        """In a forked child: the lock is the parent's, but would outlive it with our descriptor."""
        os.close(self._lock)


def _remove(path: Path) -> None:
    with suppress(OSError):
        (path / "lock").unlink(missing_ok=True)
        path.rmdir()


def homes(journal: Path) -> list[Path]:
    """The directories of all processes, living and dead.

    :raises OSError: the journal is there, and can't be looked through.
    """
    with suppress(FileNotFoundError):
        return sorted(path for path in journal.iterdir() if NAME.fullmatch(path.name))
    return []


def why_not(journal: Path) -> str:
    """Why no journal can be kept there; empty when it can, as far as one sees without trying."""
    nearest = next(path for path in (journal, *journal.parents) if os.path.lexists(path))
    if not os.path.isdir(nearest):
        return f"{nearest} is not a directory"
    if not os.access(nearest, os.R_OK | os.W_OK | os.X_OK):
        return f"this user may not write in {nearest}"
    return ""


def all_segments(journal: Path) -> list[Path]:
    """The segments of all processes, as far as this user may see them. Some may be gone by now."""
    there: list[Path] = []
    with suppress(OSError):
        there = homes(journal)
    return [path for home in there for path in home.glob("*.*") if path.suffix in (LOG, AGAIN)]
