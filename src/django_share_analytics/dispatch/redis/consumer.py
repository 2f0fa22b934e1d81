"""From a Redis stream to the writer: what ``consume_shares`` does for a dispatcher of Redis."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import Error
from redis import RedisError
from redis.exceptions import OutOfMemoryError

from django_share_analytics.backoff import backoff
from django_share_analytics.codec import decode
from django_share_analytics.dispatch.redis.group import ConsumerGroup
from django_share_analytics.dispatch.second_tries import SecondTries
from django_share_analytics.exceptions import NewerShare
from django_share_analytics.repeats import repeats
from django_share_analytics.wording import describe, traced
from django_share_analytics.writing.batches import NotAllWritten, write_batch
from django_share_analytics.writing.payloads import let_connection_go
from django_share_analytics.writing.set_aside import set_payload_aside

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    from redis import Redis

    from django_share_analytics.dispatch.redis.group import Entry
    from django_share_analytics.dispatch.redis.options import RedisStreamsOptions
    from django_share_analytics.events import Event

logger = logging.getLogger(__name__)

WAIT_SECONDS = 1.0
"""How long a read waits for a share: how late a consumer sees that it is to stop."""
LONGEST_PAUSE_SECONDS = 5.0
"""How long it leaves a database alone that is away, at most."""
POLL_SECONDS = 0.1
"""How often ``--once`` looks whether the others have finished."""


@dataclass
class StreamBatch:
    """Entries on their way to the writer, by their ids in the stream."""

    events: dict[bytes, Event] = field(default_factory=dict)
    unreadable: dict[bytes, tuple[bytes, ValueError]] = field(default_factory=dict)
    newer: list[bytes] = field(default_factory=list)
    """Those that a newer version reads: nobody has to do anything about them here."""
    is_second_try: bool = False

    def add(self, entry: Entry) -> None:
        try:
            self.events[entry.id] = decode(entry.payload)
        except ValueError as error:
            self.unreadable[entry.id] = entry.payload, error
        except NewerShare:
            self.newer.append(entry.id)

    def __len__(self) -> int:
        return len(self.events) + len(self.unreadable)


class StreamConsumer:
    """Writes batches until it is told to stop, and acknowledges what it has written.

    Whatever happens in between, an entry that is not acknowledged comes again, to this consumer or
    to another. With ``once`` it stops when nothing is left of what was there at its start, which
    may mean to wait for another consumer, or for the time when its entries can be taken over.

    What a newer version added stays pending, and comes to one of that version as what a dead
    consumer had.
    """

    def __init__(
        self,
        client: Redis,
        options: RedisStreamsOptions,
        stop: threading.Event,
        *,
        once: bool = False,
    ) -> None:
        self._options, self._stop, self._once = options, stop, once
        self._group = ConsumerGroup(client, options.stream, options.group)
        self._last: tuple[int, int] | None = None  # what `once` has to reach
        self._done: list[bytes] = []  # written, and to be acknowledged
        self._acknowledged = 0
        self._second_tries: SecondTries[tuple[bytes, Event]] = SecondTries()
        self._take_over_at = 0.0
        self._newer: set[bytes] = set()  # for `once`, which ends though they are there

    def run(self) -> int:
        """Returns how many entries were dealt with."""
        try:
            self._run()
        finally:
            self._leave()
        return self._acknowledged

    def _run(self) -> None:
        delays = backoff()
        while not self._stop.is_set():
            try:
                self._prepare()
                while not self._stop.is_set() and not self._is_finished():
                    self._write_next()
                    delays = backoff()
                return
            except RedisError as error:
                logger.warning("Redis is away or refuses, and is asked again: %s", error)
                self._stop.wait(next(delays))

    def _prepare(self) -> None:
        with suppress(OutOfMemoryError):  # said even when the group is there
            self._group.create()
        if self._last is None:
            self._last = self._group.newest() or (0, 0)
            if self._group.can_be_evicted():
                logger.error(
                    "Redis may evict the stream, and all that waits in it, when its memory is full:"
                    " set maxmemory-policy to noeviction."
                )

    def _is_finished(self) -> bool:
        """Whether ``once`` has been enough: only newer entries are there, if any."""
        if not self._once or self._done:
            return False
        oldest = self._group.oldest(besides=self._newer)
        return oldest is None or self._last is None or oldest > self._last

    def _write_next(self) -> None:
        self._acknowledge()  # what could not be, when Redis was away
        batch = self._take()
        if not batch:
            let_connection_go()
            if self._once:
                self._stop.wait(POLL_SECONDS)
            return
        self._write(batch)
        self._acknowledge()
        if len(batch) < self._options.max_batch and not self._once:
            self._stop.wait(self._options.flush_seconds)

    def _take(self) -> StreamBatch:
        return self._due_second_tries() or self._left_behind() or self._new()

    def _due_second_tries(self) -> StreamBatch:
        due = self._second_tries.take(self._options.max_batch)
        return StreamBatch(dict(due), is_second_try=True)

    def _left_behind(self) -> StreamBatch:
        """What a consumer that died has not acknowledged, among it its second tries."""
        batch = StreamBatch(is_second_try=True)
        now = time.monotonic()
        if now < self._take_over_at and not self._once:
            return batch
        seconds = self._options.takeover_seconds
        in_hand = {entry_id for entry_id, _ in self._second_tries}
        for entry in self._group.take_over(self._options.max_batch, seconds):
            if entry.id not in in_hand:
                batch.add(entry)
        self._leave_to_newer(batch)
        if self._group.has_seen_all:
            self._take_over_at = now + seconds / 2
        return batch

    def _new(self) -> StreamBatch:
        batch = StreamBatch()
        wait_seconds = 0 if self._once else WAIT_SECONDS
        for entry in self._group.read(self._options.max_batch, wait_seconds):
            batch.add(entry)
        self._leave_to_newer(batch)
        return batch

    def _leave_to_newer(self, batch: StreamBatch) -> None:
        if not batch.newer:
            return
        if self._once:
            self._newer.update(batch.newer)
        if n := repeats.of("entries of a newer version"):
            logger.warning("A newer version added shares, which wait for its consumers (%d)", n)

    def _write(self, batch: StreamBatch) -> None:
        """Write, however long the database is away; when stopped meanwhile, leave it to others."""
        # Each pause ends with a sign of life, long before others take the batch for a dead one's.
        for delay in backoff(last=min(LONGEST_PAUSE_SECONDS, self._options.takeover_seconds / 4)):
            try:
                self._set_aside(batch)
                self._record(batch)
                return
            except Exception as error:  # whatever a driver or a router raises
                say = describe if isinstance(error, Error) else traced
                logger.warning("%d share(s) wait for the database: %s", len(batch), say(error))
                let_connection_go()
                mine = [entry_id for entry_id, _ in self._second_tries]
                self._hold([*batch.events, *batch.unreadable, *mine], describe(error))
            if self._stop.wait(delay):
                return

    def _set_aside(self, batch: StreamBatch) -> None:
        while batch.unreadable:
            entry_id, (payload, error) = next(iter(batch.unreadable.items()))
            set_payload_aside(payload, error=error)
            del batch.unreadable[entry_id]
            self._done.append(entry_id)

    def _record(self, batch: StreamBatch) -> None:
        if not batch.events:
            return
        waiting: set[int] = set()
        try:
            result = write_batch(list(batch.events.values()), count_unknown=batch.is_second_try)
        except NotAllWritten as partly:
            result, waiting = partly.result, set(map(id, partly.waiting))
            self._leave_pending(batch, waiting, partly)
        again = set() if batch.is_second_try else set(map(id, result.unknown_app))
        for entry_id, event in batch.events.items():
            if id(event) in again:
                self._second_tries.add([(entry_id, event)])
            elif id(event) not in waiting:
                self._done.append(entry_id)

    def _leave_pending(self, batch: StreamBatch, waiting: set[int], error: NotAllWritten) -> None:
        """What is of a place that is away stays in the stream, where any number has room, and comes
        again as what a dead consumer had: nobody else waits for it meanwhile."""
        if error.is_news:
            logger.warning("%d share(s) wait for their database: %s", len(waiting), error)
            let_connection_go()
        ids = [entry_id for entry_id, event in batch.events.items() if id(event) in waiting]
        self._hold(ids, describe(error))

    def _hold(self, ids: Sequence[bytes], error: str) -> None:
        with suppress(RedisError):  # then it may be given to somebody else, and is written twice
            self._group.hold(ids, error)

    def _acknowledge(self) -> None:
        if self._done:
            self._group.acknowledge(self._done)
            self._acknowledged += len(self._done)
            self._done = []

    def _leave(self) -> None:
        let_connection_go()
        try:
            self._acknowledge()
            self._group.leave()
        except RedisError as error:
            logger.warning("Redis is away; what it could not be told is consumed again: %s", error)
