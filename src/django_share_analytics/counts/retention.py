"""How far back shares are kept row by row, and that nothing older comes in again.

What is older than the watermark has been counted and deleted. An event of that time may be one of
those shares, sent once more, so it is refused: nobody could tell any longer.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django_share_analytics.conf import reporting_zone
from django_share_analytics.counts import state
from django_share_analytics.events import utc_now
from django_share_analytics.exceptions import WriteConflict
from django_share_analytics.periods import day_start, local_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, tzinfo

    from django_share_analytics.events import ShareEvent

MIN_DAYS = 7
"""Shares are kept for so long at least, and queues and journals are emptied long before."""

LOOK_BACK = timedelta(days=MIN_DAYS - 3)
"""An event that is younger is after the watermark, which is not even read then: shares are kept for
``MIN_DAYS``, and a change of the time zone moves the watermark forward by two days and two hours at
most."""


def split(
    events: Sequence[ShareEvent], using: str
) -> tuple[Sequence[ShareEvent], list[ShareEvent]]:
    """The events that may be stored, and those from before the watermark."""
    watermark = kept_from((event.timestamp for event in events), using)
    if watermark is None:
        return events, []
    kept = [event for event in events if event.timestamp >= watermark]
    return kept, [event for event in events if event.timestamp < watermark]


def kept_from(timestamps: Iterable[datetime], using: str) -> datetime | None:
    """The watermark, if a share of one of these times may be before it."""
    horizon = utc_now() - LOOK_BACK
    if all(timestamp >= horizon for timestamp in timestamps):
        return None
    return retained_from(using)


def confirm(timestamps: Iterable[datetime], using: str) -> None:
    """Make sure that the watermark is still before these times of shares, as it was found.

    Called last in the transaction that stores something of them. It keeps the row that holds the
    watermark, so that nobody moves it before the commit; everybody else, too, takes that lock after
    all others.

    :raises WriteConflict: it did; the batch is to be written again.
    """
    horizon = utc_now() - LOOK_BACK
    old = [timestamp for timestamp in timestamps if timestamp < horizon]
    if old:
        watermark = _in_this_zone(state.keep(using))
        if watermark is not None and min(old) < watermark:
            raise WriteConflict


def retained_from(using: str) -> datetime | None:
    """The instant from which on shares are there row by row; ``None``: all of them are."""
    return _in_this_zone(state.read(using))


def _in_this_zone(row: Any) -> datetime | None:
    zone, counted_in = reporting_zone(), row.reporting_zone
    if row.retained_from is None or counted_in == str(zone):
        watermark: datetime | None = row.retained_from
        return watermark
    return in_other_zone(row.retained_from, state.stored_zone(counted_in), zone)


def in_other_zone(watermark: datetime, was: tzinfo, zone: tzinfo) -> datetime:
    """Where the watermark is put when the counts change from the zone ``was`` to ``zone``.

    At the start of the first day of ``zone`` whose shares are all there, row by row. Days before
    that one keep their counts, under the dates that they have in ``was``: so no date is taken on
    which something from before the watermark is counted already.
    """
    day = max(local_day(watermark, zone), local_day(watermark, was))
    while day_start(day, zone) < watermark:
        day += timedelta(days=1)
    return day_start(day, zone)
