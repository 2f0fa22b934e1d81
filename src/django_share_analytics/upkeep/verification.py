"""The proof that counts equal rows: what each count must say, beside what it says.

- Of days since the watermark: the number of rows, whatever the rollup.
- Of days before it, whose rows are gone: by app and day, what the platforms of that day add up to.
  The other counts of those days have no witness; that they are not below 0 is all there is to see.
- For all time: the counts of the days before the watermark and the rows since.

So no count is compared with one that may be wrong itself, as long as there are rows.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connections, transaction
from django.db.models import Count, Max, Min

from django_share_analytics.conf import reporting_zone
from django_share_analytics.counts import rollups, state
from django_share_analytics.exceptions import ZoneChanged
from django_share_analytics.models import AppDay, AppPlatformDay, Share, SiteHour
from django_share_analytics.periods import FIRST_DAY, LAST_DAY, day_start, local_day
from django_share_analytics.sql.functions import local_day_number
from django_share_analytics.upkeep.differences import (
    ONE_DAY,
    Span,
    as_date,
    compare,
    counted,
    stored,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date, datetime, tzinfo

    from django_share_analytics.counts.rollups import Rollup
    from django_share_analytics.upkeep.differences import Deltas

WINDOW_WEIGHT = 250_000
"""So many rows of shares and counts are compared at once, or those of one day if they are more."""

BY_DAY = (rollups.APP_PLATFORM_DAY, rollups.APP_DAY, rollups.SITE_HOUR)
FOR_EVER = (rollups.APP_PLATFORM, rollups.APP)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a comparison stands on, read in the same snapshot."""

    zone: tzinfo
    retained_from: datetime | None
    repairs: int
    using: str

    @property
    def first_day(self) -> date:
        """The first day whose shares are there row by row."""
        return local_day(self.retained_from, self.zone) if self.retained_from else FIRST_DAY

    def span(self, start: date, end: date) -> Span:
        return Span.of_days(start, end, self.zone)


@dataclass(frozen=True, slots=True)
class Window:
    """Some days, ``start`` and ``end`` both included."""

    start: date
    end: date
    weight: int


@contextmanager
def snapshot(using: str) -> Iterator[Ground]:
    """A transaction whose statements all see the same moment, and that nobody has to wait for.

    (On SQLite writers have to, unless it keeps a write-ahead log.) Inside another transaction it is
    what that one is.

    :raises ZoneChanged: the counts are not of the zone that is set.
    """
    connection = connections[using]
    state.read(using)  # makes the row when it is missing
    vendor = "" if connection.in_atomic_block else connection.vendor
    if vendor == "mysql":
        _isolate(using)  # the transaction that comes
    with _taking_no_lock(connection), transaction.atomic(using=using):
        if vendor == "postgresql":
            _isolate(using)  # the transaction that has just begun
        row, zone = state.read(using), reporting_zone()
        if row.reporting_zone != str(zone):
            raise ZoneChanged(f"The counts are of {row.reporting_zone}, TIME_ZONE is {zone}.")
        yield Ground(zone, row.retained_from, row.repairs, using)


@contextmanager
def _taking_no_lock(connection: Any) -> Iterator[None]:
    """SQLite can be set to begin each transaction as the one writer, also one that only reads."""
    mode = getattr(connection, "transaction_mode", None)
    if mode is None:
        yield
        return
    connection.transaction_mode = None
    try:
        yield
    finally:
        connection.transaction_mode = mode


def _isolate(using: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def windows(ground: Ground, start: date = FIRST_DAY, end: date = LAST_DAY) -> list[Window]:
    """All days from ``start`` to ``end`` that have shares or counts, in pieces of about a size.

    No piece has days from both sides of the watermark.
    """
    weights = _weights(ground, start, end)
    found: list[Window] = []
    for day in sorted(weights):
        last = found[-1] if found else None
        if (
            last is None
            or last.weight + weights[day] > WINDOW_WEIGHT
            or last.start < ground.first_day <= day
        ):
            found.append(Window(day, day, weights[day]))
        else:
            found[-1] = Window(last.start, day, last.weight + weights[day])
    return found


def _weights(ground: Ground, start: date, end: date) -> Counter[date]:
    """How many rows there are to compare, by day. Counts that no share made are found here, too."""
    weights: Counter[date] = Counter()
    by_platform = AppPlatformDay.objects.using(ground.using).filter(day__range=(start, end))
    weights.update(dict(by_platform.order_by().values_list("day").annotate(rows=Count("*"))))
    by_app = AppDay.objects.using(ground.using).filter(day__range=(start, end))
    weights.update(by_app.order_by().values_list("day", flat=True).distinct())
    span = ground.span(start, end)
    hours = SiteHour.objects.using(ground.using).filter(hour__gte=span.lower, hour__lt=span.upper)
    for hour in hours.order_by().values_list("hour", flat=True).distinct():
        weights[local_day(hour, ground.zone)] += 1
    weights.update(_shares_by_day(ground.span(max(start, ground.first_day), end), ground))
    return weights


def _shares_by_day(span: Span, ground: Ground) -> dict[date, int]:
    shares = Share.objects.using(ground.using).between(span.lower, span.upper).order_by()
    first, last = shares.aggregate(first=Min("timestamp"), last=Max("timestamp")).values()
    if first is None:
        return {}
    lower = day_start(local_day(first, ground.zone), ground.zone)
    rows = shares.values_list(local_day_number("timestamp", lower, last + ONE_DAY, ground.zone))
    return {as_date(number): n for number, n in rows.annotate(n=Count("*"))}


def drift_by_day(rollup: Rollup, window: Window, ground: Ground) -> Deltas:
    """What differs in the counts of the window's days."""
    span, using = ground.span(window.start, window.end), ground.using
    said = counted(rollup, span, using)
    if window.start >= ground.first_day:
        return compare(rollup, [stored(rollup, span, using)], said, using)
    if rollup is rollups.APP_DAY:
        platforms = counted(rollups.APP_PLATFORM_DAY, span, using, by=rollup)
        return compare(rollup, [platforms], said, using)
    return compare(rollup, [], said.filter(n__lt=0), using)


def drift_for_ever(rollup: Rollup, apps: Collection[Any] | None, ground: Ground) -> Deltas:
    """What differs in the counts of all time, of all apps or of some."""
    using, truth = ground.using, []
    if ground.retained_from is None:
        truth = [stored(rollup, None, using)]
    else:
        before = ground.span(FIRST_DAY, ground.first_day - ONE_DAY)
        since = ground.span(ground.first_day, LAST_DAY)
        finer = counted(rollups.APP_PLATFORM_DAY, before, using, by=rollup)
        truth = [stored(rollup, since, using), finer]
    said = counted(rollup, None, using)
    if apps is not None:
        truth, said = [side.filter(k0__in=apps) for side in truth], said.filter(k0__in=apps)
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
