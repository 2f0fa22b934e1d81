"""A batch on its way to the writer: what a dispatcher calls when it has gathered some events."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import Error

from . import outcomes, upsert
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

    The batch is halved until the bad event stands alone, which is dropped and counted.

    :raises django.db.Error: the database is away; write the batch again later.
    """
    try:
        return write_shares(events, count_unknown=count_unknown)
    except (Error, ValueError, TypeError) as error:
        if not upsert.is_refusal(error):
            raise
        if len(events) == 1:
            drop(events, outcomes.REFUSED_BY_DATABASE, error)
            return WriteResult()
    middle = len(events) // 2
    parts = [
        record(part, count_unknown=count_unknown) for part in (events[:middle], events[middle:])
    ]
    return WriteResult(
        recorded=parts[0].recorded + parts[1].recorded,
        duplicates=parts[0].duplicates + parts[1].duplicates,
        unknown_app=parts[0].unknown_app + parts[1].unknown_app,
    )


def drop(events: Sequence[ShareEvent], reason: str, error: Exception | None = None) -> None:
    """Give events up: say so in the log and by the signal, and count them."""
    logger.error(
        "Dropped %d share(s), %s; the first is %s",
        len(events),
        reason,
        events[0].id,
        exc_info=error,
    )
    shares_dropped.send_robust(sender=Share, events=list(events), reason=reason)
    record_outcomes({(reason, utc_now()): len(events)})
