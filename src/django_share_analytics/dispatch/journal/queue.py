"""A queue of events on the disk: what was put is there when the process is not.

The journal is the queue, not a copy of one in memory: a share is written down once when it is
accepted, and read once when its turn comes. So memory holds one batch, and the disk the backlog.
A segment holds a batch at most and goes when it is recorded: a process that dies in between has
no more than that one batch written again, which changes nothing, as each id counts once.
"""

from __future__ import annotations

import itertools
import logging
import os
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django_share_analytics import codec
from django_share_analytics.dispatch import second_tries
from django_share_analytics.dispatch.buffer.queues import Batch, ShareQueue
from django_share_analytics.dispatch.journal import segment
from django_share_analytics.dispatch.journal.adopting import Adopter
from django_share_analytics.dispatch.journal.home import AGAIN, BAD, part_of
from django_share_analytics.dispatch.journal.inlet import Inlet
from django_share_analytics.dispatch.journal.survey import survey
from django_share_analytics.dispatch.journal.troubles import Troubles
from django_share_analytics.dispatch.postponed import Postponed
from django_share_analytics.dispatch.second_tries import SecondTries
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.places import by_place
from django_share_analytics.repeats import repeats

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from django_share_analytics.dispatch.base import DispatcherStatus
    from django_share_analytics.events import Event

logger = logging.getLogger(__name__)

ADOPT_SECONDS = 5.0
"""How often a process looks for what dead ones left."""
READ_AGAIN_SECONDS = 5.0
"""After how long a segment that could not be read is tried again."""

STAYS = (IsADirectoryError, PermissionError)
"""Reasons why a file can't be read that are still there the next time. All others may pass, such as
too many open files, and then the segment is as good as any."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A segment that was read and is not done yet."""

    path: Path
    contents: segment.Contents
    is_second_try: bool


