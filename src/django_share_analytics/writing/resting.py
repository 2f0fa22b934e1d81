"""Places that could not be written to are left alone for a while: nobody waits for another's."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django_share_analytics.backoff import backoff
from django_share_analytics.exceptions import AWAY
from django_share_analytics.wording import describe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from django_share_analytics.places import EventT, Place


@dataclass(slots=True)
class _Rest:
    """Of one place. Not the error itself, which would keep all that it came through."""

    pauses: Iterator[float]
    until: float = 0.0
    is_away: bool = False
    said: str = ""


class RestingPlaces:
    """What this process has learnt about the places that shares go to. Serves all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rests: dict[Place, _Rest] = {}

    def note_failure(self, place: Place, error: Exception) -> None:
        """Nothing could be written there: it rests, for longer each time."""
        with self._lock:
            rest = self._rests.setdefault(place, _Rest(backoff()))
            rest.until = time.monotonic() + next(rest.pauses)
            rest.is_away, rest.said = isinstance(error, AWAY), describe(error)

    def note_success(self, place: Place) -> None:
        if place in self._rests:
            with self._lock:
                self._rests.pop(place, None)

    def last_come_those_that_failed(
        self, groups: Mapping[Place, list[EventT]]
    ) -> list[tuple[Place, list[EventT]]]:
        """The same, in an order in which nobody waits for one that is probably still away."""
        return sorted(groups.items(), key=lambda group: group[0] in self._rests)

    def why_not(self, place: Place) -> str:
        """Why it is better not to be asked: it rests, and was away, so that whoever asks waits."""
        rest = self._rests.get(place)
        return rest.said if rest and rest.is_away and self.seconds_left([place]) else ""

    def seconds_left(self, places: Iterable[Place]) -> float:
        """Until the first of them is worth a try; 0 if one is already."""
        now = time.monotonic()
        rests = (self._rests.get(place) for place in places)
        return max(0.0, min(rest.until if rest else now for rest in rests) - now)

    def last_error(self) -> str:
        """Of some place that could not be written to since; empty where all can."""
        for place, rest in list(self._rests.items()):
            return f"{place}: {rest.said}"
        return ""

    def clear(self) -> None:
        with self._lock:
            self._rests.clear()


resting = RestingPlaces()
