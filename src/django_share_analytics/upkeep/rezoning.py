"""The first step of counting in another time zone: the zone and the watermark change.

A repair makes the counts of a day from its rows. Rows from before the watermark are gone, so the
watermark moves to a midnight of the new zone, on which a day starts of which nothing is counted
yet. The shares between the old watermark and the new one are counted in the new zone here, one last
time: no repair looks at them again. The repair counts the days from the new watermark on.

Which day a share is counted on when the zone was New York and is Kolkata, with the watermark at
midnight of 10 November in New York. It moves to midnight of the 11th in Kolkata:

=====================  ===========  ===========  ===================
shared at, in UTC      in New York  in Kolkata
=====================  ===========  ===========  ===================
before 10 Nov 05:00    up to 9 Nov  up to 9 Nov  as it was: no rows
10 Nov 05:00 to 18:30  10 Nov       10 Nov       counted here
10 Nov 18:30 to 05:00  10 Nov       11 Nov       left to the repair
11 Nov 05:00 to 18:30  11 Nov       11 Nov       left to the repair
=====================  ===========  ===========  ===================

The 10th had counts of all of New York's day. They are replaced by those of the second line. From
Riyadh to New York, whose days start later, the same shares are added to a day that is full already:

=====================  ===========  ===========  ===================
shared at, in UTC      in Riyadh    in New York
=====================  ===========  ===========  ===================
before 9 Nov 21:00     up to 9 Nov  up to 9 Nov  as it was: no rows
9 Nov 21:00 to 05:00   10 Nov       9 Nov        counted here
10 Nov 05:00 to 21:00  10 Nov       10 Nov       left to the repair
10 Nov 21:00 to 05:00  11 Nov       10 Nov       left to the repair
=====================  ===========  ===========  ===================
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connections

from django_share_analytics.conf import reporting_zone
from django_share_analytics.counts import state
from django_share_analytics.counts.retention import in_other_zone
from django_share_analytics.models import Share
from django_share_analytics.periods import DayRange, local_day
from django_share_analytics.sql import locks
from django_share_analytics.sql.transactions import in_transaction
from django_share_analytics.upkeep.differences import compare
from django_share_analytics.upkeep.repair import Overtaken, add_to_counts
from django_share_analytics.upkeep.sides import counted, stored
from django_share_analytics.upkeep.verification import BY_DAY

if TYPE_CHECKING:
    from datetime import datetime, tzinfo


def adopt_zone(using: str) -> None:
    """Make the zone that is set that of the counts.

    Afterwards the state says that all since the watermark needs a recount, until that is done.

    :raises Overtaken: somebody else changes the zone at this moment; look again.
    """
    in_transaction(using, lambda: _adopt(using))


def _adopt(using: str) -> None:
    locks.lock_for_writing(connections[using], Share)
    row, zone = state.read(using), reporting_zone()
    if row.reporting_zone == str(zone):
        return
    watermark = row.retained_from
    if watermark is not None:
        old_zone = state.stored_zone(row.reporting_zone)
        watermark = in_other_zone(row.retained_from, old_zone, zone)
        if watermark > row.retained_from:
            _count_passed(row.retained_from, watermark, old_zone, zone, using)
    changed = {"reporting_zone": str(zone), "retained_from": watermark, "needs_recount": True}
    if not state.note_repair(using, row.repairs, **changed):
        raise Overtaken


def _count_passed(old: datetime, new: datetime, old_zone: tzinfo, zone: tzinfo, using: str) -> None:
    """Count the shares that the watermark passes, from ``old`` to ``new``, in the new zone.

    Days that were over at the old watermark hold shares that are gone: these are added to them.
    Later days, and hours, hold shares whose rows are there: what they say is replaced.
    """
    days = DayRange(local_day(old, zone), local_day(new, zone) - timedelta(days=1), zone)
    replaced = DayRange(local_day(old, old_zone), days.end, zone)
    for rollup in BY_DAY:
        truth = stored(rollup, days, using, since=old)
        if "day" in rollup.by:
            said = counted(rollup, replaced, using)
        else:
            hours = counted(rollup, None, using)
            said = [side.filter(hour__gte=old, hour__lt=new) for side in hours]
        add_to_counts(rollup, compare(rollup, truth, said, using), using)
