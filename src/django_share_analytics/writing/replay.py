"""What was set aside, on its way back to the writer."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django_share_analytics import codec
from django_share_analytics.models import SetAside
from django_share_analytics.sql import errors
from django_share_analytics.writing import batches
from django_share_analytics.writing.writer import WriteResult

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from django_share_analytics.events import ShareEvent

logger = logging.getLogger(__name__)

BATCH_SIZE = 200
OUTCOMES = ("duplicates", "before_retention", "unknown_app", "recorded")
"""The lists of a :class:`WriteResult`. An id that is in several is what the last of them says."""
SETTLED = {"recorded", "duplicates"}
"""The outcomes of shares that are stored: their rows go."""


@dataclass(slots=True)
class Replayed:
    """What became of shares that had been set aside. Only the recorded and known ones left."""

    recorded: int = 0
    duplicates: int = 0
    """Such a share was there already."""
    unknown_app: int = 0
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
        return self.unknown_app + self.before_retention + self.refused + self.unreadable


def replay(rows: QuerySet[SetAside]) -> Replayed:
    """Write these shares again. What can't be written now either stays set aside as it is.

    Safe to repeat, and to interrupt: a share that was written counts once.

    :raises django.db.Error: the database is away.
    """
    replayed = Replayed()
    ids = list(rows.order_by("set_aside_at", "id").values_list("id", flat=True))
    for start in range(0, len(ids), BATCH_SIZE):
        _replay_batch(ids[start : start + BATCH_SIZE], replayed)
    return replayed


def discard(rows: QuerySet[SetAside]) -> int:
    """Give these shares up for good; how many that were."""
    n = SetAside.objects.filter(id__in=list(rows.values_list("id", flat=True))).delete()[0]
    logger.warning("Discarded %d share(s) that had been set aside", n)
    return n


def _replay_batch(ids: Sequence[UUID], replayed: Replayed) -> None:
    rows = list(SetAside.objects.filter(id__in=ids))
    events = {row.id: event for row in rows if (event := _event(row)) is not None}
    became = _became(events, _record(list(events.values())))
    gone = [id for id, outcome in became.items() if outcome in SETTLED]
    SetAside.objects.filter(id__in=gone).delete()
    for outcome in became.values():
        setattr(replayed, outcome, getattr(replayed, outcome) + 1)
    replayed.unreadable += len(rows) - len(events)


def _record(events: Sequence[ShareEvent]) -> WriteResult:
    try:
        # The share of an unknown app stays, so it isn't counted as given up at each try.
        return batches.write_batch(events, count_unknown=False)
    except Exception as error:
        if not errors.is_refusal(error):
            raise
        logger.warning("The database takes no share at all: %s", error)
        return WriteResult()


def _became(events: Mapping[UUID, ShareEvent], result: WriteResult) -> dict[UUID, str]:
    """What became of the event of each row, by the row's id, as :class:`Replayed` names it.

    A share may have two rows: the writer calls the second a duplicate, whatever became of the
    first, so a duplicate is only what nothing else is known of.
    """
    known = {event.id: name for name in OUTCOMES for event in getattr(result, name)}
    became = {}
    for row_id, event in events.items():
        became[row_id] = known.get(event.id, "refused")
        if became[row_id] == "recorded":
            known[event.id] = "duplicates"
    return became


def _event(row: SetAside) -> ShareEvent | None:
    try:
        return codec.decode(row.payload.encode())
    except ValueError:
        return None
