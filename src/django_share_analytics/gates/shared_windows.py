"""What all processes of a site count together, in one of its caches.

As :mod:`.windows` do it, but for two things that a cache can't: its windows begin when the clock
says so, and who reads is not alone. As many more are let in as there are requests at that moment.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from django.core.cache import caches
from django.core.cache.backends.db import BaseDatabaseCache
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache

from django_share_analytics.conf import APP_LABEL
from django_share_analytics.gates.windows import seconds_to_room
from django_share_analytics.repeats import repeats
from django_share_analytics.wording import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.core.cache.backends.base import BaseCache

    from django_share_analytics.conf import Pace

logger = logging.getLogger(__name__)

CACHE_RESTS_SECONDS = 5.0
"""So long a cache that failed is left alone: one that is away may take its time to say so."""
UNFIT = (LocMemCache, DummyCache, BaseDatabaseCache)
"""Caches in which nobody finds what another has counted, and one that takes queries."""


def is_shared(alias: str) -> bool:
    """Whether processes can count together in this entry of ``CACHES``. There may be none."""
    try:
        return not isinstance(caches[alias], UNFIT)
    except Exception:  # there is none, or its backend can't be made: a check or Django says so
        return False


class SharedWindows:
    """The counts that are kept in a cache, for two of their windows at most."""

    def __init__(self, alias: str, *, clock: Callable[[], float] = time.time) -> None:
        self.alias = alias
        self._clock = clock
        self._rests_until = 0.0

    def take(self, wanted: Sequence[tuple[bytes, Sequence[Pace]]]) -> float | None:
        """As :meth:`.windows.Windows.take`; ``None`` where the cache can't say. Never raises."""
        if time.monotonic() < self._rests_until:
            return None
        try:
            return self._take(caches[self.alias], wanted)
        except Exception as error:  # each backend raises its own client's
            self._rests_until = time.monotonic() + CACHE_RESTS_SECONDS
            if n := repeats.of("limits without a cache"):
                logger.warning(
                    "Each process limits clients by itself, %d time(s) since this was last said, "
                    "as the cache %r can't be used: %s", n, self.alias, describe(error),
                )  # fmt: skip
            return None

    def _take(self, cache: BaseCache, wanted: Sequence[tuple[bytes, Sequence[Pace]]]) -> float:
        now, seconds = self._clock(), 0.0
        pairs = [(pace, _keys(key, pace, now)) for key, paces in wanted for pace in paces]
        found = cache.get_many([key for _, keys in pairs for key in keys])
        for pace, (current, former) in pairs:
            counts = found.get(current, 0), found.get(former, 0)
            seconds = max(seconds, seconds_to_room(pace, now % pace.seconds, *counts))
        if not seconds:
            for pace, (current, _) in pairs:
                _count(cache, current, 2 * pace.seconds, is_there=current in found)
        return seconds


def _keys(key: bytes, pace: Pace, now: float) -> tuple[str, str]:
    """Of the current window and of the one before."""
    window, name = int(now // pace.seconds), f"{APP_LABEL}:limit:{key.hex()}:{pace.seconds}"
    return f"{name}:{window}", f"{name}:{window - 1}"


def _count(cache: BaseCache, key: str, timeout: int, *, is_there: bool) -> None:
    if is_there or not cache.add(key, 1, timeout):
        try:
            cache.incr(key)
        except ValueError:  # thrown out a moment ago
            cache.add(key, 1, timeout)
