"""Steps on the links of shares that are not there yet.

A link says all that it needs, so it works before its share is written, which may lie in a queue or
in a dead worker's journal. What is seen until then waits for an hour; the table has an end, as
anybody can make up links.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import connections
from django.db.models import Exists, OuterRef

from django_share_analytics.events import LinkEvent, utc_now
from django_share_analytics.keys import app_key_field
from django_share_analytics.models import Share, WaitingStep
from django_share_analytics.sql.new_rows import insert_new
from django_share_analytics.sql.reading import rows_with
from django_share_analytics.steps import RESHARE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from uuid import UUID

MAX_WAITING = 10_000
MAX_WAIT = timedelta(hours=1)

WAITING_COLUMNS = (
    "id", "share_id", "app_key", "kind", "detail", "timestamp", "visitor", "click_id", "since"
)  # fmt: skip


def hold(events: Sequence[LinkEvent], using: str) -> set[UUID]:
    """Keep these until their shares come; the ids of those that wait now.

    Those beyond ``MAX_WAITING`` don't.
    """
    room = MAX_WAITING - WaitingStep.objects.using(using).count()
    now = utc_now()
    rows = {event.id: _row(event, now) for event in events[: max(room, 0)]}
    if rows:
        insert_new(connections[using], WaitingStep, WAITING_COLUMNS, rows)
    return set(rows)


def take_up(share_ids: Iterable[UUID], using: str) -> list[LinkEvent]:
    """What waits for these shares, which are there; it waits no longer.

    A re-share that was deleted meanwhile is none.
    """
    if not WaitingStep.objects.using(using).exists():
        return []  # nearly always, and to look for hundreds of shares takes longer
    found = rows_with(WaitingStep, "share_id", set(share_ids), ("id",), using)
    if not found:
        return []
    waiting = WaitingStep.objects.using(using).filter(pk__in=[id for (id,) in found])
    rows = list(waiting)
    waiting.delete()
    children = {row.pk for row in rows if row.kind == RESHARE}
    there = set(Share.objects.using(using).filter(pk__in=children).values_list("pk", flat=True))
    return [_event(row) for row in rows if row.pk in there or row.kind != RESHARE]


def forget_old(using: str) -> int:
    """Forget what has waited for too long; how many they were."""
    old = WaitingStep.objects.using(using).filter(since__lt=utc_now() - MAX_WAIT)
    return int(old._raw_delete(using))


def forget(ids: Collection[UUID], using: str) -> None:
    """Let these wait no longer: the writer has said what becomes of them."""
    WaitingStep.objects.using(using).filter(pk__in=ids)._raw_delete(using)


def overdue(using: str, limit: int = 500) -> list[LinkEvent]:
    """What waits although its share is there, as both were written at the same moment."""
    share = Share.objects.using(using).filter(pk=OuterRef("share_id"))
    rows = WaitingStep.objects.using(using).filter(Exists(share))[:limit]
    return [_event(row) for row in rows]


def _row(event: LinkEvent, now: Any) -> tuple[Any, ...]:
    return (
        event.id,
        event.share_id,
        "" if event.app_id is None else str(event.app_id),
        event.kind,
        event.detail,
        event.timestamp,
        event.visitor,
        event.click_id,
        now,
    )


def _event(row: WaitingStep) -> LinkEvent:
    return LinkEvent(
        share_id=row.share_id,
        kind=row.kind,
        app_id=app_key_field().to_python(row.app_key) if row.app_key else None,
        id=row.pk,
        timestamp=row.timestamp,
        detail=row.detail,
        visitor=row.visitor,
        click_id=row.click_id,
    )
