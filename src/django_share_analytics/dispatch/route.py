"""The way to one dispatcher: asked as long as it answers, left alone while its broker is away."""

from __future__ import annotations

import logging
import math
import threading
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.repeats import repeats
from django_share_analytics.sql.coroutines import outside_of_the_loop
from django_share_analytics.wording import describe, traced

if TYPE_CHECKING:
    from django_share_analytics.dispatch.base import BaseDispatcher, DispatcherStatus
    from django_share_analytics.events import Event

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 5.0
"""How long a dispatcher whose broker is away is left alone: requests must not wait for it."""
PAUSE_WITHOUT_DEPUTY_SECONDS = 1.0
"""The same where nobody else takes the shares meanwhile: to leave it alone is to refuse them."""


class Route:
    """A dispatcher and what this process has learnt about it. Serves all threads."""

    def __init__(self, dispatcher: BaseDispatcher, *, has_deputy: bool) -> None:
        self.dispatcher = dispatcher
        self._pause = PAUSE_SECONDS if has_deputy else PAUSE_WITHOUT_DEPUTY_SECONDS
        self._lock = threading.Lock()
        self._pause_ends: float | None = None  # None: it works, as far as is known
        self._refused = 0
        self._last_refusal = ""

    def submit(self, event: Event) -> str | None:
        """Hand ``event`` over.

        :raises DispatcherUnavailable: the dispatcher refuses, fails, or is left alone.
        """
        if self._pause_ends is not None:
            self._take_turn()
        try:
            reason = self._ask(event)
        except DispatcherUnavailable as refusal:
            self._note(refusal)
            raise
        if self._last_refusal:
            self._resume()
        return reason

    def status(self) -> DispatcherStatus:
        status = self.dispatcher.status()
        return replace(
            status,
            last_error=status.last_error or self._last_refusal,
            refused=self._refused,
            is_left_alone=self._pause_ends is not None,
        )

    def _ask(self, event: Event) -> str | None:
        submit = partial(self.dispatcher.submit, event)
        try:
            return outside_of_the_loop(submit) if self.dispatcher.writes_in_request else submit()
        except DispatcherUnavailable:
            raise
        except Exception as error:
            if n := repeats.of(f"{self.dispatcher.alias} failed"):
                logger.error(
                    "The dispatcher %r failed instead of refusing, %d time(s): %s",
                    self.dispatcher.alias,
                    n,
                    traced(error),
                )
            raise DispatcherUnavailable(describe(error)) from error

    def _take_turn(self) -> None:
        """Return to the first who comes after the pause; the others go on leaving it alone."""
        with self._lock:
            now = time.monotonic()
            if self._pause_ends is None:
                return  # somebody else found it working meanwhile
            if now >= self._pause_ends:
                self._pause_ends = now + self._pause
                return
            self._refused += 1
            raise DispatcherUnavailable(
                f"Left alone for a while: {self._last_refusal}",
                retry_after=math.ceil(self._pause_ends - now),
            )

    def _note(self, refusal: DispatcherUnavailable) -> None:
        with self._lock:
            was_paused = self._pause_ends is not None
            self._refused += 1
            self._last_refusal = str(refusal)
            self._pause_ends = time.monotonic() + self._pause if refusal.broker_is_away else None
        if refusal.broker_is_away and not was_paused:
            logger.error("The broker of %r is away: %s", self.dispatcher.alias, refusal)

    def _resume(self) -> None:
        with self._lock:
            was_paused = self._pause_ends is not None
            self._pause_ends, self._last_refusal = None, ""
        if was_paused:
            logger.warning("The broker of %r is back", self.dispatcher.alias)
