"""How much somebody did lately, without a note of each time: two counts, and the time between.

The sliding window counter, as Cloudflare described it ("How we built rate limiting capable of
scaling to millions of domains", 2017): time is cut into windows, and of the former one as much
still counts as would lie within a window's length if all in it had been spread evenly::

    former * (1 - elapsed / seconds) + current

So nobody does more than the pace's number in one window, nor more in the long run. Who did it all
at once at the end of one may go on with the beginning of the next, but only as fast as the former
fades: within any span, the number, and as many as the span itself has time for, and one.
"""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from django_share_analytics.conf import Pace

MAX_KEYS = 20_000
"""So many are remembered, of which one takes some 330 bytes: about 6 MB in each process."""
ROUNDING = 1e-6
"""Of an event: what sums of fractions may be off by, so that who waited as told is let in."""


def seconds_to_room(pace: Pace, elapsed: float, current: int, former: int) -> float:
    """After how many seconds one more fits, if nothing comes meanwhile; 0: it does now.

    ``elapsed`` seconds after the current window began, ``current`` were counted in it, and
    ``former`` in the one before.
    """
    number, seconds = pace.number, pace.seconds
    if current < number:
        over = former * (1 - elapsed / seconds) + current - number
        return over * seconds / former if over > ROUNDING else 0.0
    over = current - number  # in the next window, where this is the former one
    return seconds - elapsed + over * seconds / current


class Window:
    """What was done under one key. Its windows begin with the first that is done, so that a burst
    has no two of them to lie in."""

    __slots__ = ("current", "former", "start")

    def __init__(self, start: float) -> None:
        self.start, self.current, self.former = start, 0, 0

    def seconds_to_room(self, pace: Pace, now: float) -> float:
        """Be in the window of this moment, and say when one more fits into it."""
        elapsed = now - self.start
        if elapsed >= pace.seconds:
            self._move(now, pace.seconds)
            elapsed = now - self.start
        if self.current + self.former < pace.number:  # mostly, whatever the time
            return 0.0
        return seconds_to_room(pace, elapsed, self.current, self.former)

    def _move(self, now: float, seconds: int) -> None:
        if now - self.start < 2 * seconds:
            self.start, self.current, self.former = self.start + seconds, 0, self.current
        else:
            self.start, self.current, self.former = now, 0, 0


class Windows:
    """The counts of this process: one for all threads, and a fork begins with none.

    Of more than ``most`` keys those are forgotten that were not heard of for longest.
    """

    def __init__(
        self, most: int = MAX_KEYS, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.most = most
        self._clock = clock
        self.forget()

    def forget(self) -> None:
        """Begin anew: with another lock, as a thread of the parent may have held it."""
        self._lock = threading.Lock()
        self._kept: OrderedDict[bytes, Sequence[Window]] = OrderedDict()
        self._process = os.getpid()  # at last: who finds it takes the lock

    def take(self, wanted: Sequence[tuple[bytes, Sequence[Pace]]]) -> float:
        """Count one more under each of these keys, if it has room by all of its paces, and say 0.

        Else nothing is counted, and the answer is the seconds until there is room everywhere.
        """
        if self._process != os.getpid():  # also a fork that Python was not told of, as uWSGI's
            self.forget()
        with self._lock:
            now, seconds = self._clock(), 0.0
            found = []
            for key, paces in wanted:
                windows = self._windows(key, paces, now)
                found.append((key, windows))
                for pace, window in zip(paces, windows, strict=True):
                    seconds = max(seconds, window.seconds_to_room(pace, now))
            if not seconds:
                self._count(found)
            return seconds

    def _windows(self, key: bytes, paces: Sequence[Pace], now: float) -> Sequence[Window]:
        windows = self._kept.get(key)
        if windows is None:
            return tuple([Window(now) for _ in paces])
        # Also where it has no room: who goes on would be forgotten, and have some again.
        self._kept.move_to_end(key)
        return windows

    def _count(self, found: Iterable[tuple[bytes, Sequence[Window]]]) -> None:
        for key, windows in found:
            self._kept[key] = windows
            for window in windows:
                window.current += 1
        while len(self._kept) > self.most:
            self._kept.popitem(last=False)
