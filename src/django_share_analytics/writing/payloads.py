"""Encoded events as a queue delivers them: what a worker of any kind does with them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from django.db import connections

from django_share_analytics.codec import decode
from django_share_analytics.exceptions import NewerShare
from django_share_analytics.writing.batches import NotAllWritten, write_batch
from django_share_analytics.writing.set_aside import set_payload_aside

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django_share_analytics.events import Event


class Unwritten(NamedTuple):
    """Positions of payloads that are not written."""

    unknown: Sequence[int] = ()
    """The app is unknown; counted only if ``count_unknown`` said so."""
    waiting: Sequence[int] = ()
    """Their places, of several, could not be written to: write them again later."""
    error: NotAllWritten | None = None
    """Why these wait."""
    newer: Sequence[int] = ()
    """A newer version encoded them, and reads them: give them back, for later."""

    def insist(self) -> None:
        """For whoever has no later.

        :raises NotAllWritten: some wait.
        :raises NewerShare: some can't be read by this version.
        """
        if self.error:
            raise self.error
        if self.newer:
            raise NewerShare


def write_payloads(payloads: Sequence[str], *, count_unknown: bool = True) -> Unwritten:
    """Write what :func:`.codec.encode` made, and set aside what it did not make.

    :raises django.db.Error: nothing could be written; write the same again later.
    """
    events: dict[int, Event] = {}
    newer: list[int] = []
    for position, payload in enumerate(payloads):
        try:
            events[position] = decode(payload.encode())
        except (ValueError, AttributeError) as error:
            set_payload_aside(str(payload), error=error)
        except NewerShare:
            newer.append(position)
    if not events:
        return Unwritten(newer=tuple(newer))
    try:
        result = write_batch(list(events.values()), count_unknown=count_unknown)
    except NotAllWritten as partly:
        unknown = _positions(partly.result.unknown_app, events)
        return Unwritten(unknown, _positions(partly.waiting, events), partly, tuple(newer))
    return Unwritten(_positions(result.unknown_app, events), newer=tuple(newer))


def _positions(some: Sequence[Event], events: Mapping[int, Event]) -> list[int]:
    wanted = set(map(id, some))  # two tenants may have the same share's id
    return [position for position, event in events.items() if id(event) in wanted]


def let_connection_go() -> None:
    """Close the connections that this thread writes shares with: the next write opens new ones.

    An open one would keep others from dropping the database, and after an error it may be broken.
    Never raises: whoever calls this has an error to deal with already, and a share in hand.
    """
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            with suppress(Exception):  # Django forgets a connection that can't be closed, too
                connection.close()
