"""The first step of counting in another time zone: the zone and the watermark change.

Days before the watermark keep the zone they were counted in. The watermark moves to a midnight of
the new zone, and the few shares that it passes are counted in the new zone one last time. From
there on every count can be made from rows, which is what a repair does.
"""

from __future__ import annotations

from django.db import connections

from django_share_analytics.conf import reporting_zone
from django_share_analytics.counts import rollups, state
from django_share_analytics.counts.retention import in_other_zone
from django_share_analytics.models import Share
from django_share_analytics.periods import local_day
from django_share_analytics.sql import locks
from django_share_analytics.sql.transactions import in_transaction
from django_share_analytics.upkeep.differences import ONE_DAY, Span, compare, counted, stored
from django_share_analytics.upkeep.repair import Overtaken, add_to_counts


def adopt_zone(using: str) -> str:
    """Make the zone that is set that of the counts; the zone they were of, ``""`` for the same.

    Afterwards the state says that all since the watermark needs a recount, until that is done.
    """
    return in_transaction(using, lambda: _adopt(using))


def _adopt(using: str) -> str:
    locks.lock_for_writing(connections[using], Share)
    row, zone = state.read(using), reporting_zone()
    was = str(row.reporting_zone)
    if was == str(zone):
        return ""
    watermark = row.retained_from
    if watermark is not None:
        watermark = in_other_zone(watermark, state.stored_zone(was), zone)
        _count_once_more(Span(row.retained_from, watermark, zone), was, using)
    changed = {"reporting_zone": str(zone), "retained_from": watermark, "needs_recount": True}
    if not state.note_repair(using, row.repairs, **changed):
        raise Overtaken
    return was


def _count_once_more(passed: Span, was: str, using: str) -> None:
    """Count the shares that the watermark passes in the new zone, beside what is counted already.

    Days that ended before the old watermark, as they were counted then, are added to. Later ones,
    and hours, hold these shares only, so that what they say is replaced.
    """
    if passed.lower == passed.upper:
        return
    first_day = local_day(passed.lower, state.stored_zone(was))
    last_day = local_day(passed.upper, passed.zone) - ONE_DAY
    for rollup in (rollups.APP_DAY, rollups.APP_PLATFORM_DAY, rollups.SITE_HOUR):
        said = counted(rollup, None, using)
        if "day" in rollup.by:
            said = said.filter(day__range=(first_day, last_day))
        else:
            said = said.filter(hour__gte=passed.lower, hour__lt=passed.upper)
        deltas = compare(rollup, [stored(rollup, passed, using)], said, using)
        add_to_counts(rollup, deltas, using)
