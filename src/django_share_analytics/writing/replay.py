"""What was set aside, on its way back to the writer."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django_share_analytics import codec
from django_share_analytics.exceptions import NewerShare
from django_share_analytics.models import SetAside
from django_share_analytics.sql import errors
from django_share_analytics.wording import describe
from django_share_analytics.writing import batches
from django_share_analytics.writing.results import WriteResult

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from django_share_analytics.events import Event

logger = logging.getLogger(__name__)

ROWS_A_BATCH = 200
STAYING = ("unknown_app", "unknown_tenant", "before_retention", "refused")
"""What becomes of events that stay set aside. Whatever else does was the writer's last word."""

Identity = tuple[type, "UUID"]


@dataclass(slots=True)
class Replayed:
    """What became of what had been set aside. Only the recorded and known left."""

    recorded: int = 0
    duplicates: int = 0
    """It was there already, is in another row, or was looked at and is not to be counted."""
    unknown_app: int = 0
    unknown_tenant: int = 0
    """Of a tenant or a database that is gone, or of none on a site of tenants."""
    before_retention: int = 0
    """Older than the shares that are kept: it stays, until somebody gives it up."""
    refused: int = 0
    unreadable: int = 0

    @property
    def left(self) -> int:
        """Those that went back to the writer for good."""
        return self.recorded + self.duplicates

    @property
    def stayed(self) -> int:
        stayed = self.unknown_app + self.unknown_tenant + self.before_retention
        return stayed + self.refused + self.unreadable


def replay(
    rows: QuerySet[SetAside], *, progress: Callable[[int, int], None] | None = None
) -> Replayed:
    """Write these shares again. What can't be written now either stays set aside as it is.

    Safe to repeat, and to interrupt: a share that was written counts once. ``progress`` is called
    with the rows looked at, and how many there are.

    :raises django.db.Error: the database is away.
    """
    replayed = Replayed()
    ids = list(rows.order_by("set_aside_at", "id").values_list("id", flat=True))
    for start in range(0, len(ids), ROWS_A_BATCH):
        _replay_batch(ids[start : start + ROWS_A_BATCH], replayed)
        if progress:
            progress(min(start + ROWS_A_BATCH, len(ids)), len(ids))
    return replayed


def discard(rows: QuerySet[SetAside]) -> int:
    """Give these shares up for good; how many that were."""
    n = SetAside.objects.filter(id__in=list(rows.values_list("id", flat=True))).delete()[0]
    logger.warning("Discarded %d share(s) that had been set aside", n)
    return n


def _replay_batch(ids: Sequence[UUID], replayed: Replayed) -> None:
    """An event may be in several rows: it is written once, and they all go or stay with it."""
    events: dict[Identity, Event] = {}
    rows: defaultdict[Identity, list[UUID]] = defaultdict(list)
    for row in SetAside.objects.filter(id__in=ids):
        if event := event_of(row):
            events[_identity(event)] = event
            rows[_identity(event)].append(row.id)
        else:
            replayed.unreadable += 1
    result = _write(list(events.values()))

    def rows_of(events: Sequence[Event]) -> list[UUID]:
        return [row for event in events for row in rows.pop(_identity(event), ())]

    for outcome in STAYING:
        stayed = rows_of(getattr(result, outcome))
        setattr(replayed, outcome, getattr(replayed, outcome) + len(stayed))
    gone = [row for of_one in rows.values() for row in of_one]
    SetAside.objects.filter(id__in=gone).delete()
    # Beside these, the writer may have written steps that had waited for their shares.
    recorded = len(rows.keys() & set(map(_identity, result.recorded)))
    replayed.recorded += recorded
    replayed.duplicates += len(gone) - recorded


def _identity(event: Event) -> Identity:
    """What tells it from others. A share, a step on a link and an impression are of different
    clients' making, and may have the same id."""
    return type(event), event.id


def _write(events: Sequence[Event]) -> WriteResult:
    try:
        # The share of an unknown app stays, so it isn't counted as given up at each try.
        return batches.write_by_halves(events, batches.set_refused_aside, count_unknown=False)
    except Exception as error:
        if not errors.is_refusal(error):
            raise
        logger.warning("The database takes no share at all: %s", describe(error))
        return WriteResult(refused=list(events))


def event_of(row: SetAside) -> Event | None:
    """What was set aside, if it can be read."""
    try:
        return codec.decode(row.payload.encode())
    except (ValueError, NewerShare):
        return None
