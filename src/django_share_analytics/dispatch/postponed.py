"""What waits for places that could not be written to: out of the way of what is of others."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

from django.db import DatabaseError

from django_share_analytics.exceptions import ShareAnalyticsError
from django_share_analytics.writing.resting import resting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django_share_analytics.places import Place

T = TypeVar("T")


class AllResting(ShareAnalyticsError, DatabaseError):  # noqa: N818 - names a state, not an error
    """All that is left is of places that could not be written to a moment ago."""


class Postponed(Generic[T]):
    """Each thing with the places that it waits for. Needs a lock of its owner's."""

    def __init__(self) -> None:
        self._lanes: dict[frozenset[Place], deque[T]] = {}

    def add(self, places: Iterable[Place], them: Iterable[T]) -> None:
        if them := list(them):
            self._lanes.setdefault(frozenset(places), deque()).extend(them)

    def take(self, most: int) -> list[T]:
        """Those of places that are worth a try again; who is tried now comes last the next time."""
        taken: list[T] = []
        for places in list(self._lanes):
            if len(taken) < most and not resting.seconds_left(places):
                lane = self._lanes.pop(places)
                while lane and len(taken) < most:
                    taken.append(lane.popleft())
                if lane:
                    self._lanes[places] = lane
        return taken

    def insist(self) -> None:
        """Of a queue that has nothing else left.

        :raises AllResting: it is not empty, all the same.
        """
        if self._lanes:
            raise AllResting(resting.last_error())

    def seconds_left(self) -> float | None:
        """Until some are worth a try; ``None`` where there are none."""
        return min(map(resting.seconds_left, self._lanes), default=None)

    def clear(self) -> None:
        self._lanes.clear()

    def __iter__(self) -> Iterator[T]:
        return (one for lane in self._lanes.values() for one in lane)

    def __len__(self) -> int:
        return sum(map(len, self._lanes.values()))
