"""How much the gates turned away, and why: summed in the process, written every ten seconds.

By a thread, so that a flood costs no query each. A process that is killed loses what it had summed
since then; one that ends writes it.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import Counter
from contextlib import suppress
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING

from django.db import connections

from django_share_analytics.conf import is_under_tests
from django_share_analytics.counts.rollups import instant_of, quarter_of
from django_share_analytics.events import utc_now
from django_share_analytics.exceptions import UnknownTenant
from django_share_analytics.places import here, inside
from django_share_analytics.repeats import repeats
from django_share_analytics.wording import describe

if TYPE_CHECKING:
    from datetime import datetime

    from django_share_analytics.places import Place

logger = logging.getLogger(__name__)

EVERY_SECONDS = 10.0
CLOSING_SECONDS = 5.0
MAX_SUMS = 10_000
"""So many are kept while a database is away: a place, a reason and a quarter of an hour each."""


class TurnedAway:
    """The sums of this process. One for all threads; a fork begins with none."""

    def __init__(self) -> None:
        self.runs_under_tests = False
        """Tests have no thread, unless one asks: what is noted is written at once."""
        self.reset_after_fork()

    def reset_after_fork(self) -> None:
        """What the parent summed is the parent's, and its thread is not in the child."""
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._sums: Counter[tuple[Place, str, datetime]] = Counter()
        self._thread: threading.Thread | None = None
        self._process = os.getpid()  # at last: who finds it takes the lock

    def note(self, reason: str) -> None:
        """One more. Waits for nothing, and never raises."""
        if self._process != os.getpid():  # a fork that Python was not told of, as uWSGI's
            self.reset_after_fork()
        try:
            key = (here(), reason, instant_of(quarter_of(utc_now())))
        except Exception as error:  # whatever a host's router or hook raises
            logger.debug("Nobody can say where %s is to be counted: %s", reason, describe(error))
            return
        with self._lock:
            if key in self._sums or len(self._sums) < MAX_SUMS:
                self._sums[key] += 1
        if is_under_tests() and not self.runs_under_tests:
            self.write()
        else:
            self._see_to_the_thread()

    def write(self) -> bool:
        """Write what is summed, now and in this thread; whether all of it got there."""
        with self._lock:
            sums, self._sums = self._sums, Counter()
        by_place: dict[Place, dict[tuple[str, datetime], int]] = {}
        for (place, reason, quarter), n in sums.items():
            by_place.setdefault(place, {})[reason, quarter] = n
        written = [self._write(place, found) for place, found in by_place.items()]
        return all(written)

    def close(self) -> None:
        """Let the thread end, and write what is left. The next that is noted starts another."""
        if self._process != os.getpid():
            return
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(CLOSING_SECONDS)
        if self._sums:
            self.write()
        self._stopping, self._thread = threading.Event(), None

    def _write(self, place: Place, sums: dict[tuple[str, datetime], int]) -> bool:
        # Here, as the root of the package imports this, and may be imported before the models are.
        from django_share_analytics.writing.writer import record_outcomes

        try:
            with inside(place) as using:
                record_outcomes(sums, using=using)
        except UnknownTenant:
            return True  # there is no table for them
        except Exception as error:
            if is_under_tests() and not self.runs_under_tests:
                return False  # of a test that may not use the database
            if n := repeats.of("turned away"):
                logger.error("What was turned away was not counted, %d: %s", n, describe(error))
            self._put_back(place, sums)
            return False
        return True

    def _put_back(self, place: Place, sums: dict[tuple[str, datetime], int]) -> None:
        with self._lock:
            for (reason, quarter), n in sums.items():
                key = (place, reason, quarter)
                if key in self._sums or len(self._sums) < MAX_SUMS:
                    self._sums[key] += n

    def _see_to_the_thread(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            return
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                thread = threading.Thread(target=self._run, name="share-turned-away", daemon=True)
                with suppress(RuntimeError):  # the next one tries again
                    thread.start()
                    self._thread = thread
                    # Processes that multiprocessing forks never run atexit.
                    Finalize(None, self.close, exitpriority=2)

    def _run(self) -> None:
        stopping = self._stopping
        while not stopping.wait(EVERY_SECONDS):
            if self._sums:
                self.write()
                with suppress(Exception):  # an open one keeps others from dropping the database
                    connections.close_all()


turned_away = TurnedAway()
