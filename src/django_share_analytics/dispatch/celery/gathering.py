"""Batches in a Celery worker: its main process keeps messages until a batch of them is written.

A message is acknowledged when its share is in the database (or set aside), never before. What a
worker holds when it ends, in whatever way, is still the broker's, which delivers it again.

The worker has its own idea of how a message becomes a request (revoked, rate-limited, delayed, in
which protocol), and goes on doing that. What this takes over is the step after: instead of running
a request, it gathers it. Everything here runs in the worker's event loop, in one thread.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any

from django_share_analytics.backoff import backoff
from django_share_analytics.dispatch.second_tries import SecondTries
from django_share_analytics.wording import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from celery.concurrency.base import BasePool
    from celery.worker.consumer import Consumer
    from celery.worker.request import Request

    from django_share_analytics.writing.payloads import Unwritten

logger = logging.getLogger(__name__)

MAX_BATCH = 500
"""Fewer than elsewhere: what a worker does with each message takes longer than to write its share,
and of twice as many it holds the messages meanwhile."""
MAX_HELD = 2 * MAX_BATCH
"""Messages that wait for their turn or for a second try, at most; the others wait in the broker."""
LINGER_SECONDS = 0.1
"""How long a share waits for company in a worker that has nothing to write."""
GIVEN_BACK_SECONDS = 5.0
"""How long what a newer version reads is kept, before it goes to the end of its queue: it may come
back at once, and then this is all that keeps a worker from doing nothing else."""


def missing_in(consumer: Consumer) -> list[str]:
    """What gathering needs of the insides of Celery, and this version of it doesn't have."""
    from celery.worker.request import Request  # in workers alone: it takes half a second
    from kombu.common import QoS  # the worker's own is not there yet when it starts

    needed = [
        (consumer, ("call_soon", "on_task_request")),
        (consumer.timer, ("call_after",)),
        (QoS, ("increment_eventually", "decrement_eventually")),
        (Request, ("on_success", "delivery_info")),
    ]
    return [name for owner, names in needed for name in names if not hasattr(owner, name)]


class BatchRequest:
    """Requests that run as one. To the worker this is a request like any other."""

    def __init__(
        self,
        requests: list[Request],
        run: Callable[..., Any],
        on_end: Callable[[BatchRequest, Any], None],
        *,
        is_second_try: bool = False,
    ) -> None:
        self.requests = requests
        self.is_second_try = is_second_try
        self._run, self._on_end = run, on_end

    def execute_using_pool(self, pool: BasePool, **kwargs: Any) -> None:
        payloads = [request.args[0] if request.args else "" for request in self.requests]
        pool.apply_async(
            self._run,
            args=(payloads,),
            callback=partial(self._on_end, self),
            error_callback=self._on_error,
        )

    def _on_error(self, info: Any) -> None:
        lost = describe(info.exception)
        logger.error("A process of the pool was lost while it wrote shares: %s", lost)
        self._on_end(self, None)


