"""A thread that has the secrets of days at hand for requests, which never ask a database for them.

Of each place whose visitors a request asked for. The first request of a place learns nothing, and
the thread has its secrets moments later; from then on it has those of the next day before that
begins, and lets those of past days go. What is not there is asked for again, after a pause.
"""

from __future__ import annotations

import logging
import os
import random
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connections

from django_share_analytics.backoff import backoff
from django_share_analytics.conf import is_under_tests
from django_share_analytics.events import utc_now
from django_share_analytics.exceptions import UnknownTenant
from django_share_analytics.links.day_secrets import (
    days_needed,
    keep_day_secrets,
    read_day_secrets,
    utc_today,
)
from django_share_analytics.places import inside
from django_share_analytics.repeats import repeats
from django_share_analytics.wording import describe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from django_share_analytics.places import Place

logger = logging.getLogger(__name__)

FIRST_PAUSE, LAST_PAUSE = 1.0, 60.0
"""Seconds until secrets that could not be had are asked for again."""
LONGEST_SLEEP = 60.0
"""Seconds between two looks at what is due, and that a secret may outlast its day in memory."""
AROUND_MIDNIGHT = timedelta(minutes=30)
"""So long before a day those who lack its secret begin to ask, and within so long after its
beginning each process sees to it that yesterday's is gone, at a moment of its own."""
SECONDS_TO_STOP = 1.0


def _pauses() -> Iterator[float]:
    return backoff(FIRST_PAUSE, LAST_PAUSE)


@dataclass(slots=True)
class _Known:
    """What is known of a place."""

    asked_on: date
    secrets: Mapping[date, str] = field(default_factory=dict)
    read_on: date | None = None
    next_try: float = 0.0
    """When to ask the database at the earliest, by the clock that can't be set."""
    pauses: Iterator[float] = field(default_factory=_pauses)


class SecretReader:
    """The secrets of this process. One for all threads; a fork begins with a thread of its own."""

    def __init__(self) -> None:
        self.runs_under_tests = False
        """Tests have no thread, unless one asks. See :meth:`read`."""
        self._known: dict[Place, _Known] = {}
        self.reset_after_fork()

    def reset_after_fork(self) -> None:
        """The parent's thread is not in the child, and its locks may be held there for ever."""
        self._is_new = True
        self._starting = threading.Lock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        # Of the system: what Python counts on is the same in all that one process forks.
        self._late = AROUND_MIDNIGHT * random.SystemRandom().random()
        self._process = os.getpid()  # at last: who finds it takes the locks

    def is_first_request(self) -> bool:
        """Whether this is asked for the first time in this process."""
        if self._process != os.getpid():
            self.reset_after_fork()
        was_new, self._is_new = self._is_new, False
        return was_new

    def secret(self, place: Place) -> str | None:
        """Today's secret of ``place``, if it is at hand. Waits for nothing."""
        today = utc_today()
        known = self._known.get(place)
        if known is None:
            known = self._known.setdefault(place, _Known(today))
        known.asked_on = today
        secret = known.secrets.get(today)
        self._see_to_the_thread()
        if secret is None and time.monotonic() >= known.next_try:
            self._wake.set()
        return secret

    def read(self, place: Place) -> None:
        """Ask the database for the secrets of ``place`` now, in this thread: for tests, too.

        Those that are missing are made, and past ones removed, as writers do: where nobody shares,
        no writer is at work.

        :raises UnknownTenant: there is no such place.
        :raises Exception: whatever a driver, a router or a hook raises.
        """
        known = self._known.setdefault(place, _Known(utc_today()))
        with inside(place) as using:
            # First, so that it is there for those who may not write.
            known.secrets = read_day_secrets(using)
            keep_day_secrets(using)
            if not known.secrets.keys() >= set(days_needed()):
                known.secrets = read_day_secrets(using)
        known.read_on = utc_today()

    def forget(self) -> None:
        """For tests: nothing is known of any place."""
        self._known.clear()

    def stop(self) -> None:
        """Let the thread end, and begin no other."""
        self._stopping.set()
        self._wake.set()
        if self._thread and self._process == os.getpid():
            self._thread.join(SECONDS_TO_STOP)

    def _see_to_the_thread(self) -> None:
        if self._process != os.getpid():  # a fork that Python was not told of, as uWSGI's
            self.reset_after_fork()
        if self._thread is None or not self._thread.is_alive():
            self._start()

    def _start(self) -> None:
        if self._stopping.is_set() or (is_under_tests() and not self.runs_under_tests):
            return
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                thread = threading.Thread(target=self._run, name="share-visitors", daemon=True)
                try:
                    thread.start()
                except RuntimeError as error:  # the next request tries again
                    _say(error)
                else:
                    self._thread = thread

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            self._forget_past()
            for place, known in list(self._known.items()):
                if self._is_due(known) and not self._stopping.is_set():
                    self._try_to_read(place, known)
            with suppress(Exception):  # an open one keeps others from dropping the database
                connections.close_all()
            self._wait()

    def _wait(self) -> None:
        """Until a request misses something, or a pause is over; ``LONGEST_SLEEP`` at most."""
        now = time.monotonic()
        tries = [known.next_try - now for known in list(self._known.values()) if self._lacks(known)]
        self._wake.wait(max(0.0, min([LONGEST_SLEEP, *tries])))

    def _try_to_read(self, place: Place, known: _Known) -> None:
        known.next_try = time.monotonic() + next(known.pauses)
        try:
            self.read(place)
        except UnknownTenant:
            pass  # whatever belongs there is refused, too, and counted
        except Exception as error:  # the thread lives, whatever a driver or a hook raises
            _say(error)
        else:
            known.pauses = _pauses()

    def _is_due(self, known: _Known) -> bool:
        return self._lacks(known) and time.monotonic() >= known.next_try

    def _lacks(self, known: _Known) -> bool:
        """Whether the database is to be asked, be it that a day is over."""
        now = utc_now()
        needed = {now.date(), (now + AROUND_MIDNIGHT).date()}
        is_old = known.read_on is None or known.read_on < (now - self._late).date()
        return is_old or not needed <= known.secrets.keys()

    def _forget_past(self) -> None:
        """Days that are over, and places that nobody asks for any more."""
        today = utc_today()
        for place, known in list(self._known.items()):
            if known.asked_on < today - timedelta(days=1):
                del self._known[place]
            elif min(known.secrets, default=today) < today:
                known.secrets = {day: known.secrets[day] for day in known.secrets if day >= today}


def _say(error: Exception) -> None:
    if n := repeats.of("secrets of days"):
        logger.error("Visitors are not known, %d time(s): %s", n, describe(error))


secret_reader = SecretReader()
