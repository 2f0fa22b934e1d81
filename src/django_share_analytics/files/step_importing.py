"""What became of shares comes in from a CSV file of its own, through the writer, as all others.

The shares come first. What is of one that isn't there is set aside and not kept until it comes, as
nobody can tell when that is: the file may be imported again, and each line of it counts once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from django.db import connections, router

from django_share_analytics import outcomes
from django_share_analytics.conf import get_settings
from django_share_analytics.counts.retention import retained_from
from django_share_analytics.files.importing import FileImporter
from django_share_analytics.files.step_lines import StepLineReader
from django_share_analytics.models import LinkStep, Share
from django_share_analytics.places import current_tenant
from django_share_analytics.sql.new_rows import storable_id
from django_share_analytics.steps import RESHARE
from django_share_analytics.wording import describe
from django_share_analytics.writing.batches import write_by_halves

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime, tzinfo
    from typing import Any
    from uuid import UUID

    from django_share_analytics.events import Event, LinkEvent
    from django_share_analytics.files.importing import Rejected
    from django_share_analytics.files.records import Record

NOT_YOUNGER = "it is not younger than the share by whose link it came"


class StoredShare(NamedTuple):
    """What a step has to know of its share."""

    app: Any
    timestamp: datetime


class StepImporter(FileImporter["LinkEvent"]):
    """Imports steps, of the shares that are there."""

    def __init__(
        self,
        lines: Iterable[str],
        reject: Callable[[Rejected], None],
        *,
        columns: Mapping[str, str] | None = None,
        zone: tzinfo | None = None,
    ) -> None:
        """:raises BadHeader: the first line doesn't name the columns of steps."""
        super().__init__(lines, reject, lambda header: StepLineReader(header, columns, zone))

    def _write(self, events: Sequence[tuple[Record, LinkEvent]]) -> None:
        if get_settings().tenant and not current_tenant():
            for line, _ in events:
                self._set_aside_for(line, outcomes.UNKNOWN_TENANT)
            return
        using = router.db_for_write(Share)
        wanted = self._of_shares(events, using)
        lines: dict[Event, Record] = {event: line for line, event in wanted}
        refused: set[UUID] = set()

        def refuse(event: Event, error: Exception) -> None:
            refused.add(event.id)
            self._set_aside(lines[event], outcomes.REFUSED_BY_DATABASE, describe(error))

        there = _stored({event.id for _, event in wanted}, using)
        write_by_halves([event for _, event in wanted], refuse, count_unknown=False)
        new = _stored({event.id for _, event in wanted}, using) - there
        for line, event in wanted:
            if event.id in new:
                new.remove(event.id)
                there.add(event.id)
                self.imported.recorded += 1
            elif event.id in there:
                self.imported.duplicates += 1
            elif event.id not in refused:  # the share was deleted at this moment
                self._set_aside_for(line, outcomes.UNKNOWN_SHARE)

    def _of_shares(
        self, events: Sequence[tuple[Record, LinkEvent]], using: str
    ) -> list[tuple[Record, LinkEvent]]:
        """Those that the writer would store, with the app of their share, by its id as stored."""
        named = [(line, _as_stored(event, using)) for line, event in events]
        ids = {id for _, event in named for id in (event.share_id, event.id)}
        rows = Share.objects.using(using).filter(pk__in=ids)
        shares = {
            pk: StoredShare(app, at) for pk, app, at in rows.values_list("pk", "app", "timestamp")
        }
        watermark, wanted = retained_from(using), []
        for line, event in named:
            share, child = shares.get(event.share_id), shares.get(event.id)
            if share is None or (event.kind == RESHARE and child is None):
                self._set_aside_for(line, outcomes.UNKNOWN_SHARE)
            elif watermark is not None and share.timestamp < watermark:
                self._set_aside_for(line, outcomes.BEFORE_RETENTION)
            elif event.kind == RESHARE and child is not None and child.app != share.app:
                self._set_aside_for(line, outcomes.OTHER_APP)
            elif event.kind == RESHARE and _is_not_younger(event, share):
                self._set_aside(line, outcomes.UNREADABLE, NOT_YOUNGER)
            else:
                wanted.append((line, replace(event, app_id=share.app)))
        return wanted


def _as_stored(event: LinkEvent, using: str) -> LinkEvent:
    """With ids that the database takes: those under which an import of shares has stored them."""
    connection = connections[using]
    id, share_id = storable_id(connection, event.id), storable_id(connection, event.share_id)
    return replace(event, id=id, share_id=share_id)


def _is_not_younger(event: LinkEvent, share: StoredShare) -> bool:
    return (event.timestamp, event.id) <= (share.timestamp, event.share_id)


def _stored(ids: Collection[UUID], using: str) -> set[UUID]:
    rows = LinkStep.objects.using(using).filter(pk__in=ids)
    return set(rows.values_list("pk", flat=True))
