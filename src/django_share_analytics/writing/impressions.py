"""Which placements came into sight: the writer's part of it.

The counts are all that is read. A row says that a page view is counted, for as long as a queue may
bring it again.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connections

from django_share_analytics import outcomes
from django_share_analytics.conf import reporting_zone
from django_share_analytics.events import utc_now
from django_share_analytics.models import Impression, ImpressionDay
from django_share_analytics.periods import local_day
from django_share_analytics.sql import upsert
from django_share_analytics.sql.new_rows import insert_new, storable_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from django_share_analytics.events import ImpressionEvent
    from django_share_analytics.writing.results import WriteResult

KEPT = timedelta(days=7)
LATEST = timedelta(days=6)
"""What comes later is not counted. Less than rows are kept: whoever deletes them is never ahead of
whoever inserts, whatever their clocks say."""
ROWS_A_PORTION, PORTIONS = 1_000, 50
"""How many rows a statement deletes, and how many statements a round has."""


def write_impressions(
    events: Sequence[ImpressionEvent], result: WriteResult, using: str
) -> Counter[tuple[str, datetime]]:
    """Count those that are not there yet, and say of each in ``result`` what became of it.

    Returns why events were not recorded, where ``result`` does not say it. Rows come before counts,
    and these are the last rows but outcomes that a writer's transaction touches.

    :raises WriteConflict: another writer inserted one of them meanwhile (MariaDB and MySQL).
    """
    if not events:
        return Counter()
    # From processes from before there were gates.
    robots = [event for event in events if not event.weight]
    result.not_counted.extend(robots)
    asked = _in_time([event for event in events if event.weight], result)
    recorded = _insert(asked, result, using)
    result.recorded.extend(recorded)
    if sums := _sums(recorded):
        upsert.add_sums(connections[using], ImpressionDay, ("day", "placement"), sums)
    return Counter((outcomes.BOT, event.timestamp) for event in robots)


def forget_impressions(using: str) -> int:
    """Delete the rows that nobody asks for any more; how many they were."""
    deleted = 0
    for _ in range(PORTIONS):
        old = Impression.objects.using(using).filter(timestamp__lt=utc_now() - KEPT)
        # By key, so that on MariaDB nothing is locked but these rows.
        ids = sorted(old.values_list("pk", flat=True).order_by("timestamp")[:ROWS_A_PORTION])
        if ids:
            deleted += Impression.objects.using(using).filter(pk__in=ids)._raw_delete(using)
        if len(ids) < ROWS_A_PORTION:
            break
    return deleted


def _in_time(events: Iterable[ImpressionEvent], result: WriteResult) -> list[ImpressionEvent]:
    oldest = utc_now() - LATEST
    in_time: list[ImpressionEvent] = []
    for event in events:
        (in_time if event.timestamp >= oldest else result.before_retention).append(event)
    return in_time


def _insert(
    events: Sequence[ImpressionEvent], result: WriteResult, using: str
) -> list[ImpressionEvent]:
    """Those that were not there: of several with the same id the first."""
    connection = connections[using]
    rows: dict[UUID, tuple[UUID, datetime]] = {}
    for event in events:
        id = storable_id(connection, event.id)
        rows.setdefault(id, (id, event.timestamp))
    left = insert_new(connection, Impression, ("id", "timestamp"), rows) if rows else set()
    new: list[ImpressionEvent] = []
    for event in events:
        id = storable_id(connection, event.id)
        (new if id in left else result.duplicates).append(event)
        left.discard(id)
    return new


def _sums(events: Iterable[ImpressionEvent]) -> Counter[tuple[date, str]]:
    zone = reporting_zone()
    sums: Counter[tuple[date, str]] = Counter()
    for event in events:
        for placement in set(event.placements):
            sums[local_day(event.timestamp, zone), placement] += event.weight
    return sums
