"""Lines of the log that a stranger's requests could repeat without end: once a minute each."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpResponse

SECONDS = 60.0


class Repeats:
    """Tells who wants to log something whether to, and how often it has happened meanwhile."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[str, tuple[float, int]] = {}

    def of(self, what: str) -> int:
        """0 to be silent; else how often this was asked for ``what`` since the answer was not 0.

        The first time counts at once. ``what`` is one of a few words, nothing of a stranger's.
        """
        now = time.monotonic()
        with self._lock:
            said_at, n = self._seen.get(what, (-SECONDS, 0))
            is_due = now >= said_at + SECONDS
            self._seen[what] = (now, 0) if is_due else (said_at, n + 1)
        return n + 1 if is_due else 0

    def forget(self) -> None:
        """For tests: the next time is the first."""
        self._seen.clear()


def said_already(response: HttpResponse) -> HttpResponse:
    """An answer of the fives that Django says nothing of: it logs each as an error, and mails it to
    the site's admins, and anybody can ask for thousands."""
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


repeats = Repeats()