class Gathering:
    """Stands in for a worker's consumer where the worker asks it to run a request of our task.

    ``write`` and ``send_back`` are what a process of the pool does with a batch.
    """

    def __init__(
        self, consumer: Consumer, write: Callable[..., Any], send_back: Callable[..., Any]
    ) -> None:
        self._consumer = consumer
        self._write, self._send_back = write, send_back
        self._waiting: deque[Request] = deque()
        self._second_tries: SecondTries[Request] = SecondTries()
        self._newer: SecondTries[Request] = SecondTries()
        self._is_running = False
        self._rests_until = 0.0  # while the database is away
        self._delays = backoff()
        self._wakes_at = float("inf")
        self._held = 0
        self._room = 0  # more than usual that the broker may send, for those held
        self._has_ended = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._consumer, name)

    def on_task_request(self, request: Request) -> None:
        """The worker has a request to run."""
        self._waiting.append(request)
        self._make_room()
        if len(self._waiting) >= MAX_BATCH:
            self._start_batch()
        else:
            self._wake_in(LINGER_SECONDS)

    def apply_eta_task(self, request: Request) -> None:
        """The worker has a request whose time has come."""
        self._consumer.qos.decrement_eventually()
        self.on_task_request(request)

    def end(self) -> None:
        """The connection that the messages came by is gone: they can't be acknowledged any more."""
        self._has_ended = True
        self._waiting.clear()
        self._second_tries.clear()
        self._newer.clear()

    def _start_batch(self) -> None:
        """Run what waits, unless a batch is running, whose end starts the next one."""
        if self._is_running:
            return
        if (rest := self._rests_until - time.monotonic()) > 0:
            self._wake_in(rest)
            return
        if batch := self._next_batch():
            self._is_running = True
            self._consumer.on_task_request(batch)
        elif later := [some.seconds_left() for some in (self._second_tries, self._newer) if some]:
            self._wake_in(min(later))

    def _next_batch(self) -> BatchRequest | None:
        soon = self._consumer.call_soon
        if requests := self._due_second_tries():
            write = partial(self._write, count_unknown=True)
            return BatchRequest(requests, write, partial(soon, self._end_batch), is_second_try=True)
        if requests := self._newer.take(MAX_BATCH):
            send = partial(self._send_back, origins=[one.delivery_info for one in requests])
            return BatchRequest(requests, send, partial(soon, self._end_sending))
        size = min(len(self._waiting), MAX_BATCH)
        if requests := [self._waiting.popleft() for _ in range(size)]:
            write = partial(self._write, count_unknown=False)
            return BatchRequest(requests, write, partial(soon, self._end_batch))
        return None

    def _due_second_tries(self) -> list[Request]:
        """Where more than a batch of them wait, some that are too early, too."""
        too_many = len(self._second_tries) - MAX_BATCH
        requests = self._second_tries.take(min(too_many, MAX_BATCH), at_once=True)
        return requests + self._second_tries.take(MAX_BATCH - len(requests))

    def _end_batch(self, batch: BatchRequest, unwritten: Unwritten | None) -> None:
        self._is_running = False
        if self._has_ended:
            return
        if unwritten is None:
            self._try_again(batch)
        else:
            again = () if batch.is_second_try else unwritten.unknown
            self._delays = backoff()
            self._second_tries.add(_chosen(batch, {*again, *unwritten.waiting}))
            self._newer.add(_chosen(batch, unwritten.newer), seconds=GIVEN_BACK_SECONDS)
            self._acknowledge(batch, {*again, *unwritten.waiting, *unwritten.newer})
        self._start_batch()

    def _end_sending(self, batch: BatchRequest, left: Sequence[int] | None) -> None:
        """All but those ``left`` are the queue's again; if the process was lost, nobody knows."""
        self._is_running = False
        if self._has_ended:
            return
        kept = range(len(batch.requests)) if left is None else left
        self._newer.add(_chosen(batch, kept), seconds=GIVEN_BACK_SECONDS)
        self._acknowledge(batch, kept)
        self._start_batch()

    def _try_again(self, batch: BatchRequest) -> None:
        self._rests_until = time.monotonic() + next(self._delays)
        if batch.is_second_try:
            self._second_tries.give_back(batch.requests)
        else:
            self._waiting.extendleft(reversed(batch.requests))

    def _acknowledge(self, batch: BatchRequest, again: Collection[int]) -> None:
        """All but those that are looked at again."""
        for position, request in enumerate(batch.requests):
            if position not in again:
                request.on_success((False, None, 0.0))
        self._give_room_back(len(batch.requests) - len(again))

    def _wake_in(self, seconds: float) -> None:
        due = time.monotonic() + seconds
        if due < self._wakes_at:
            self._wakes_at = due
            self._consumer.timer.call_after(max(seconds, 0), self._wake)

    def _wake(self) -> None:
        self._wakes_at = float("inf")
        if not self._has_ended:
            self._start_batch()

    def _make_room(self) -> None:
        """Let the broker send more. What waits for company takes no other task's place.

        Doubled each time, as the broker has to be asked each time: the first message that is held
        makes room for 1 more, the second for 2 (3 in all), the fourth for 4 (7), the eighth for 8
        (15). So there are never twice as many as are held, and none beyond ``MAX_HELD``: a worker
        with other tasks, too, doesn't hoard them.
        """
        self._held += 1
        if self._room < self._held <= MAX_HELD:
            qos = self._consumer.qos
            before = qos.value
            self._room += qos.increment_eventually(self._held) - before

    def _give_room_back(self, n: int) -> None:
        self._held -= n
        if not self._held and self._room:
            self._consumer.qos.decrement_eventually(self._room)
            self._room = 0


def _chosen(batch: BatchRequest, positions: Collection[int]) -> Iterator[Request]:
    return (batch.requests[position] for position in sorted(positions))
