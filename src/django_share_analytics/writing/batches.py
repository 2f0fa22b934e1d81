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
from django_share_analytics.writing import set_aside
from django_share_analytics.writing.writer import WriteResult, record_outcomes, write_shares

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

logger = logging.getLogger(__name__)


def write_batch(events: Sequence[ShareEvent], *, count_unknown: bool = True) -> WriteResult:
    """Write a batch. What the database refuses of it is set aside and counted.

    :raises django.db.Error: the database is away, or takes no share; write the batch again later.
    """
    return write_by_halves(events, _set_refused_aside, count_unknown=count_unknown)


def write_by_halves(
    events: Sequence[ShareEvent],
    refuse: Callable[[ShareEvent, Exception], None],
    *,
    count_unknown: bool = True,
) -> WriteResult:
    """Write a batch. One event that the database refuses doesn't take its neighbours along.

    The batch is halved until the bad event stands alone, and ``refuse`` is told of it. Not so when
    the database would take no share at all, as with a column that the next version added.

    :raises django.db.Error: the database is away, or takes no share; write the batch again later.
    """

    def write(part: Sequence[ShareEvent]) -> WriteResult:
        try:
            return write_shares(part, count_unknown=count_unknown)
        except Exception as error:
            if not errors.is_refusal(error) or (part is events and _takes_no_share()):
                raise
            if len(part) == 1:
                refuse(part[0], error)
                return WriteResult(refused=list(part))
        middle = len(part) // 2
        return write(part[:middle]) + write(part[middle:])

    return write(events)


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


def _set_refused_aside(event: ShareEvent, error: Exception) -> None:
    set_aside.set_event_aside(event, outcomes.REFUSED_BY_DATABASE, error)


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
