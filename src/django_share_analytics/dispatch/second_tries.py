"""Shares of unknown apps are looked at once more, a little later, and then given up.

An app may be in a transaction that has not been committed yet.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SECOND_TRY_SECONDS = 2.0

T = TypeVar("T")


class SecondTries(Generic[T]):
    """What waits for its second try, in the order in which it came. Needs a lock of its owner's."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[float, T]] = deque()

    def add(self, them: Iterable[T], *, seconds: float | None = None) -> None:
        """To be looked at after so many ``seconds``, which are the same for all."""
        due = time.monotonic() + (SECOND_TRY_SECONDS if seconds is None else seconds)
        self._waiting.extend((due, one) for one in them)

    def take(self, most: int, *, at_once: bool = False) -> list[T]:
        """Those whose time has come, or with ``at_once`` any; the oldest first."""
        taken: list[T] = []
        latest = float("inf") if at_once else time.monotonic()
        while self._waiting and len(taken) < most and self._waiting[0][0] <= latest:
            taken.append(self._waiting.popleft()[1])
        return taken

    def give_back(self, them: Iterable[T]) -> None:
        """They are the next ones again, in this order, and due."""
        self._waiting.extendleft((0.0, one) for one in reversed(list(them)))

    def seconds_left(self) -> float:
        """Until the first of them is due; there has to be one."""
        return self._waiting[0][0] - time.monotonic()

    def clear(self) -> None:
        self._waiting.clear()

    def __iter__(self) -> Iterator[T]:
        return (one for _, one in self._waiting)

    def __len__(self) -> int:
        return len(self._waiting)
