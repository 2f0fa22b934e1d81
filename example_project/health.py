"""``/health/live`` and ``/health/ready``, for load balancers and whatever restarts processes.

They say yes (200) or no (503), and nothing else: anybody may ask. Why it is no is in the log.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from django.http import HttpResponse

from django_share_analytics.status import pipeline_status

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

logger = logging.getLogger(__name__)

SECONDS_AN_ANSWER_HOLDS = 5.0
"""However many ask, each process looks this often at most."""

SECONDS_ASKING_MAY_TAKE = 10.0
"""A database that is asked for longer hangs: what it said before is no answer any more."""


def can_serve() -> bool:
    """Whether this process reaches the database, and something that takes shares.

    Shares that wait for too long are no reason to send visitors elsewhere, where the same ones
    wait: ``share_analytics_status`` tells an operator of those.
    """
    status = pipeline_status()
    takes_shares = any(report.status for report in status.dispatchers)
    if status.records and takes_shares:
        return True
    logger.error("Not ready: %s", "; ".join(problem.message for problem in status.problems))
    return False


class Readiness:
    """What was found out a moment ago. One thread asks; the others are told what it found last.

    While the one that asks hangs, the others are told no.
    """

    def __init__(
        self, ask: Callable[[], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._asking = threading.Lock()
        self._asking_since = float("inf")
        self._asked_at = float("-inf")
        self._is_ready = False

    def __call__(self) -> bool:
        now = self._clock()
        is_old = now - self._asked_at > SECONDS_AN_ANSWER_HOLDS
        if is_old and self._asking.acquire(blocking=False):
            return self._find_out(now)
        hangs = now - self._asking_since > SECONDS_ASKING_MAY_TAKE
        return self._is_ready and not hangs

    def _find_out(self, now: float) -> bool:
        self._asking_since = now
        try:
            self._is_ready = self._ask()
            self._asked_at = self._clock()
        finally:
            self._asking_since = float("inf")
            self._asking.release()
        return self._is_ready


class HealthMiddleware:
    """Before all others: who asks for health has no session, and calls the host by its number."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.is_ready = Readiness(can_serve)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/health/live":
            return _answer(True)
        if request.path_info == "/health/ready":
            return _answer(self.is_ready())
        return self.get_response(request)


def _answer(is_well: bool) -> HttpResponse:
    return HttpResponse(
        "ok\n" if is_well else "no\n",
        status=200 if is_well else 503,
        content_type="text/plain",
        headers={"Cache-Control": "no-store"},
    )
