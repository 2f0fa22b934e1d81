"""A batch on its way to the writer: what a dispatcher calls when it has gathered some events."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from . import outcomes, poison, upsert
from .events import utc_now
from .models import Share
from .signals import shares_dropped
from .writer import WriteResult, record_outcomes, write_shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .events import ShareEvent

logger = logging.getLogger(__name__)


def record(events: Sequence[ShareEvent], *, count_unknown: bool = True) -> WriteResult:
    """Write a batch. One event that the database refuses doesn't take its neighbours along.

    The batch is halved until the bad event stands alone, which is set aside and counted.

    :raises django.db.Error: the database is away; write the batch again later.
    """
    try:
        return write_shares(events, count_unknown=count_unknown)
    except Exception as error:
        if not upsert.is_refusal(error):
            raise
        if len(events) == 1:
            _refuse(events[0], error)
            return WriteResult()
    middle = len(events) // 2
    parts = [
        record(part, count_unknown=count_unknown) for part in (events[:middle], events[middle:])
    ]
    return WriteResult(
        recorded=parts[0].recorded + parts[1].recorded,
        duplicates=parts[0].duplicates + parts[1].duplicates,
        unknown_app=parts[0].unknown_app + parts[1].unknown_app,
        before_retention=parts[0].before_retention + parts[1].before_retention,
    )


def set_aside(
    payload: str | bytes, reason: str = outcomes.UNREADABLE, error: Exception | None = None
) -> None:
    """Put away what came out of a queue or a file and is no share; then it can be acknowledged.

    An operator looks at it (see ``set_aside_shares``). The same payload counts once.

    :raises django.db.Error: the database is away; set it aside again later.
    """
    if poison.keep(payload, reason, error):
        logger.error("Set something aside, %s: %.200r", reason, payload, exc_info=error)


def _refuse(event: ShareEvent, error: Exception) -> None:
    """Set a share aside that the database will never take. One that comes again is known."""
    reason = outcomes.REFUSED_BY_DATABASE
    if poison.keep_event(event, reason, error):
        logger.error("Set the share %s aside, %s", event.id, reason, exc_info=error)
        shares_dropped.send_robust(sender=Share, events=[event], reason=reason)


def drop(events: Sequence[ShareEvent], reason: str, *, is_counted: bool = True) -> None:
    """Give events up: say so in the log and by the signal, and count them."""
    logger.error(
        "Dropped %d share(s), %s; the first is %s",
        len(events),
        reason,
        events[0].id,
    )
    shares_dropped.send_robust(sender=Share, events=list(events), reason=reason)
    if is_counted:
        record_outcomes({(reason, utc_now()): len(events)})
