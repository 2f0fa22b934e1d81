"""What is personal in old shares is emptied; rows and counts stay: ``blank_shares``.

The mark is stored before the first row is emptied. From then on a share of that time comes in blank
(see :mod:`.retention`). How far the rows are emptied is stored after each batch, so a run may be
killed at any moment, and the next goes on from there.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import connections
from django.db.models import Q

from django_share_analytics.conf import reporting_zone
from django_share_analytics.counts import state
from django_share_analytics.events import BLANK
from django_share_analytics.models import Share
from django_share_analytics.periods import day_start
from django_share_analytics.sql import locks
from django_share_analytics.sql.statements import MAX_PARAMETERS
from django_share_analytics.sql.transactions import in_transaction
from django_share_analytics.upkeep.ages import shares_before

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from django_share_analytics.models import ShareQuerySet

BLANK_BATCH_SIZE = 5_000
SOMETHING_PERSONAL = ~Q(**BLANK)
"""That a share is not blank yet."""


def blankable(day: date) -> ShareQuerySet:
    """The shares from before ``day`` that earlier runs have not been through.

    :raises TooRecent: ``day`` is less than ``MIN_DAYS`` days ago.
    """
    shares = shares_before(day)
    blanked_to = state.read(shares.db).blanked_to
    return shares.filter(timestamp__gte=blanked_to) if blanked_to else shares


def blank(
    day: date,
    *,
    batch_size: int = BLANK_BATCH_SIZE,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Empty what is personal in all shares from before ``day``; in how many there was something.

    ``progress`` is called with the shares looked at so far, after each batch.

    :raises TooRecent: ``day`` is less than ``MIN_DAYS`` days ago.
    """
    shares = blankable(day)
    cut = day_start(day, reporting_zone())
    in_transaction(shares.db, partial(_move, "blanked_until", cut, shares.db))
    size = min(batch_size, MAX_PARAMETERS)
    emptied = seen = 0
    following = shares.in_time(newest_first=False)
    while batch := list(following.values_list("timestamp", "pk")[:size]):
        keys = [pk for _, pk in batch]
        emptied += in_transaction(shares.db, partial(blank_rows, keys, shares.db))
        # By itself: nobody who has this row waits for shares that are locked here.
        in_transaction(shares.db, partial(_move, "blanked_to", batch[-1][0], shares.db))
        seen += len(batch)
        following = shares.beyond(*batch[-1], newest_first=False)
        if progress:
            progress(seen)
    in_transaction(shares.db, partial(_move, "blanked_to", cut, shares.db))
    return emptied


def _move(mark: str, instant: datetime, using: str) -> None:
    """Move one of the marks. Waits for who is storing older shares; of two runs at once each goes
    its way."""
    locks.lock_for_writing(connections[using], Share)
    state.raise_mark(using, state.read(using, lock=True), mark, instant)


def blank_rows(keys: Sequence[UUID], using: str) -> int:
    """Empty what is personal in the shares with these keys; in how many there was something.

    No more is locked than what changes, and nothing is written that is blank.
    """
    locks.lock_for_writing(connections[using], Share)
    rows = Share.objects.using(using).filter(SOMETHING_PERSONAL, pk__in=keys)
    return rows.update(**BLANK)
