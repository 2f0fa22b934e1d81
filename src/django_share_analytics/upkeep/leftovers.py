"""What could not be stored and lies elsewhere: as old as a share, it goes as a share does.

In the table of what is set aside, and in files beside a journal. The numbers of what was not
recorded stay.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import router

from django_share_analytics import codec
from django_share_analytics.conf import get_settings
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.events import without_person
from django_share_analytics.models import SetAside
from django_share_analytics.wording import describe
from django_share_analytics.writing.replay import event_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django_share_analytics.events import Event

logger = logging.getLogger(__name__)


def blank_set_aside(before: datetime) -> int:
    """Empty what is personal in what was set aside and is older than ``before``; how many rows.

    What can't be read goes whole: nobody can say what of it is personal.
    """
    return sum(_blank(row, event) for row, event in _set_aside_before(before))


def delete_set_aside(before: datetime) -> int:
    """Delete what was set aside and is older than ``before``: it could not come in any more."""
    return sum(row.delete()[0] for row, _ in _set_aside_before(before))


def remove_bad_files(before: datetime) -> int:
    """Remove the files of what can't be read, on this machine, that are older than ``before``."""
    n = 0
    for alias in get_settings().dispatchers:
        try:
            n += dispatchers[alias].remove_bad_files(before)
        except Exception as error:  # a file of another user's, a broker that is away
            logger.error("Old files of what can't be read stay with %r: %s", alias, describe(error))
    return n


def set_aside_rows() -> Iterator[tuple[SetAside, Event | None]]:
    """All that is set aside, and what it is an event of, if it can be read. The table is small."""
    for row in SetAside.objects.using(router.db_for_write(SetAside)).order_by("id"):
        yield row, event_of(row)


def blank_payload(row: SetAside, event: Event) -> bool:
    """Empty what is personal in the payload; whether there was anything."""
    blank = without_person(event)
    if blank == event:
        return False
    rows = SetAside.objects.using(row._state.db).filter(pk=row.pk, payload=row.payload)
    return bool(rows.update(payload=codec.encode(blank).decode()))


def _set_aside_before(before: datetime) -> Iterator[tuple[SetAside, Event | None]]:
    for row, event in set_aside_rows():
        # The time of an event may be anything, where that is why it was refused.
        if min(row.set_aside_at, event.timestamp if event else row.set_aside_at) < before:
            yield row, event


def _blank(row: SetAside, event: Event | None) -> bool:
    return bool(row.delete()[0]) if event is None else blank_payload(row, event)
