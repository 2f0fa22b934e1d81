"""Connections to Celery's broker that answer a request quickly: with a promise, or not at all."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from celery import current_app

from django_share_analytics.dispatch.celery.messages import connect, hang_up, send
from django_share_analytics.dispatch.celery.queues import queue_of, route_of
from django_share_analytics.dispatch.celery.task import record_share

if TYPE_CHECKING:
    from kombu.messaging import Producer

_inherited: list[deque[Producer]] = []
"""Those of a parent process. Collecting one as garbage would shut it down for the parent, too."""


class Publisher:
    """Publishes shares, and keeps the connections for the next ones.

    They are not those of Celery's own pool: on RabbitMQ they ask for the confirmation of each
    message, whatever the project does with its others, and they wait for a fraction of a second
    where Celery retries for some. A connection is used by one thread at a time.
    """

    def __init__(self, queue: str | None, connect_seconds: float, answer_seconds: float) -> None:
        self._chosen = queue
        self._connect_seconds = connect_seconds
        self._answer_seconds = answer_seconds
        self._idle: deque[Producer] = deque()

    def load(self) -> None:
        """Import what the first message would have to wait for. Connects nothing."""
        with suppress(Exception):  # what is wrong, the check says
            assert current_app.connection_for_write().transport
            assert current_app.amqp.Producer

    def publish(self, payload: str) -> None:
        """Return when the broker has the message.

        :raises Exception: of the transport's own kind, when it has not. It may have it all the
            same, if only the answer did not arrive.
        """
        if not self._publish_with_idle(payload):
            self._publish(payload, self._connect())

    def ask(self) -> tuple[int, int | None]:
        """How many messages are in the queue, and how many workers read it, if the broker knows.

        What workers hold at present is not among the messages.
        """
        producer = self._connect()
        try:
            queue = route_of(current_app, self._chosen)["queue"]
            # As each message does; it is there already, but for the first.
            answer = queue(producer.channel).queue_declare()
            knows = producer.connection.transport.driver_type == "amqp"
            return answer.message_count, answer.consumer_count if knows else None
        finally:
            hang_up(producer)

    def close(self) -> None:
        while self._idle:
            hang_up(self._idle.pop())

    def abandon(self) -> None:
        _inherited.append(self._idle)
        self._idle = deque()

    def _publish_with_idle(self, payload: str) -> bool:
        """Whether a connection from earlier was there, and still good."""
        try:
            producer = self._idle.pop()
        except IndexError:
            return False
        try:
            self._publish(payload, producer)
        except Exception:
            self.close()  # when one went stale, so did the others: the broker was restarted
            return False
        return True

    def _publish(self, payload: str, producer: Producer) -> None:
        try:
            queue = queue_of(current_app, self._chosen)
            send(record_share, payload, producer, self._answer_seconds, queue=queue)
        except BaseException:
            # The answer may be on its way still: the next message would take it for its own.
            hang_up(producer)
            raise
        self._idle.append(producer)

    def _connect(self) -> Producer:
        return connect(current_app, self._connect_seconds, self._answer_seconds)
