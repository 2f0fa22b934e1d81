"""A batch on its way to the writer: what a dispatcher calls when it has gathered some events."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import router, transaction

from django_share_analytics import outcomes
from django_share_analytics.conf import get_app_model
from django_share_analytics.events import ShareEvent, utc_now
from django_share_analytics.models import Share
from django_share_analytics.signals import shares_dropped
from django_share_analytics.sql import errors
from django_share_analytics.writing import set_aside as poison
from django_share_analytics.writing.writer import WriteResult, record_outcomes, write_shares

if TYPE_CHECKING:
    from collections.abc import Sequence

logger = logging.getLogger(__name__)


def write_batch(events: Sequence[ShareEvent], *, count_unknown: bool = True) -> WriteResult:
    """Write a batch. One event that the database refuses doesn't take its neighbours along.

    The batch is halved until the bad event stands alone, which is set aside and counted. Not so
    when the database would take no share at all, as with a column that the next version added.

    :raises django.db.Error: the database is away, or takes no share; write the batch again later.
    """
    return _write(events, count_unknown=count_unknown, is_whole=True)


def _write(events: Sequence[ShareEvent], *, count_unknown: bool, is_whole: bool) -> WriteResult:
    try:
        return write_shares(events, count_unknown=count_unknown)
    except Exception as error:
        if not errors.is_refusal(error) or (is_whole and _takes_no_share()):
            raise
        if len(events) == 1:
            _refuse(events[0], error)
            return WriteResult()
    middle = len(events) // 2
    parts = [
        _write(part, count_unknown=count_unknown, is_whole=False)
        for part in (events[:middle], events[middle:])
    ]
    return WriteResult(
        recorded=parts[0].recorded + parts[1].recorded,
        duplicates=parts[0].duplicates + parts[1].duplicates,
        unknown_app=parts[0].unknown_app + parts[1].unknown_app,
        before_retention=parts[0].before_retention + parts[1].before_retention,
    )


def _takes_no_share() -> bool:
    """Whether the database refuses even a share with nothing special about it.

    Found out by writing one, and undoing that. So bad shares in any number hold up no good one.
    """
    using = router.db_for_write(Share)
    app_id = get_app_model()._base_manager.using(using).values_list("pk", flat=True).first()
    try:
        with transaction.atomic(using=using):
            write_shares([ShareEvent(app_id, "copy")])
            transaction.set_rollback(True, using=using)
    except Exception as error:
        if not errors.is_refusal(error):
            raise
        return app_id is not None
    return False


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
