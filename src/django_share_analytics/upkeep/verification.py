"""The proof that counts equal rows: what each count must say, beside what it says.

- Of days since the watermark, each count is the number of rows.
- Of days before it the rows are gone. The count of an app and day must be the sum of that day's
  counts by platform. Those, and the hours, can be held against nothing: all that is known of them
  is that they are not below 0.
- Steps on the links of shares are counted by the day of the share, so the same is true of them: of
  days before the watermark they are only known not to be below 0.
- Of all time, a count is the sum of the days before the watermark, by platform, and the rows since.

So no count is compared with one that may be wrong itself, as long as there are rows.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Min, Sum

from django_share_analytics.counts import rollups
from django_share_analytics.models import (
    AppDay,
    AppPlatformDay,
    AppStepDay,
    PlacementStepDay,
    Share,
    SiteHour,
    SiteStepDay,
)
from django_share_analytics.periods import DayRange, day_start, local_day
from django_share_analytics.sql.functions import local_day_number
from django_share_analytics.upkeep.differences import as_date, compare
from django_share_analytics.upkeep.sides import APP_STEPS, STEP_COUNTS, counted, stored

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from django_share_analytics.counts.rollups import Rollup
    from django_share_analytics.upkeep.differences import Deltas
    from django_share_analytics.upkeep.snapshots import Snapshot

ROWS_AT_ONCE = 250_000
"""So many rows of shares and counts are compared at once, or those of one day if they are more."""

BY_DAY = (rollups.APP_PLATFORM_DAY, rollups.APP_DAY, rollups.SITE_HOUR, *STEP_COUNTS)
FOR_EVER = (rollups.APP_PLATFORM, rollups.APP)
OF_APPS = (rollups.APP_DAY, rollups.APP_PLATFORM_DAY, APP_STEPS)
"""Those by day whose rows belong to a count of all time."""


def pieces(days: DayRange, snapshot: Snapshot) -> list[tuple[DayRange, int]]:
    """The days that have shares or counts, in ranges of about a size, and how many rows each has.

    No range has days from both sides of the watermark.
    """
    rows = _rows_by_day(days, snapshot)
    found: list[tuple[DayRange, int]] = []
    for day in sorted(rows):
        last, size = found[-1] if found else (None, 0)
        if (
            last is None
            or size + rows[day] > ROWS_AT_ONCE
            or last.start < snapshot.first_day <= day
        ):
            found.append((DayRange(day, day, days.zone), rows[day]))
        else:
            found[-1] = replace(last, end=day), size + rows[day]
    return found


def _rows_by_day(days: DayRange, snapshot: Snapshot) -> Counter[date]:
    """How many rows there are to compare. Counts that no share made are found here, too."""
    rows: Counter[date] = Counter()
    limits, using = (days.start, days.end), snapshot.using
    by_platform = AppPlatformDay.objects.using(using).filter(day__range=limits).order_by()
    rows.update(dict(by_platform.values_list("day").annotate(rows=Count("*"))))
    by_app = AppDay.objects.using(using).filter(day__range=limits).order_by()
    rows.update(by_app.values_list("day", flat=True).distinct())
    hours = SiteHour.objects.using(using).filter(hour__gte=days.lower, hour__lt=days.upper)
    rows.update(
        local_day(hour, days.zone)
        for hour in hours.order_by().values_list("hour", flat=True).distinct()
    )
    rows.update(_steps_by_day(limits, using))
    kept = replace(days, start=max(days.start, snapshot.first_day))
    rows.update(_shares_by_day(kept, using))
    return rows


def _steps_by_day(limits: tuple[date, date], using: str) -> Counter[date]:
    """As many steps as the counts of the site say: near enough. Theirs are found by any count."""
    rows: Counter[date] = Counter()
    for model, number in ((SiteStepDay, Sum("n")), (AppStepDay, Count("*"))):
        counts = model._base_manager.using(using).filter(day__range=limits).order_by()
        rows.update({day: max(n, 1) for day, n in counts.values_list("day").annotate(rows=number)})
    placed = PlacementStepDay.objects.using(using).filter(day__range=limits).order_by()
    rows.update(placed.values_list("day", flat=True).distinct())
    return rows


def _shares_by_day(days: DayRange, using: str) -> dict[date, int]:
    shares = Share.objects.using(using).between(days.lower, days.upper).order_by()
    first, last = shares.aggregate(first=Min("timestamp"), last=Max("timestamp")).values()
    if first is None:
        return {}
    midnight = day_start(local_day(first, days.zone), days.zone)
    numbers = shares.values_list(local_day_number("timestamp", midnight, last, days.zone))
    return {as_date(number): n for number, n in numbers.annotate(n=Count("*"))}


def drift_by_day(rollup: Rollup, days: DayRange, snapshot: Snapshot) -> Deltas:
    """What differs in the counts of these days, which lie on one side of the watermark."""
    using = snapshot.using
    if days.start >= snapshot.first_day:
        truth, said = stored(rollup, days, using), counted(rollup, days, using)
        return compare(rollup, truth, said, using)
    if rollup is rollups.APP_DAY:
        platforms = counted(rollups.APP_PLATFORM_DAY, days, using, by=rollup)
        return compare(rollup, platforms, counted(rollup, days, using), using)
    return compare(rollup, [], counted(rollup, days, using, below_zero=True), using)


def drift_for_ever(rollup: Rollup, apps: Collection[Any] | None, snapshot: Snapshot) -> Deltas:
    """What differs in the counts of all time, of all apps or of some."""
    using = snapshot.using
    if snapshot.retained_from is None:
        truth = stored(rollup, None, using)
    else:
        before = counted(rollups.APP_PLATFORM_DAY, snapshot.pruned_days, using, by=rollup)
        truth = before + stored(rollup, snapshot.kept_days, using)
    said = counted(rollup, None, using)
    if apps is not None:
        truth = [side.filter(k0__in=apps) for side in truth]
        said = [side.filter(k0__in=apps) for side in said]
    return compare(rollup, truth, said, using)


def orphans(rollup: Rollup, using: str) -> dict[int, int]:
    """Keys of counts for all time that are gone, and how many counts by day they left behind.

    Nobody can tell any more whose they were.
    """
    assert rollup.parent is not None
    parents = rollup.parent.model._base_manager.using(using).values("pk")
    rows = rollup.model._base_manager.using(using).order_by()
    gone = rows.exclude(**{f"{rollup.parent_column}__in": parents})
    return dict(gone.values_list(f"{rollup.parent_column}_id").annotate(rows=Count("*")))
