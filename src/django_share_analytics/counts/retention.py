"""How far back shares are kept row by row, and what is personal in them; and that neither comes in
again.

What is older than the watermark has been counted and deleted. An event of that time may be one of
those shares, sent once more, so it is refused: nobody could tell any longer. What is older than the
second mark has been blanked: a share of that time is stored as if it had been there.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django_share_analytics.conf import MIN_DAYS, reporting_zone
from django_share_analytics.counts import state
from django_share_analytics.events import utc_now, without_person
from django_share_analytics.exceptions import WriteConflict
from django_share_analytics.periods import day_start, local_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, tzinfo

    from django_share_analytics.events import ShareEvent

LOOK_BACK = timedelta(days=MIN_DAYS - 3)
"""An event that is younger is after the watermark, which is not even read then: shares are kept for
``MIN_DAYS``, and a change of the time zone moves the watermark forward by two days and two hours at
most."""


class Marks(NamedTuple):
    """How far back what is kept."""

    kept_from: datetime | None = None
    """Shares from this instant on are there row by row; ``None``: all of them are."""
    blanked_until: datetime | None = None
    """Of shares from before this instant nothing personal is kept; ``None``: of all it is."""


NO_MARKS = Marks()


def look(timestamps: Iterable[datetime], using: str) -> Marks:
    """The marks, if a share of one of these times may be before one of them."""
    horizon = utc_now() - LOOK_BACK
    if all(timestamp >= horizon for timestamp in timestamps):
        return NO_MARKS
    return _marks_in(state.read(using))


def split(
    events: Sequence[ShareEvent], marks: Marks
) -> tuple[Sequence[ShareEvent], list[ShareEvent]]:
    """The events that may be stored, and those from before the watermark."""
    if marks.kept_from is None:
        return events, []
    kept = [event for event in events if event.timestamp >= marks.kept_from]
    return kept, [event for event in events if event.timestamp < marks.kept_from]


def blanked(events: list[ShareEvent], marks: Marks) -> list[ShareEvent]:
    """The events as they are stored: those from before the mark without what is personal."""
    if marks.blanked_until is None:
        return events
    return [
        without_person(event) if _is_before(event.timestamp, marks) else event for event in events
    ]


def confirm(
    shares: Iterable[datetime], marks: Marks, using: str, *, of_steps: Iterable[datetime] = ()
) -> None:
    """Make sure that the marks are still before these times, as they were found.

    ``shares`` are the times of shares that are stored, and ``of_steps`` those of shares that steps
    are stored of. Called last in the transaction that does so. It keeps the row that holds the
    marks, so that nobody moves them before the commit; everybody else, too, takes that lock after
    all others.

    :raises WriteConflict: one was moved; the batch is to be written again.
    """
    horizon = utc_now() - LOOK_BACK
    stored = [timestamp for timestamp in shares if timestamp < horizon]
    old = [*stored, *(timestamp for timestamp in of_steps if timestamp < horizon)]
    if old:
        now = _marks_in(state.keep(using))
        if now.kept_from is not None and min(old) < now.kept_from:
            raise WriteConflict
        if any(_is_before(one, now) and not _is_before(one, marks) for one in stored):
            raise WriteConflict


def _is_before(timestamp: datetime, marks: Marks) -> bool:
    """Whether a share of this time is stored blank."""
    return marks.blanked_until is not None and timestamp < marks.blanked_until


def retained_from(using: str) -> datetime | None:
    """The instant from which on shares are there row by row; ``None``: all of them are."""
    return _in_this_zone(state.read(using))


def _marks_in(row: Any) -> Marks:
    return Marks(_in_this_zone(row), row.blanked_until)


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
