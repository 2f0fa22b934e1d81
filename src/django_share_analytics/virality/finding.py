"""Cascades among any number of shares, by one way through all of them: ``find_cascades``.

Everything is read some thousand rows at a time, and the one row that is written comes last: so it
may be killed at any moment, and what was found before stays.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import router
from django.db.models import Sum

from django_share_analytics.counts import state
from django_share_analytics.events import utc_now
from django_share_analytics.models import CascadeSnapshot, SiteStepDay
from django_share_analytics.sql.ages import SECONDS_A_DAY
from django_share_analytics.steps import AGES, VISIT, WINDOWS
from django_share_analytics.virality.cohort import DEFAULT_WINDOW, cohort_of
from django_share_analytics.virality.forest import Forest
from django_share_analytics.virality.kept import kept_days
from django_share_analytics.virality.largest import count_largest
from django_share_analytics.virality.reshares import links_in_time, stored_children
from django_share_analytics.virality.snapshot import (
    FoundCascades,
    LargestPart,
    found_cascade,
    keep_snapshot,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django_share_analytics.periods import DayRange
    from django_share_analytics.virality.cohort import Cohort

    Progress = Callable[[int, int, int], None]
    """Hears how many seconds of how many are looked through, and how many shares these had."""


def find_cascades(
    days: int, *, now: datetime | None = None, progress: Progress | None = None
) -> FoundCascades | None:
    """Look for the cascades of the matured days of a period, and keep what is found.

    ``None``: of each of these days shares are pruned, so that nothing was looked for, nor kept.
    """
    using = router.db_for_write(CascadeSnapshot)
    cohorts = {window: cohort_of(days=days, window=window, now=now) for window in WINDOWS}
    matured = cohorts[DEFAULT_WINDOW].matured
    watermark = state.what_is_known(using).retained_from
    period = matured and kept_days(matured, watermark)
    if period is None:
        return None
    made_at, forest = utc_now(), _grown(period, using, progress)
    found = FoundCascades(
        made_at=made_at,
        start=period.start,
        end=period.end,
        roots=forest.roots,
        forwarded=forest.forwarded,
        largest=[
            found_cascade(root, tree, partial(stored_children, using=using))
            for root, tree in forest.largest
        ],
        visits={
            window: _largest_part(cohort, using, watermark) for window, cohort in cohorts.items()
        },
    )
    keep_snapshot(days, found, using)
    return found


def _grown(period: DayRange, using: str, progress: Progress | None) -> Forest:
    """The cascades that began in the period, as far as they are by now."""
    lower, upper = period.lower, period.upper
    forest = Forest(lower, lambda root: root.timestamp < upper)
    newest, seen = None, 0
    for links in links_in_time(lower, using):
        forest.add(links)
        seen += len(links)
        newest = newest or links[0].timestamp
        if progress:
            passed, all_of_it = newest - links[-1].timestamp, newest - lower
            progress(int(passed.total_seconds()), int(all_of_it.total_seconds()), seen)
    return forest


def _largest_part(cohort: Cohort, using: str, watermark: datetime | None) -> LargestPart:
    days = cohort.matured
    assert days is not None  # the last so many days before today
    late = AGES.index(cohort.window * SECONDS_A_DAY)
    counts = SiteStepDay.objects.using(using).filter(
        kind=VISIT, day__range=(days.start, days.end), age__lte=late
    )
    visits = counts.aggregate(n=Sum("n", default=0))["n"]
    return LargestPart(days.start, days.end, count_largest(cohort, visits, using, watermark))
