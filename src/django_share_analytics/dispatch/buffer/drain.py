"""The one thread of a process that writes what waits in a queue."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from django.db import Error

from django_share_analytics.backoff import backoff
from django_share_analytics.events import utc_now
from django_share_analytics.wording import describe, traced
from django_share_analytics.writing.batches import NotAllWritten, write_batch
from django_share_analytics.writing.payloads import let_connection_go
from django_share_analytics.writing.resting import resting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from django_share_analytics.dispatch.buffer.queues import ShareQueue
    from django_share_analytics.events import Event

logger = logging.getLogger(__name__)


class StillWriting(Exception):  # noqa: N818 - names a state, not an error
    """Another thread has been writing a batch all the time."""


class Drain:
    """Empties ``queue`` into the database, however long that is away.

    A batch is written as soon as one is full, or ``flush_seconds`` after its first share came.
    """

    def __init__(self, queue: ShareQueue, *, name: str, flush_seconds: float) -> None:
        self._queue, self._name, self._flush_seconds = queue, name, flush_seconds
        self._starting = threading.Lock()
        self._writing = threading.Lock()  # held by the one thread that takes out of the queue
        self._work = threading.Event()
        self._batch_is_full = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._when_given_up: Callable[[], None] | None = None
        self.wrote_at = float("-inf")
        """When a batch was written last, by the clock that can't be set."""
        self.last_write: datetime | None = None
        self.last_error = ""

    def wake(self, *, is_full: bool) -> None:
        """Something was put into the queue; ``is_full``: a whole batch waits."""
        if self._thread is None or not self._thread.is_alive():
            self._start()
        if not self._work.is_set():
            self._work.set()
        if is_full:
            self._batch_is_full.set()

    def stop(self, timeout: float) -> None:
        """Let the thread finish its batch; for ``timeout`` seconds at most."""
        self._stopping.set()
        self._batch_is_full.set()
        self._work.set()
        if self._thread and self._thread is not threading.current_thread():
            self._thread.join(timeout)

    def give_up(self, then: Callable[[], None]) -> None:
        """Write no more than what is being written now.

        A write that hangs may fail later and give back its batch: the thread calls ``then``.
        """
        self._when_given_up = then

    @property
    def is_writing(self) -> bool:
        return self._writing.locked()

    def write_next(self, *, last_chance: bool = False, timeout: float = -1) -> int:
        """Write one batch, in the calling thread; how many shares it had.

        What is of a place that could not be written to waits out of the way of others.

        :raises StillWriting: another thread did so for ``timeout`` seconds, and does.
        :raises AllResting: with ``last_chance``: nothing but such is left.
        :raises Exception: of whatever kind: the batch waits as before.
        """
        if not self._writing.acquire(timeout=timeout):
            raise StillWriting
        try:
            batch = self._queue.take(last_chance=last_chance)
            if batch is None:
                return 0
            waiting: Sequence[Event] = ()
            try:
                result = write_batch(batch.events, count_unknown=batch.is_last_try)
            except NotAllWritten as partly:
                result, waiting = partly.result, partly.waiting
                if partly.is_news:
                    self.note_failure(partly)
                    let_connection_go()
            except BaseException:
                self._queue.give_back(batch)
                raise
            self._queue.done(batch, result.unknown_app, waiting)
            self._note_written(len(batch.events) - len(waiting))
            return len(batch.events)
        finally:
            self._writing.release()

    def _note_written(self, n: int) -> None:
        self.last_error = resting.last_error()
        if n:
            self.last_write = utc_now()
            self.wrote_at = time.monotonic()

    def note_failure(self, error: Exception) -> None:
        """Said with a traceback where it is no error of the database's."""
        self.last_error = describe(error)
        say = describe if isinstance(error, Error) else traced
        logger.warning("Shares could not be written and will be tried again: %s", say(error))

    def _start(self) -> None:
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                try:
                    thread.start()
                except RuntimeError as error:  # whoever wakes the thread next tries again
                    self._note_no_thread(error)
                else:
                    self._thread = thread

    def _note_no_thread(self, error: RuntimeError) -> None:
        before = self.last_error
        self.last_error = f"{type(error).__name__}: {error}"
        if self.last_error != before:  # said once, not for each share
            logger.error("Shares wait, as no thread can write them: %s", error)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._work.wait(self._queue.patience())
            self._batch_is_full.wait(self._flush_seconds)
            # Cleared before the queue is emptied: what arrives from here on sets them again.
            self._work.clear()
            self._batch_is_full.clear()
            self._drain()
            let_connection_go()
        if self._when_given_up:
            self._when_given_up()
            let_connection_go()

    def _drain(self) -> None:
        """Write until nothing waits; when the thread is to stop, what waits for a second try, too.

        So that whoever stops it has nothing left to write himself, which may hang.
        """
        delays = backoff()
        while not self._when_given_up:
            is_last_try = self._stopping.is_set()
            try:
                self._queue.adopt()
                if not self.write_next(last_chance=is_last_try):
                    return
                delays = backoff()
            except Exception as error:  # the thread lives, whatever a driver or a router raises
                self.note_failure(error)
                let_connection_go()
                if is_last_try:
                    return  # whoever stops the thread goes on trying
                self._stopping.wait(next(delays))
