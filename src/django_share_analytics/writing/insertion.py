"""Shares are stored and counted: those that are new, and exactly those."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from django.db import connections

from django_share_analytics.counts import postgresql, rollups
from django_share_analytics.counts.rollups import ROLLUPS
from django_share_analytics.models import Share
from django_share_analytics.sql.new_rows import insert_new, storable_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django_share_analytics.events import ShareEvent

ATTRIBUTES = {
    "id": "id",
    "app": "app_id",
    "platform": "platform",
    "user": "user_id",
    "session_id": "session_id",
    "timestamp": "timestamp",
    "visitor": "visitor",
    "placement": "placement",
    "user_agent": "user_agent",
    "referrer_url": "referrer_url",
}
"""The fields of a share, and the attributes of an event that hold their values."""
values_of = attrgetter(*ATTRIBUTES.values())


def insert_and_count(events: Sequence[ShareEvent], using: str) -> set[UUID]:
    """Store the shares that are not there yet, count them, and return the ids of the others.

    Every event has an id of its own, and an app that is there.

    :raises WriteConflict: another writer inserted one of them meanwhile (MariaDB and MySQL).
    """
    connection, fields = connections[using], tuple(ATTRIBUTES)
    if postgresql.is_possible(connection, Share, fields):
        columns = [list(column) for column in zip(*map(values_of, events), strict=True)]
        parameters = dict(zip(ATTRIBUTES, columns, strict=True))
        return postgresql.insert_and_count_at_once(using, Share, parameters, ROLLUPS)
    stored: dict[UUID, ShareEvent] = {}
    for event in events:
        stored.setdefault(storable_id(connection, event.id), event)
    rows = {id: (id, *values_of(event)[1:]) for id, event in stored.items()}
    new = {stored[id].id for id in insert_new(connection, Share, fields, rows)}
    rollups.add_cells(
        rollups.cells_of(event for event in events if event.id in new), using, ROLLUPS
    )
    return {event.id for event in events} - new
