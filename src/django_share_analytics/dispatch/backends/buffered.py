"""Gather shares in memory and let one thread per process write them in batches."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import Error, connections, router

from django_share_analytics import outcomes
from django_share_analytics.consumer import drop, record
from django_share_analytics.dispatch.base import BaseDispatcher, DispatcherStatus
from django_share_analytics.events import utc_now
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.models import Share

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django_share_analytics.conf import DispatcherSettings
    from django_share_analytics.events import ShareEvent

logger = logging.getLogger(__name__)

FIRST_RETRY_SECONDS = 0.1
LAST_RETRY_SECONDS = 5.0
UNKNOWN_APP_RETRY_SECONDS = 2.0
"""An app may be in a transaction that has not been committed yet: it is looked for once more."""


@dataclass(frozen=True, slots=True)
class BufferedOptions:
    max_batch: int = 500
    """Shares written in one transaction at most; as soon as so many wait, they are written."""
    flush_seconds: float = 0.5
    """How long a share waits for company, and at most what a killed process loses."""
    capacity: int = 50_000
    """Shares that may wait in memory; beyond that new ones are refused. About 1 kB each."""
    shutdown_seconds: float = 10.0
    """How long the end of the process waits for a database that is away."""

    def __post_init__(self) -> None:
        for name in ("max_batch", "capacity"):
            if not isinstance(getattr(self, name), int) or getattr(self, name) < 1:
                raise ValueError(f"{name} must be a whole number, 1 or more.")
        for name in ("flush_seconds", "shutdown_seconds"):
            if not isinstance(getattr(self, name), int | float) or getattr(self, name) < 0:
                raise ValueError(f"{name} must be a number of seconds, 0 or more.")


class BufferedDispatcher(BaseDispatcher):
    """Needs no service. A killed process loses what it gathered since its last flush."""

    Options = BufferedOptions
    options: BufferedOptions

    def __init__(self, config: DispatcherSettings) -> None:
        super().__init__(config)
        self._queue: deque[ShareEvent] = deque()
        self._second_try: deque[tuple[float, ShareEvent]] = deque()
        self._in_flight = 0
        self._lock = threading.Lock()  # guards the way into the queue
        self._writing = threading.Lock()  # held by the one thread that takes out of it
        self._work = threading.Event()
        self._batch_is_full = threading.Event()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._last_write: datetime | None = None
        self._last_error = ""

    def submit(self, event: ShareEvent) -> str | None:
        with self._lock:
            if self._closing.is_set():
                raise DispatcherUnavailable("This process is stopping.")
            if self._waiting() >= self.options.capacity:
                raise DispatcherUnavailable("The buffer is full: the database is away or too slow.")
            self._queue.append(event)
            if self._thread is None or not self._thread.is_alive():
                self._start_thread()
        if not self._work.is_set():
            self._work.set()
        if len(self._queue) >= self.options.max_batch:
            self._batch_is_full.set()
        return None

    def flush(self, timeout: float | None = None) -> bool:
        """Write all that waits, in the calling thread; events of unknown apps are given up."""
        seconds = self.options.shutdown_seconds if timeout is None else timeout
        deadline = time.monotonic() + seconds
        for delay in _backoff():
            try:
                while self._write_batch(last_chance=True):
                    pass
            except Error as error:
                self._note_failure(error)
            else:
                return True
            if time.monotonic() + delay > deadline:
                break
            time.sleep(delay)
        return False

    def close(self) -> None:
        with self._lock:
            self._closing.set()
        self._batch_is_full.set()
        self._work.set()
        if self._thread and self._thread is not threading.current_thread():
            self._thread.join(self.options.shutdown_seconds)
        if not self.flush():
            self._lose_the_rest()

    def status(self) -> DispatcherStatus:
        oldest = next(iter(self._queue), None)
        return DispatcherStatus(
            waiting=self._waiting(),
            oldest=oldest.timestamp if oldest else None,
            last_write=self._last_write,
            last_error=self._last_error,
        )

    def _waiting(self) -> int:
        return len(self._queue) + len(self._second_try) + self._in_flight

    def _start_thread(self) -> None:
        self._thread = threading.Thread(
            target=self._run, name=f"share-analytics-{self.alias}", daemon=True
        )
        self._thread.start()

    def _run(self) -> None:
        while not self._closing.is_set():
            self._work.wait(UNKNOWN_APP_RETRY_SECONDS if self._second_try else None)
            self._batch_is_full.wait(self.options.flush_seconds)
            # Cleared before the queue is emptied: what arrives from here on sets them again.
            self._work.clear()
            self._batch_is_full.clear()
            self._drain()
            self._let_connection_go()

    def _drain(self) -> None:
        """Write until nothing waits, however long the database is away."""
        delays = _backoff()
        while True:
            try:
                if not self._write_batch():
                    return
                delays = _backoff()
            except Error as error:
                self._note_failure(error)
                self._let_connection_go()
                if self._closing.wait(next(delays)):
                    return  # close() tries for a last time

    def _write_batch(self, *, last_chance: bool = False) -> bool:
        """Write one batch; whether there was one. It stays in the queue if it can't be written."""
        with self._writing:
            batch, count_unknown = self._take(last_chance=last_chance)
            if not batch:
                return False
            try:
                result = record(batch, count_unknown=count_unknown)
            except BaseException:
                self._queue.extendleft(reversed(batch))
                raise
            finally:
                self._in_flight = 0
            self._last_write, self._last_error = utc_now(), ""
            if not count_unknown:
                due = time.monotonic() + UNKNOWN_APP_RETRY_SECONDS
                self._second_try.extend((due, event) for event in result.unknown_app)
            return True

    def _take(self, *, last_chance: bool) -> tuple[list[ShareEvent], bool]:
        """The next batch, and whether an unknown app in it is given up.

        Whoever gets a second try comes first, when it is due.
        """
        batch: list[ShareEvent] = []
        now = time.monotonic()
        while self._second_try and len(batch) < self.options.max_batch:
            if self._second_try[0][0] > now and not last_chance:
                break
            batch.append(self._second_try.popleft()[1])
        is_second_try = bool(batch)
        if not batch:
            size = min(len(self._queue), self.options.max_batch)
            batch = [self._queue.popleft() for _ in range(size)]
        self._in_flight = len(batch)
        return batch, is_second_try or last_chance

    def _note_failure(self, error: Exception) -> None:
        self._last_error = f"{type(error).__name__}: {error}"
        logger.warning("Shares could not be written and will be tried again: %s", error)

    def _let_connection_go(self) -> None:
        # An open connection would keep others from dropping the database, and after an error it
        # may be broken. The next batch opens a new one.
        connections[router.db_for_write(Share)].close()

    def _lose_the_rest(self) -> None:
        rest = [*(event for _, event in self._second_try), *self._queue]
        try:
            drop(rest, outcomes.LOST_AT_EXIT)
        except Error:
            logger.warning("The loss could not be counted either: the database is away.")


def _backoff() -> Iterator[float]:
    """Seconds to wait before each next try: doubling, up to a limit, never quite in step."""
    seconds = FIRST_RETRY_SECONDS
    while True:
        yield seconds * random.uniform(0.75, 1.25)  # noqa: S311 - spreads load, guards nothing
        seconds = min(2 * seconds, LAST_RETRY_SECONDS)
