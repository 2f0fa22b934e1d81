"""Where accepted shares wait for the one thread that writes them."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from django_share_analytics.conf import get_settings
from django_share_analytics.dispatch import second_tries
from django_share_analytics.dispatch.base import DispatcherStatus
from django_share_analytics.dispatch.postponed import Postponed
from django_share_analytics.dispatch.second_tries import SecondTries
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.places import Place, by_place
from django_share_analytics.writing.resting import resting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_share_analytics.events import Event


@dataclass(frozen=True, slots=True)
class Batch:
    """Shares on their way to the database."""

    events: list[Event]
    is_last_try: bool
    """Whether a share of an app that is still unknown is given up."""


class ShareQueue(ABC):
    """Any thread puts; one thread at a time takes a batch, and then says what became of it."""

    @abstractmethod
    def put(self, event: Event) -> bool:
        """Add a share; whether that made a batch full.

        :raises DispatcherUnavailable: there is no room, or :meth:`refuse` was called.
        """

    @abstractmethod
    def take(self, *, last_chance: bool) -> Batch | None:
        """The next batch, ``None`` when there is none. Whoever gets a second try comes first.

        With ``last_chance`` nothing waits for its second try any longer.

        :raises AllResting: with ``last_chance``: what is left is of places that rest.
        """

    @abstractmethod
    def done(
        self,
        batch: Batch,
        unknown_app: Sequence[Event],
        waiting: Sequence[Event] = (),
    ) -> None:
        """The batch is recorded, up to shares of unknown apps that get a second try, and to those
        ``waiting`` for a place that could not be written to: these hold up no others."""

    @abstractmethod
    def give_back(self, batch: Batch) -> None:
        """The batch could not be recorded: it is the next one again."""

    @abstractmethod
    def patience(self) -> float | None:
        """Seconds after which to look here again though nobody put anything."""

    def adopt(self, *, at_once: bool = False) -> None:  # noqa: B027 - memory dies with its owner
        """Take over what dead processes left, if it is time to look for it or ``at_once``."""

    @abstractmethod
    def refuse(self) -> None:
        """From here on, :meth:`put` refuses."""

    @abstractmethod
    def release(self) -> list[Event]:
        """Let everything go; the shares that are lost with it."""

    def abandon(self) -> None:  # noqa: B027 - a copy of the parent's memory needs no care
        """In a forked child: let go what is the parent's, without touching it."""

    @abstractmethod
    def status(self) -> DispatcherStatus: ...


class MemoryQueue(ShareQueue):
    """Waits in the memory of the process, and dies with it."""

    def __init__(self, *, capacity: int, max_batch: int) -> None:
        self._capacity, self._max_batch = capacity, max_batch
        self._events: deque[Event] = deque()
        self._second_tries: SecondTries[Event] = SecondTries()
        self._postponed: Postponed[Event] = Postponed()
        self._in_flight: list[Event] = []
        self._places: set[Place] = set()
        self._lock = threading.Lock()
        self._is_refusing = False

    def put(self, event: Event) -> bool:
        with self._lock:
            if self._is_refusing:
                raise DispatcherUnavailable("This process is stopping.")
            if self._waiting() >= self._capacity:
                raise DispatcherUnavailable("The buffer is full: the database is away or too slow.")
            if self._is_others_room(event):
                raise DispatcherUnavailable("Too much waits for a database that is away already.")
            self._events.append(event)
        return len(self._events) >= self._max_batch

    def take(self, *, last_chance: bool) -> Batch | None:
        with self._lock:
            events = self._second_tries.take(self._max_batch, at_once=last_chance)
            is_second_try = bool(events)
            if not events:
                size = min(len(self._events), self._max_batch)
                events = [self._events.popleft() for _ in range(size)]
            events = events or self._postponed.take(self._max_batch)
            if last_chance and not events:
                self._postponed.insist()
            self._in_flight = events
            if len(self._places) < 2:
                self._places.update(by_place(events))
        return Batch(events, is_second_try or last_chance) if events else None

    def done(
        self,
        batch: Batch,
        unknown_app: Sequence[Event],
        waiting: Sequence[Event] = (),
    ) -> None:
        with self._lock:
            if not batch.is_last_try:
                self._second_tries.add(unknown_app)
            for place, events in by_place(waiting).items():
                self._postponed.add([place], events)
            self._in_flight = []

    def give_back(self, batch: Batch) -> None:
        with self._lock:
            self._events.extendleft(reversed(batch.events))
            self._in_flight = []

    def patience(self) -> float | None:
        seconds = [second_tries.SECOND_TRY_SECONDS] if self._second_tries else []
        with self._lock:
            left = self._postponed.seconds_left()
        return min([*seconds, left] if left is not None else seconds, default=None)

    def refuse(self) -> None:
        with self._lock:
            self._is_refusing = True

    def release(self) -> list[Event]:
        with self._lock:
            lost = [*self._second_tries, *self._events, *self._postponed]
            self._second_tries.clear()
            self._postponed.clear()
            self._events.clear()
        return lost

    def status(self) -> DispatcherStatus:
        with self._lock:
            parts = (self._in_flight, self._events, self._second_tries, self._postponed)
            firsts = [event for part in parts for event in islice(part, 1)]
            oldest = min((event.timestamp for event in firsts), default=None)
            return DispatcherStatus(waiting=self._waiting(), oldest=oldest)

    def _waiting(self) -> int:
        untried, again = len(self._events), len(self._second_tries) + len(self._postponed)
        return untried + again + len(self._in_flight)

    def _is_others_room(self, event: Event) -> bool:
        """Half of it is kept for what is of places that can be written to, if there are others."""
        if 2 * len(self._postponed) < self._capacity:
            return False
        if len(self._places) < 2 and not get_settings().tenant:
            return False
        return resting.seconds_left([Place(event.using, event.tenant)]) > 0
