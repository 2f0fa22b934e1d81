"""Places that could not be written to are left alone for a while: nobody waits for another's."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django_share_analytics.backoff import backoff
from django_share_analytics.exceptions import AWAY
from django_share_analytics.wording import describe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from django_share_analytics.events import ShareEvent
    from django_share_analytics.places import Place


class RestingPlaces:
    """What this process has learnt about the places that shares go to. Serves all threads."""

    def __init__(self) -> None:
        self._until: dict[Place, float] = {}
        self._pauses: dict[Place, Iterator[float]] = {}
        self._errors: dict[Place, Exception] = {}

    def note_failure(self, place: Place, error: Exception) -> None:
        """Nothing could be written there: it rests, for longer each time."""
        self._errors[place] = error
        pauses = self._pauses.setdefault(place, backoff())
        self._until[place] = time.monotonic() + next(pauses)

    def note_success(self, place: Place) -> None:
        if place in self._until:
            for memory in (self._until, self._pauses, self._errors):
                memory.pop(place, None)

    def last_come_those_that_failed(
        self, groups: Mapping[Place, list[ShareEvent]]
    ) -> list[tuple[Place, list[ShareEvent]]]:
        """The same, in an order in which nobody waits for one that is probably still away."""
        return sorted(groups.items(), key=lambda group: group[0] in self._errors)

    def why_not(self, place: Place) -> str:
        """Why it is better not to be asked: it rests, and was away, so that whoever asks waits."""
        error = self._errors.get(place)
        return describe(error) if isinstance(error, AWAY) and self.seconds_left([place]) else ""

    def seconds_left(self, places: Iterable[Place]) -> float:
        """Until the first of them is worth a try; 0 if one is already."""
        now = time.monotonic()
        return max(0.0, min(self._until.get(place, now) for place in places) - now)

    def last_error(self) -> str:
        """Of some place that could not be written to since; empty where all can."""
        for place, error in list(self._errors.items()):
            return f"{place}: {describe(error)}"
        return ""

    def clear(self) -> None:
        for memory in (self._until, self._pauses, self._errors):
            memory.clear()


resting = RestingPlaces()
