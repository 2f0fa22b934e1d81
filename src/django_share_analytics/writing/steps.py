"""What became of shares is stored and counted: in the transaction that writes the batch.

::

    link events ─┐                          ┌─ another app's, the sharer's own: counted by reason
    shares with  ├─ the shares they are of ─┼─ no such share: waits for it (see .waiting)
    a ``via``   ─┘                          └─ rows, with facts and clicks that they bring
                                                └─ those that are new: counted by the share's day

The apps of all of them are locked before, as whoever deletes shares locks these first: so no share
that is found here can go before the commit.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connections

from django_share_analytics import outcomes
from django_share_analytics.counts import retention
from django_share_analytics.counts.rollups import quarter_of
from django_share_analytics.counts.steps import (
    StepCell,
    add_step_cells,
    placed_shares,
)
from django_share_analytics.events import LinkEvent
from django_share_analytics.models import LinkStep, Share
from django_share_analytics.sql.new_rows import insert_new, storable_id
from django_share_analytics.sql.reading import rows_with
from django_share_analytics.steps import (
    CLICK,
    FACT_OF,
    FACT_VERSION,
    RESHARE,
    ROBOT,
    age_of,
    fact_id,
)
from django_share_analytics.writing import waiting

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from django_share_analytics.events import ShareEvent
    from django_share_analytics.writing.results import WriteResult


class Parent(NamedTuple):
    """What is known of a share of which something became."""

    app: Any
    platform: str
    placement: str
    timestamp: datetime
    visitor: int | None


class StepRow(NamedTuple):
    """A row, in the order of its columns."""

    id: UUID
    share: UUID
    kind: str
    detail: str
    timestamp: datetime


COLUMNS = StepRow._fields

STORED, WAITS = "stored", "waits"
COUNTED = {outcomes.OWN, outcomes.BOT, outcomes.UNKNOWN_SHARE, outcomes.OTHER_APP}
IS_ROOT = "is_root"
"""A share that names as its parent a younger one, or itself: forged, or a circle."""


@dataclass(slots=True)
class StepResult:
    """What became of the link events of a batch, and of re-shares, by reason."""

    by_reason: dict[str, list[LinkEvent]] = field(default_factory=dict)
    of_shares: list[datetime] = field(default_factory=list)
    """When the shares were made of which something was stored."""
    counted: list[datetime] = field(default_factory=list)
    """When the steps, and shares with a placement, were made that were counted."""

    def note(self, reason: str, event: LinkEvent) -> None:
        self.by_reason.setdefault(reason, []).append(event)

    def add_to(self, result: WriteResult) -> None:
        """Put each link event of the batch in its list. Re-shares are in the lists of shares."""
        lists: dict[str, Any] = {
            STORED: result.recorded,
            outcomes.DUPLICATE: result.duplicates,
            WAITS: result.waiting,
        }
        for reason, events in self.by_reason.items():
            lists.get(reason, result.not_counted).extend(
                event for event in events if event.kind != RESHARE
            )

    def outcomes(self) -> Counter[tuple[str, datetime]]:
        """Why events were not recorded, with when they were made."""
        return Counter(
            (reason, event.timestamp)
            for reason, events in self.by_reason.items()
            if reason in COUNTED
            for event in events
        )


def reshare_of(event: ShareEvent, using: str) -> LinkEvent:
    """What a share with a ``via`` is to the share by whose link its sharer came; by the id that it
    is stored under."""
    assert event.via is not None
    return LinkEvent(
        share_id=event.via,
        kind=RESHARE,
        app_id=event.app_id,
        id=storable_id(connections[using], event.id),
        timestamp=event.timestamp,
        visitor=event.visitor,
    )


def of_apps(events: Sequence[LinkEvent], using: str) -> list[LinkEvent]:
    """The events, each with the app of its share where it names none itself."""
    unnamed = {event.share_id for event in events if event.app_id is None}
    if not unnamed:
        return list(events)
    apps: dict[UUID, Any] = dict(rows_with(Share, "id", unnamed, ("id", "app"), using))
    return [
        replace(event, app_id=apps.get(event.share_id)) if event.app_id is None else event
        for event in events
    ]


def write_steps(
    events: Sequence[LinkEvent], recorded: Sequence[ShareEvent], apps: set[Any], using: str
) -> StepResult:
    """Store and count the steps that are not there yet.

    ``recorded`` are the shares that this transaction has stored. ``apps`` are there, and locked;
    those of all these are among them. If any are ``counted``, whoever calls this says so last of
    all, by :func:`.counts.steps.note_steps`.

    :raises WriteConflict: another writer inserted one of them meanwhile (MariaDB and MySQL).
    """
    result = StepResult()
    asked = [event for event in events if not _is_robots(event, result)]
    asked += [reshare_of(event, using) for event in recorded if _has_parent(event, using)]
    if not asked and not recorded:
        return result
    shares = _parents(recorded, {event.share_id for event in asked}, using)
    taken = waiting.take_up((id for id, share in shares.items() if share.app in apps), using)
    wanted = _wanted([*asked, *taken], shares, apps, result)
    rows = _rows(wanted)
    new = insert_new(connections[using], LinkStep, COLUMNS, rows) if rows else set()
    _tell(wanted, new, result)
    _wait(result, using)
    stored = [(step, shares[step.share]) for step in map(rows.__getitem__, new)]
    _count(stored, recorded, result, using)
    result.of_shares = [share.timestamp for _, share in stored]
    return result


def _is_robots(event: LinkEvent, result: StepResult) -> bool:
    """As a process says it from before there were gates: see :data:`..steps.ROBOT`."""
    if event.kind == ROBOT:
        result.note(outcomes.BOT, event)
        return True
    return False


def _has_parent(event: ShareEvent, using: str) -> bool:
    """Whether it says so. An id that the database would not take was never that of a share with a
    link; and one with the form of a fact's is forged, to stand in that one's place."""
    if event.via is None or event.id.version == FACT_VERSION:
        return False
    return event.via == storable_id(connections[using], event.via)


def _parents(recorded: Sequence[ShareEvent], asked: set[UUID], using: str) -> dict[UUID, Parent]:
    """The shares that events speak of, and those that were just stored."""
    shares = {
        event.id: Parent(
            event.app_id, event.platform, event.placement, event.timestamp, event.visitor
        )
        for event in recorded
    }
    unknown = asked - shares.keys()
    if not unknown:
        return shares
    rows = rows_with(Share, "id", unknown, ("id", *Parent._fields), using)
    found = {id: Parent(*values) for id, *values in rows}
    # What is being pruned is gone already: nobody could tell which of its steps are counted.
    kept_from = retention.look((share.timestamp for share in found.values()), using).kept_from
    shares.update(
        (id, share)
        for id, share in found.items()
        if kept_from is None or share.timestamp >= kept_from
    )
    return shares


def _wanted(
    events: Iterable[LinkEvent],
    shares: Mapping[UUID, Parent],
    apps: Collection[Any],
    result: StepResult,
) -> list[LinkEvent]:
    """The events that are to be stored, the earliest first. ``apps`` are those that are locked."""
    wanted = []
    for event in sorted(events, key=attrgetter("timestamp")):
        share = shares.get(event.share_id)
        if share is None or (event.app_id is None and share.app not in apps):
            reason: str | None = WAITS  # the share came after apps were locked, and its own may go
        else:
            reason = _why_not(event, share)
        if reason is None:
            wanted.append(event)
        else:
            result.note(reason, event)
    return wanted


def _rows(events: Iterable[LinkEvent]) -> dict[UUID, StepRow]:
    """What is stored of these, by id. A fact is that of the earliest."""
    rows: dict[UUID, StepRow] = {}
    for event in events:
        for step in _steps_of(event):
            rows.setdefault(step.id, step)
    return rows


def _why_not(event: LinkEvent, share: Parent) -> str | None:
    if event.app_id not in (None, share.app):
        return outcomes.OTHER_APP
    if event.kind == RESHARE and (share.timestamp, event.share_id) >= (event.timestamp, event.id):
        return IS_ROOT
    if event.visitor is not None and event.visitor == share.visitor:
        return outcomes.OWN
    return None


def _steps_of(event: LinkEvent) -> Iterable[StepRow]:
    yield StepRow(event.id, event.share_id, event.kind, event.detail, event.timestamp)
    if event.click_id is not None:
        yield StepRow(event.click_id, event.share_id, CLICK, "", event.timestamp)
    if fact := FACT_OF.get(event.kind):
        yield StepRow(fact_id(event.share_id, fact), event.share_id, fact, "", event.timestamp)


def _tell(events: Iterable[LinkEvent], new: set[UUID], result: StepResult) -> None:
    """Which were stored. Of several with the same id all but one are duplicates."""
    left = set(new)
    for event in events:
        result.note(STORED if event.id in left else outcomes.DUPLICATE, event)
        left.discard(event.id)


def _wait(result: StepResult, using: str) -> None:
    """Keep what has no share yet; what there is no room for is unknown."""
    if homeless := result.by_reason.pop(WAITS, []):
        kept = waiting.hold(homeless, using)
        for event in homeless:
            result.note(WAITS if event.id in kept else outcomes.UNKNOWN_SHARE, event)


def _count(
    stored: Sequence[tuple[StepRow, Parent]],
    recorded: Sequence[ShareEvent],
    result: StepResult,
    using: str,
) -> None:
    cells = Counter(_cell(step, share) for step, share in stored)
    placed = [event for event in recorded if event.placement]
    cells.update(
        placed_shares(
            Counter(
                (event.app_id, event.platform, event.placement, quarter_of(event.timestamp))
                for event in placed
            )
        )
    )
    if cells:
        add_step_cells(cells, using)
        result.counted.extend(event.timestamp for event in placed)
        result.counted.extend(step.timestamp for step, _ in stored)


def _cell(step: StepRow, share: Parent) -> StepCell:
    return StepCell(
        share.app,
        share.platform,
        share.placement,
        quarter_of(share.timestamp),
        step.kind,
        step.detail,
        age_of(step.timestamp - share.timestamp),
    )
