"""Encoded shares as a queue delivers them: what a worker of any kind does with them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from django.db import connections, router

from django_share_analytics.codec import decode
from django_share_analytics.models import Share
from django_share_analytics.writing.batches import write_batch
from django_share_analytics.writing.set_aside import set_payload_aside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_share_analytics.events import ShareEvent


def write_payloads(payloads: Sequence[str], *, count_unknown: bool = True) -> list[int]:
    """Write what :func:`.codec.encode` made, and set aside what it did not make.

    Returns the positions of the shares whose app is unknown; they are not written, and counted only
    if ``count_unknown`` says so.

    :raises django.db.Error: the database is away; write the same again later.
    """
    events: dict[int, ShareEvent] = {}
    for position, payload in enumerate(payloads):
        try:
            events[position] = decode(payload.encode())
        except (ValueError, AttributeError) as error:
            set_payload_aside(str(payload), error=error)
    if not events:
        return []
    result = write_batch(list(events.values()), count_unknown=count_unknown)
    unknown = {event.id for event in result.unknown_app}
    return [position for position, event in events.items() if event.id in unknown]


def let_connection_go() -> None:
    """Close the connection that this thread writes shares with: the next write opens a new one.

    An open one would keep others from dropping the database, and after an error it may be broken.
    Never raises: whoever calls this has an error to deal with already, and a share in hand.
    """
    with suppress(Exception):  # Django forgets a connection that can't be closed, too
        connections[router.db_for_write(Share)].close()
