"""How an event is handed to Celery's broker: so that it has it, or an error says that it has not.

RabbitMQ is asked for the confirmation of each, whatever the project does with its others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from celery import Celery, Task
    from kombu.connection import Connection
    from kombu.messaging import Producer

TASK = "share_analytics.record_share"
PERSISTENT = 2
SHOWN_ARGUMENTS = "(…)"
"""Who shared what is nobody's business in logs and monitors, and takes time to print."""


def connect(app: Celery, connect_seconds: float, answer_seconds: float) -> Producer:
    """A producer on a connection of its own.

    :raises Exception: of the transport's own kind, when there is none in time.
    """
    connection = app.connection_for_write(connect_timeout=connect_seconds)
    options = _transport_options(connection, connect_seconds, answer_seconds)
    connection.transport_options.update(options)
    try:
        connection.ensure_connection(max_retries=len(connection.alt), interval_start=0)
        producer: Producer = app.amqp.Producer(connection)
        return producer
    except BaseException:
        connection.collect()
        raise


def send(
    task: Task, payload: str, producer: Producer, answer_seconds: float, **where: str | None
) -> None:
    """Return when the broker has the message.

    :raises Exception: of the transport's own kind, when it has not. It may have it all the same, if
        only the answer did not arrive: the connection is good for no other message.
    """
    task.apply_async(
        (payload,),
        producer=producer,
        retry=False,
        delivery_mode=PERSISTENT,
        mandatory=True,  # a message that no queue takes is no success
        timeout=answer_seconds,
        confirm_timeout=answer_seconds,
        argsrepr=SHOWN_ARGUMENTS,
        **where,
    )


def hang_up(producer: Producer) -> None:
    """Close a connection without waiting for a broker that may not answer."""
    if (connection := producer.__connection__) is not None:
        connection.collect()


def _transport_options(
    connection: Connection, connect_seconds: float, answer_seconds: float
) -> dict[str, Any]:
    match connection.transport.driver_type:
        case "amqp":
            return {
                "confirm_publish": True,
                "read_timeout": answer_seconds,
                "write_timeout": answer_seconds,
            }
        case "redis":
            return {
                "socket_connect_timeout": connect_seconds,
                "socket_timeout": answer_seconds,
            }
    return {}
