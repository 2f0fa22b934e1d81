"""Add shares to a Redis stream; ``manage.py consume_shares`` writes them, on any machine."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured

from django_share_analytics.codec import encode
from django_share_analytics.dispatch.base import BaseDispatcher, DispatcherStatus
from django_share_analytics.exceptions import DispatcherUnavailable

try:
    from redis import Redis, RedisError, ResponseError
    from redis.backoff import NoBackoff
    from redis.retry import Retry
except ImportError as error:
    raise ImproperlyConfigured(
        "The dispatcher for Redis needs redis-py: pip install 'django-share-analytics[redis]'."
    ) from error

from django_share_analytics.dispatch.redis import notes
from django_share_analytics.dispatch.redis.consumer import WAIT_SECONDS, StreamConsumer
from django_share_analytics.dispatch.redis.group import FIELD, ConsumerGroup
from django_share_analytics.dispatch.redis.options import RedisStreamsOptions

if TYPE_CHECKING:
    import threading

    from django_share_analytics.conf import DispatcherSettings
    from django_share_analytics.events import Event

LENGTH_SECONDS = 1.0
"""How old the known length of the stream may get: asking costs as much as adding a share."""
PATIENCE_SECONDS = 5.0
"""How long a consumer waits for an answer; unlike a request it has the time."""


class RedisStreamsDispatcher(BaseDispatcher):
    """For several machines, with Redis 6.2 or later, or Valkey.

    A share is as durable as Redis keeps it: nothing is lost with a web process or a consumer. What
    Redis itself loses when it dies is set there (``appendonly yes`` with ``appendfsync everysec``:
    a second at most), and so is that it never evicts (``maxmemory-policy noeviction``).
    """

    is_durable = True
    has_consumer = True
    Options = RedisStreamsOptions
    options: RedisStreamsOptions

    def __init__(self, config: DispatcherSettings) -> None:
        super().__init__(config)
        self._client = _connect(
            self.options.url, self.options.connect_seconds, self.options.answer_seconds
        )
        self._has_group = False
        self._length = 0
        self._length_is_due = 0.0

    def submit(self, event: Event) -> None:
        try:
            if not self._has_group:
                self._create_group()
            self._refuse_when_full()
            self._client.xadd(self.options.stream, {FIELD: encode(event)})
        except RedisError as error:
            raise _unavailable(error) from error

    def close(self) -> None:
        self._client.close()

    def consume(self, stop: threading.Event, *, once: bool = False) -> int:
        client = _connect(self.options.url, PATIENCE_SECONDS, PATIENCE_SECONDS + WAIT_SECONDS)
        try:
            return StreamConsumer(client, self.options, stop, once=once).run()
        finally:
            client.close()

    def status(self) -> DispatcherStatus:
        """What Redis says. A share is deleted when it has been written: what is there waits.

        The last write and the last error are those of all consumers.

        :raises RedisError: it says nothing.
        """
        with self._client.pipeline(transaction=False) as pipeline:
            pipeline.xlen(self.options.stream)
            pipeline.xrange(self.options.stream, count=1)
            notes.ask(pipeline, self.options.stream)
            length, first, noted = notes.replies(pipeline, needed=2)
        last_write, last_error = notes.read(noted)
        return DispatcherStatus(
            waiting=length,
            oldest=_added_at(first[0][0]) if first else None,
            last_write=last_write,
            last_error=last_error,
            is_shared=True,
        )

    def _create_group(self) -> None:
        """Make sure that what is accepted can be consumed: when its memory is full, Redis still
        gives shares away and deletes them, and makes no new group for that."""
        ConsumerGroup(self._client, self.options.stream, self.options.group).create()
        self._has_group = True

    def _refuse_when_full(self) -> None:
        now = time.monotonic()
        if now >= self._length_is_due:
            self._length_is_due = now + LENGTH_SECONDS
            self._length = self._client.xlen(self.options.stream)
        if self._length >= self.options.capacity:
            raise DispatcherUnavailable("The stream is full: no consumer runs, or too few.")


def _connect(url: str, connect_seconds: float, answer_seconds: float) -> Redis:
    """A client with a pool of connections that threads share, and a forked child does not.

    The protocol is set, as both its replies and how many round trips a connection starts with
    depend on it; who asks again, and when, is not the client's business.
    """
    return Redis.from_url(
        url,
        protocol=2,
        socket_connect_timeout=connect_seconds,
        socket_timeout=answer_seconds,
        retry=Retry(NoBackoff(), 0),
    )


def _unavailable(error: RedisError) -> DispatcherUnavailable:
    """A server that answers, if only "out of memory" or "read only", is not away."""
    answered = isinstance(error, ResponseError)
    return DispatcherUnavailable(f"Redis: {error}", broker_is_away=not answered)


def _added_at(entry_id: bytes) -> datetime:
    milliseconds = int(entry_id.partition(b"-")[0])
    return datetime.fromtimestamp(milliseconds / 1_000, UTC)