class JournalQueue(ShareQueue):
    """Waits in files below ``journal``, which is shared by the processes of one machine."""

    def __init__(
        self, journal: Path, *, max_batch: int, max_bytes: int, fsync: str, sync_seconds: float
    ) -> None:
        self._journal = journal
        self._syncs = fsync != "never"
        self._inlet = Inlet(
            journal,
            max_lines=max_batch,
            max_bytes=max_bytes,
            fsync=fsync,
            sync_seconds=sync_seconds,
        )
        self._second_tries: SecondTries[Path] = SecondTries()
        self._postponed: Postponed[Path] = Postponed()
        self._unread: list[Path] = []
        self._read_again_at = 0.0
        self._loaded: Loaded | None = None
        self._next_look = 0.0
        self._troubles = Troubles()
        self._adopter = Adopter(journal, self._inlet, self._troubles)

    def put(self, event: Event) -> bool:
        line = codec.encode(event) + b"\n"
        try:
            is_full = self._inlet.put(line)
        except OSError as error:
            self._troubles.note(self._journal, "The journal can't be written to", error)
            raise DispatcherUnavailable("The journal can't be written to.") from error
        self._troubles.over(self._journal)
        return is_full

    def take(self, *, last_chance: bool) -> Batch | None:
        if self._unread and (last_chance or self._read_again_at <= time.monotonic()):
            self._inlet.put_back(self._unread)
            self._unread = []
        while self._loaded is None:
            if not self._load_next(last_chance=last_chance) and not self._adopter.look_for_more():
                if last_chance:
                    self._postponed.insist()
                return None
        loaded = self._loaded
        return Batch(loaded.contents.events, loaded.is_second_try or last_chance)

    def done(
        self,
        batch: Batch,
        unknown_app: Sequence[Event],
        waiting: Sequence[Event] = (),
    ) -> None:
        assert self._loaded is not None
        loaded, self._loaded = self._loaded, None
        unknown = () if batch.is_last_try else unknown_app
        parts = ([*map(codec.encode, part)] for part in (unknown, waiting))
        try:
            again, postponed, left = self._write_parts(loaded.path, *parts, loaded.contents.newer)
        except OSError as error:
            self._keep_whole(loaded.path, unknown, waiting, error)
            return
        self._second_tries.add(again)
        self._postponed.add(by_place(waiting), postponed)
        self._leave(left)
        self._discard(loaded)

    def give_back(self, batch: Batch) -> None:
        """Nothing to do: it stays loaded."""

    def patience(self) -> float:
        seconds = second_tries.SECOND_TRY_SECONDS if self._second_tries else ADOPT_SECONDS
        if (left := self._postponed.seconds_left()) is not None:
            seconds = min(seconds, left)
        return min(seconds, READ_AGAIN_SECONDS) if self._unread else seconds

    def adopt(self, *, at_once: bool = False) -> None:
        if not at_once and time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + ADOPT_SECONDS
        self._adopter.look()

    def refuse(self) -> None:
        self._inlet.close()

    def release(self) -> list[Event]:
        """What is still in the journal is left to other processes: nothing is lost."""
        if self._unread:
            logger.warning("Shares that can't be read now wait in %s", self._journal)
        self._inlet.release()
        return []

    def abandon(self) -> None:
        self._inlet.abandon()

    def status(self) -> DispatcherStatus:
        """Of all processes that share the journal, the dead ones too."""
        return replace(survey(self._journal), last_error=self._troubles.last_error())

    def _load_next(self, *, last_chance: bool) -> bool:
        """Read the next segment, if there is one. Nothing is loaded when it holds no shares."""
        path, is_second_try = self._next_path(last_chance=last_chance)
        if path is None:
            return False
        try:
            loaded = Loaded(path, segment.read(path), is_second_try)
        except (OSError, MemoryError) as error:
            self._could_not_read(path, error)
        else:
            self._troubles.over(path)
            if loaded.contents.events:
                self._loaded = loaded
            elif loaded.contents.newer:
                self._leave([path])
            else:
                self._discard(loaded)
        return True

    def _could_not_read(self, path: Path, error: Exception) -> None:
        """Others may be read meanwhile: one bad block of a disk holds up nobody."""
        if self._is_out_of_the_way(path, error):
            self._troubles.over(path)
            return
        self._troubles.note(path, "A journal segment can't be read now", error)
        self._unread.append(path)
        self._read_again_at = time.monotonic() + READ_AGAIN_SECONDS

    def _is_out_of_the_way(self, path: Path, error: Exception) -> bool:
        if isinstance(error, FileNotFoundError):
            logger.error("A journal segment is gone, and somebody else removed it: %s", path)
            return True
        return isinstance(error, STAYS) and self._moved_aside(path, error)

    def _moved_aside(self, path: Path, error: Exception) -> bool:
        target = self._aside(path)
        try:
            path.replace(target)
        except OSError:
            return False
        logger.error("A journal segment can't be read: %s; see %s", error, target)
        return True

    def _next_path(self, *, last_chance: bool) -> tuple[Path | None, bool]:
        for path in self._second_tries.take(1, at_once=last_chance):
            return path, True
        if in_turn := self._inlet.next():
            return in_turn, False
        for path in self._postponed.take(1):
            return path, path.suffix == AGAIN
        return None, False

    def _write_parts(self, path: Path, *parts: Sequence[bytes]) -> list[list[Path]]:
        """Where these lines of the segment wait: in small ones of their own, if there are any.

        :raises OSError: the disk is full, say; then there are none.
        """
        written: list[list[Path]] = []
        try:
            for lines in parts:
                written.append([part_of(path)] if lines else [])
                for part in written[-1]:
                    segment.write(part, lines, sync=self._syncs)
        except OSError:
            for part in itertools.chain(*written):
                with suppress(OSError):
                    part.unlink()
            raise
        return written

    def _keep_whole(
        self, path: Path, unknown: Sequence[Event], waiting: Sequence[Event], error: OSError
    ) -> None:
        if not unknown and not waiting:
            self._leave([path])
            return
        logger.warning("A whole journal segment gets a second try: %s", error)
        if waiting:
            self._postponed.add(by_place(waiting), [path])
        else:
            self._second_tries.add([path])

    def _leave(self, paths: Sequence[Path]) -> None:
        """These segments have lines that a newer version reads: they are its own as soon as their
        directory is let go, at the next look around."""
        for path in paths:
            self._inlet.leave(path)
            if n := repeats.of("lines of a newer version"):
                logger.warning(
                    "A newer version wrote %d journal segment(s), left to it: %s", n, path
                )

    def _discard(self, loaded: Loaded) -> None:
        """Remove a segment of which all is recorded. What is no share is kept aside."""
        try:
            if loaded.contents.bad:
                self._set_aside(loaded.path, loaded.contents.bad)
            loaded.path.unlink(missing_ok=True)
        except OSError:
            logger.exception("A journal segment is recorded and can't be removed")

    def _set_aside(self, path: Path, lines: Sequence[bytes]) -> None:
        target = self._aside(path)
        logger.error(
            "%d line(s) of a journal segment are no shares, or not all of them is there; see %s",
            len(lines),
            target,
        )
        try:
            segment.write(target, lines)
        except OSError:
            path.replace(target)  # needs no room

    def _aside(self, path: Path) -> Path:
        """A free name: what is there already waits for somebody to look at it."""
        name = f"{path.parent.name}-{path.stem}"
        free = self._journal / f"{name}{BAD}"
        for n in itertools.count(2):
            if not os.path.lexists(free):
                break
            free = self._journal / f"{name}-{n}{BAD}"
        return free
