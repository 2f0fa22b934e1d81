"""A batch on its way to the writer: what a dispatcher calls when it has gathered some events."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import router, transaction

from django_share_analytics import outcomes
from django_share_analytics.conf import get_app_model
from django_share_analytics.events import ShareEvent, utc_now
from django_share_analytics.models import Share
from django_share_analytics.signals import shares_dropped
from django_share_analytics.sql import errors
from django_share_analytics.writing import set_aside
from django_share_analytics.writing.charsets import as_it_is, next_spelling
from django_share_analytics.writing.writer import WriteResult, record_outcomes, write_shares

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django_share_analytics.writing.charsets import Spelling

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
    the database would take no share at all, as with a column that the next version added. Texts for
    which it has no characters are spelt with those that it has.

    :raises django.db.Error: the database is away, or takes no share; write the batch again later.
    """

    def write(part: Sequence[ShareEvent], spelling: Spelling = as_it_is) -> WriteResult:
        try:
            return _write_spelt(part, spelling, count_unknown=count_unknown)
        except Exception as error:
            if errors.is_lack_of_characters(error) and (other := next_spelling(spelling, part)):
                return write(part, other)
            is_whole = len(part) == len(events)
            if not errors.is_refusal(error) or (is_whole and _takes_no_share()):
                raise
            if len(part) == 1:
                refuse(part[0], error)
                return WriteResult(refused=list(part))
        middle = len(part) // 2
        return write(part[:middle], spelling) + write(part[middle:], spelling)

    return write(events)


def _write_spelt(
    events: Sequence[ShareEvent], spelling: Spelling, *, count_unknown: bool
) -> WriteResult:
    """Write them in another spelling. What is not written is told as it came."""
    if spelling is as_it_is:
        return write_shares(events, count_unknown=count_unknown)
    spelt = [spelling(event) for event in events]
    came = {id(other): event for other, event in zip(spelt, events, strict=True)}
    result = write_shares(spelt, count_unknown=count_unknown)
    dropped = {
        name: [came.get(id(event), event) for event in getattr(result, name)]
        for name in ("duplicates", "unknown_app", "before_retention")
    }
    return replace(result, **dropped)


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
