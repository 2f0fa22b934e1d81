"""Old shares are deleted row by row, with what became of them; their counts stay: ``prune_shares``.

The watermark is stored before the first row goes. From then on nothing older comes in (see
:mod:`.retention`), and whoever compares counts with rows leaves out what is older. So a prune may
be killed at any moment, and run again.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import connections

from django_share_analytics.conf import reporting_zone
from django_share_analytics.counts import state
from django_share_analytics.exceptions import ZoneChanged
from django_share_analytics.models import LinkStep, Share
from django_share_analytics.periods import day_start
from django_share_analytics.sql import locks
from django_share_analytics.sql.statements import MAX_PARAMETERS
from django_share_analytics.sql.transactions import in_transaction
from django_share_analytics.upkeep.ages import shares_before

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from django_share_analytics.models import ShareQuerySet

PRUNE_BATCH_SIZE = 5_000


def prune(
    day: date,
    *,
    batch_size: int = PRUNE_BATCH_SIZE,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Delete the rows of all shares from before ``day``, and no count; how many they were.

    ``progress`` is called with the rows deleted so far, after each batch.

    :raises TooRecent: ``day`` is less than ``MIN_DAYS`` days ago.
    :raises ZoneChanged: the counts are to be recounted in another time zone first.
    """
    shares = shares_before(day)
    cut = day_start(day, reporting_zone())
    in_transaction(shares.db, partial(_raise_watermark, cut, shares.db))
    deleted = 0
    while n := in_transaction(shares.db, partial(_delete_batch, shares, batch_size)):
        deleted += n
        if progress:
            progress(deleted)
    return deleted


def _raise_watermark(cut: datetime, using: str) -> None:
    """Say from when on shares are kept. Waits for the writers that are storing older ones."""
    locks.lock_for_writing(connections[using], Share)
    row = state.read(using, lock=True)
    if row.reporting_zone != str(reporting_zone()) or row.needs_recount:
        raise ZoneChanged(
            f"The counts are of {row.reporting_zone}, TIME_ZONE is {reporting_zone()}: "
            "run verify_share_counts --repair first."
        )
    state.raise_mark(using, row, "retained_from", cut)


def _delete_batch(shares: ShareQuerySet, batch_size: int) -> int:
    """Delete the oldest shares and their steps, by key: so no more is locked than what goes."""
    locks.lock_for_writing(connections[shares.db], Share)
    size = min(batch_size, MAX_PARAMETERS)
    oldest = list(shares.order_by("timestamp").values_list("pk", flat=True)[:size])
    if not oldest:
        return 0
    batch: Any = Share.objects.using(shares.db).filter(pk__in=oldest)
    # A re-share of theirs is younger than they are, so none of these is left to another share.
    steps: Any = LinkStep.objects.using(shares.db).filter(share__in=oldest)
    steps._raw_delete(shares.db)
    return int(batch._raw_delete(shares.db))
