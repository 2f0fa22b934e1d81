"""What can't be stored as a share is set aside, so that nothing waits behind it.

Whatever comes is kept: in printable ASCII, which fits every character set, and cut to a length. The
table is small, and what is in it stays until somebody has looked: what finds it full is counted.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connections, router, transaction

from django_share_analytics import codec, outcomes
from django_share_analytics.conf import get_settings
from django_share_analytics.events import (
    MAX_TEXT_LENGTH,
    ImpressionEvent,
    LinkEvent,
    ShareEvent,
    utc_now,
)
from django_share_analytics.models import SetAside, Share
from django_share_analytics.outcomes import MAX_REASON_LENGTH
from django_share_analytics.repeats import repeats
from django_share_analytics.signals import shares_dropped
from django_share_analytics.sql import locks
from django_share_analytics.sql.new_rows import insert_new, storable_id
from django_share_analytics.sql.transactions import in_transaction
from django_share_analytics.wording import describe
from django_share_analytics.writing.writer import record_outcomes

if TYPE_CHECKING:
    from django_share_analytics.events import Event

logger = logging.getLogger(__name__)

MAX_ROWS = 1_000
MAX_PAYLOAD_LENGTH = 20_000
"""Characters kept. No share that ``track_share()`` made is longer, whatever its alphabet."""

STORED_FIELDS = ("id", "payload", "reason", "error", "set_aside_at")
DONE, NO_ROOM = "Set %s aside", "No room to set %s aside"
NOT_PRINTABLE = re.compile(r"[^\t\n -~]")


def set_payload_aside(
    payload: object, reason: str = outcomes.UNREADABLE, error: Exception | None = None
) -> None:
    """Put away what came out of a queue or a file and is no share; then it can be acknowledged.

    An operator looks at it (see ``set_aside_shares``). The same payload counts once.

    :raises django.db.Error: the database is away; set it aside again later.
    """
    text = _text(payload)
    try:
        done = _keep((_digest(text), text, reason, error), router.db_for_write(SetAside))
    except Exception:
        if _is_there_a_table():
            raise
        # A queue of many tenants is read where none of them is, and has to be emptied.
        logger.error("Something is %s, and there is no table here to set it aside", reason)
        return
    if done:
        _say(done % "something", reason, error)


def set_event_aside(event: Event, reason: str, error: Exception | None = None) -> None:
    """Set an event aside that the database will never take. One that comes again is known.

    :raises django.db.Error: the database is away; set it aside again later.
    """
    try:
        text = codec.encode(event).decode()
    except (AttributeError, TypeError, ValueError):
        text = repr(event)
    id = _id(event, text)
    using = event.using or router.db_for_write(SetAside)
    if done := _keep((id, text, reason, error), using):
        if isinstance(event, ShareEvent):
            _say(done % f"the share {id}", reason, error)
            shares_dropped.send_robust(sender=Share, events=[event], reason=reason)
        else:
            _say(done % _what(event), reason, error)


def _what(event: LinkEvent | ImpressionEvent) -> str:
    if isinstance(event, LinkEvent):
        return f"a step on the link of the share {event.share_id}"
    return "an impression"


def _id(event: Event, text: str) -> UUID:
    """Of a step or an impression not its own, which is a client's where nobody knows whose it is: a
    share may have the same."""
    if isinstance(event, LinkEvent):
        return _digest(f"{event.share_id} {event.kind} {event.id}")
    if isinstance(event, ImpressionEvent):
        return _digest(f"impression {event.id}")
    return event.id if isinstance(event.id, UUID) else _digest(text)


def _say(done: str, reason: str, error: Exception | None) -> None:
    """Once a minute for each reason: whatever makes bad shares makes many."""
    if n := repeats.of(f"set aside, {reason}"):
        more = f", the last of {n} since this was said" if n > 1 else ""
        logger.error("%s, %s%s. %s", done, reason, more, describe(error))


def _keep(what: tuple[UUID, str, str, Exception | None], using: str) -> str:
    """Store this if there is room, and count it; what was done. Nothing if it was there already."""
    id, text, reason, error = what
    row = (
        storable_id(connections[using], id),
        _printable(text)[:MAX_PAYLOAD_LENGTH],
        _printable(reason)[:MAX_REASON_LENGTH],
        _printable(describe(error))[:MAX_TEXT_LENGTH],
        utc_now(),
    )
    return in_transaction(using, lambda: _insert(row, using))


def _insert(row: tuple[UUID, str, str, str, object], using: str) -> str:
    connection = connections[using]
    locks.lock_for_writing(connection, SetAside)
    rows, counts = SetAside.objects.using(using), {(row[2], row[4]): 1}
    if rows.count() < MAX_ROWS:
        if not insert_new(connection, SetAside, STORED_FIELDS, {row[0]: row}):
            return ""
        done = DONE
    elif rows.filter(id=row[0]).exists():
        return ""
    else:
        counts[outcomes.SET_ASIDE_FULL, row[4]] = 1
        done = NO_ROOM
    record_outcomes(counts, using=using)
    return done


def _is_there_a_table() -> bool:
    """Where this is. A router of tenants may say of no database where none of them is."""
    try:
        using = router.db_for_write(SetAside)
    except Exception:
        return not get_settings().tenant
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        return SetAside._meta.db_table in connection.introspection.table_names(cursor)


def _text(payload: object) -> str:
    if isinstance(payload, bytes):
        return payload.decode("utf-8", "surrogateescape")
    return payload if isinstance(payload, str) else repr(payload)


def _digest(text: str) -> UUID:
    """An id that the same text always gets."""
    digest = hashlib.sha1(text.encode("utf-8", "surrogatepass"), usedforsecurity=False)
    return UUID(bytes=digest.digest()[:16], version=5)


def _printable(text: str) -> str:
    """``text`` with JSON's escapes for all but ASCII: what was JSON stays the same JSON."""
    return NOT_PRINTABLE.sub(lambda found: json.dumps(found[0])[1:-1], text)
