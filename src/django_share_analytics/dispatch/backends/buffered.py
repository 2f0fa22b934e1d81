"""Gather shares and let one thread per process write them in batches.

They wait in memory, or, with ``journal``, on the disk.
"""

from __future__ import annotations

import dataclasses
import logging
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.checks import Error as CheckError

from django_share_analytics import outcomes
from django_share_analytics.backoff import backoff
from django_share_analytics.dispatch.base import BaseDispatcher, DispatcherStatus
from django_share_analytics.dispatch.buffer.deadline import Deadline
from django_share_analytics.dispatch.buffer.drain import Drain, StillWriting
from django_share_analytics.dispatch.buffer.queues import MemoryQueue, ShareQueue
from django_share_analytics.dispatch.options import check_counts, check_seconds
from django_share_analytics.dispatch.process import why_none
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.wording import describe
from django_share_analytics.writing.batches import drop
from django_share_analytics.writing.payloads import let_connection_go

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator
    from datetime import datetime

    from django.core.checks import CheckMessage

    from django_share_analytics.conf import DispatcherSettings
    from django_share_analytics.events import Event

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""How often ``consume`` looks for something to do."""
FSYNC = ("never", "batch", "always")


@dataclass(frozen=True, slots=True)
class BufferedOptions:
    max_batch: int = 2_000
    """Shares, and what was seen on links, written in one transaction at most; as soon as so many
    wait, they are written. In memory no more than half of ``capacity``."""
    flush_seconds: float = 0.5
    """How many seconds a share waits for company; without a journal, also what a killed process
    loses."""
    capacity: int = 50_000
    """Shares that may wait in memory; beyond that new ones are refused. About 1 kB each.
    With a journal, ``max_bytes`` is the limit."""
    shutdown_seconds: float = 10.0
    """How many seconds the end of the process waits for a database that is away, or doesn't
    answer."""
    journal: str | os.PathLike[str] | None = None
    """A directory on a local disk, shared by the processes of this machine, where shares wait
    instead of in memory: they outlive their process."""
    fsync: str = "never"
    """What outlives the machine, too: nothing for certain (``never``), all but the last
    ``flush_seconds`` (``batch``), or each share that was accepted (``always``)."""
    max_bytes: int = 1_073_741_824
    """Bytes that may wait in the journal, of all processes; beyond that new shares are refused. The
    default is 1 GiB, about three million shares. Each process may add one batch more, and what one
    second brings."""

    def __post_init__(self) -> None:
        check_counts(self, "max_batch", "capacity", "max_bytes")
        check_seconds(self, "flush_seconds", "shutdown_seconds")
        self._check_journal()

    def _check_journal(self) -> None:
        if self.fsync not in FSYNC:
            raise ValueError(f"fsync must be one of {', '.join(FSYNC)}.")
        if self.journal is None:
            if self.fsync != "never":
                raise ValueError("fsync is about the journal: name its directory as journal.")
        elif not self.journal or not isinstance(self.journal, str | os.PathLike):
            raise ValueError("journal must be the path of a directory.")
        elif sys.platform == "win32":
            raise ValueError("journal needs file locks that Windows doesn't have.")


class BufferedDispatcher(BaseDispatcher):
    """Needs no service.

    A killed process loses what it gathered since its last flush; with a journal, nothing.
    """

    Options = BufferedOptions
    options: BufferedOptions

    def __init__(self, config: DispatcherSettings) -> None:
        super().__init__(config)
        self.is_durable = self.has_consumer = self.options.journal is not None
        self._why_no_threads = why_none()
        self._queue = self._make_queue()
        self._drain = Drain(
            self._queue,
            name=f"share-analytics-{self.alias}",
            flush_seconds=self.options.flush_seconds,
        )

    def _make_queue(self) -> ShareQueue:
        options = self.options
        if options.journal is None:
            # Written while there is room for those that come meanwhile.
            max_batch = min(options.max_batch, max(options.capacity // 2, 1))
            return MemoryQueue(capacity=options.capacity, max_batch=max_batch)
        # Not at the top: it needs file locks, which Windows doesn't have.
        from django_share_analytics.dispatch.journal.queue import JournalQueue

        return JournalQueue(
            Path(options.journal).absolute(),
            max_batch=options.max_batch,
            max_bytes=options.max_bytes,
            fsync=options.fsync,
            sync_seconds=options.flush_seconds,
        )

    def start(self) -> None:
        """With a journal, look for what dead processes left: the first share may come late."""
        if self._why_no_threads:
            logger.critical("Shares are refused. %s", self._why_no_threads)
        elif self.is_durable:
            self._drain.wake(is_full=True)

    def submit(self, event: Event) -> str | None:
        if self._why_no_threads:  # it would wait for the next request, whenever that is
            raise DispatcherUnavailable(self._why_no_threads)
        is_full = self._queue.put(event)
        self._drain.wake(is_full=is_full)
        return None

    def flush(self, timeout: float | None = None) -> bool:
        """Write all that waits, in the calling thread; events of unknown apps are given up.

        With a journal for no longer than ``timeout``: what is left is safe. Else as long as batches
        arrive, and then for so long. Another thread's write that hangs is not waited for; one of
        this thread's own takes what the time limits of the database's connection allow.
        """
        seconds = self.options.shutdown_seconds if timeout is None else timeout
        return self._write_all(self._deadline(seconds))

    def _deadline(self, seconds: float) -> Deadline:
        """What waits in memory is lost when it has passed: each batch that is written puts it off.
        With a journal, where nothing is lost, it stands."""
        if self.is_durable:
            return Deadline(seconds)
        return Deadline(seconds, last_progress=lambda: self._drain.wrote_at)

    def _write_all(self, deadline: Deadline) -> bool:
        """Whether nothing waits any more. Errors are waited out."""
        for delay in backoff():
            try:
                return self._write_until(deadline)
            except Exception as error:
                self._drain.note_failure(error)
            if delay >= deadline.left():
                return False
            time.sleep(delay)
        raise AssertionError("backoff() never ends")

    def _write_until(self, deadline: Deadline) -> bool:
        while True:
            try:
                if not self._drain.write_next(last_chance=True, timeout=deadline.left()):
                    return True
                is_over = self.is_durable and not deadline.left()
            except StillWriting:
                is_over = not deadline.left()
            if is_over:
                return False

    def consume(self, stop: threading.Event, *, once: bool = False) -> int:
        """Record what dead processes left in the journal."""
        if not self.has_consumer:
            return super().consume(stop, once=once)
        consumed = 0
        delays = backoff()
        while not stop.is_set():
            try:
                for n in self._adopt_and_write(stop):
                    consumed += n
                if once:
                    break
                delays, delay = backoff(), LOOK_SECONDS
            except Exception as error:
                self._drain.note_failure(error)
                delay = next(delays)
            finally:
                let_connection_go()
            stop.wait(delay)
        return consumed

    def _adopt_and_write(self, stop: threading.Event) -> Iterator[int]:
        # Apps that are unknown get no second try: what is found here has waited long enough.
        self._queue.adopt(at_once=True)
        while not stop.is_set() and (n := self._drain.write_next(last_chance=True)):
            yield n

    def close(self) -> None:
        seconds = self.options.shutdown_seconds
        deadline = self._deadline(seconds)
        is_empty = False
        try:
            self._queue.refuse()
            self._drain.stop(seconds)
            is_empty = self._write_all(deadline)
        finally:
            self._drain.give_up(self._let_go)
            self._let_go()
            if not is_empty:
                self._say_what_is_left()

    def _let_go(self) -> None:
        """Of what waits in memory this is the end, and of what a write that hung gave back."""
        lost = self._queue.release()
        try:
            if lost:
                # Where a write hangs, to count would hang, too.
                drop(lost, outcomes.LOST_AT_EXIT, is_counted=not self._drain.is_writing)
        except Exception as error:
            logger.warning("The loss could not be counted either: %s", describe(error))

    def _say_what_is_left(self) -> None:
        if self.is_durable:
            logger.warning("Shares wait in %s for another process", self.options.journal)
        elif n := self._queue.status().waiting:
            logger.warning("%d share(s) are being written, for better or worse", n)

    def abandon(self) -> None:
        self._queue.abandon()

    def remove_bad_files(self, before: datetime) -> int:
        if self.options.journal is None:
            return 0
        from django_share_analytics.dispatch.journal.survey import old_bad_files

        old = old_bad_files(Path(self.options.journal).absolute(), before)
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def check(self) -> list[CheckMessage]:
        """E006: the journal's directory is there, or can be made, and can be written to."""
        if self.options.journal is None:
            return []
        from django_share_analytics.dispatch.journal.home import why_not

        problem = why_not(Path(self.options.journal).absolute())
        if not problem:
            return []
        return [
            CheckError(
                f"The dispatcher {self.alias!r} can't keep its journal: {problem}.",
                hint="Name a directory that the processes of the site may write to as "
                f'"journal" in the OPTIONS of the dispatcher {self.alias!r}.',
                id="share_analytics.E006",
            )
        ]

    def status(self) -> DispatcherStatus:
        """How it is doing; with a journal, ``waiting`` and ``oldest`` of all that share it."""
        status = self._queue.status()
        return dataclasses.replace(
            status,
            last_write=self._drain.last_write,
            last_error=self._why_no_threads or self._drain.last_error or status.last_error,
        )
