"""Keeping less, as a scheduled task calls it: everything that is old enough, wherever it lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django_share_analytics.conf import reporting_zone
from django_share_analytics.periods import day_start
from django_share_analytics.upkeep.ages import first_day_kept
from django_share_analytics.upkeep.blanking import BLANK_BATCH_SIZE, blank
from django_share_analytics.upkeep.leftovers import (
    blank_set_aside,
    delete_set_aside,
    remove_bad_files,
)
from django_share_analytics.upkeep.pruning import PRUNE_BATCH_SIZE, prune

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What one run did. Of all of it the counts stay."""

    before: date
    """What is of this day, in Django's ``TIME_ZONE``, and later is as it was."""
    shares: int
    """Rows that were emptied or deleted."""
    set_aside: int
    """The same, of what could not be stored."""
    bad_files: int
    """Files beside a journal on this machine that are gone."""


def blank_shares(
    older_than: date | int | None = None,
    *,
    batch_size: int = BLANK_BATCH_SIZE,
    progress: Callable[[int], None] | None = None,
) -> Forgotten:
    """Empty who shared, in which session, with which browser, from where, in old shares.

    ``older_than`` is a number of days, or the first day to keep as it is; else the setting
    ``PERSONAL_DATA_DAYS`` says. Shares, their counts and what became of them stay. What is set
    aside and as old is emptied, too, or goes where it can't be read. Safe to kill and to run again.

    ``progress`` is called with the shares looked at so far, after each batch.

    :raises NoAge: neither says how old.
    :raises TooRecent: that is less than 7 days.
    """
    day = first_day_kept(older_than, "PERSONAL_DATA_DAYS")
    n = blank(day, batch_size=batch_size, progress=progress)
    cut = day_start(day, reporting_zone())
    return Forgotten(day, n, blank_set_aside(cut), remove_bad_files(cut))


def prune_shares(
    older_than: date | int | None = None,
    *,
    batch_size: int = PRUNE_BATCH_SIZE,
    progress: Callable[[int], None] | None = None,
) -> Forgotten:
    """Delete the rows of old shares, and what is set aside and as old; the counts stay.

    As :func:`blank_shares`; the setting is ``SHARES_DAYS``.

    :raises NoAge: neither says how old.
    :raises TooRecent: that is less than 7 days.
    :raises ZoneChanged: the counts are to be recounted in another time zone first.
    """
    day = first_day_kept(older_than, "SHARES_DAYS")
    n = prune(day, batch_size=batch_size, progress=progress)
    cut = day_start(day, reporting_zone())
    return Forgotten(day, n, delete_set_aside(cut), remove_bad_files(cut))
