"""What can be asked: counts, totals, trends and rankings.

Everything here reads the rollups alone. What an answer costs depends on the days asked for and on
the number of apps, never on how often they were shared.
"""

from __future__ import annotations

import hashlib
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.cache import caches
from django.db import connections, router, transaction
from django.db.models import Sum
from django.utils.translation import ngettext

from .conf import get_app_model, get_settings, reporting_zone
from .events import utc_now
from .exceptions import UnknownApp
from .keys import app_key
from .models import AppCount, AppDay, AppPlatformCount, AppPlatformDay
from .periods import DayRange, local_day
from .series import AppDays, Comparison, SiteHours

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date, datetime

    from django.db.models import QuerySet

MAX_DAYS = 365
CACHE_VERSION = 1
"""Raised when the shape of what is cached changes: an upgrade never serves an old shape."""


@dataclass(frozen=True, slots=True)
class ShareCount:
    """How often an app was shared, ever."""

    app_id: Any
    by_platform: dict[str, int]
    """Only platforms with shares, most shared first."""

    @property
    def total(self) -> int:
        return sum(self.by_platform.values())


@dataclass(frozen=True, slots=True)
class CachedShareCount:
    """A share count that may have been counted a while ago."""

    count: ShareCount
    age: int
    """Seconds since it was counted."""


@dataclass(frozen=True, slots=True)
class Period:
    """The days that an answer is about, ``start`` and ``end`` both included."""

    range: DayRange
    label: str
    """In words, such as "Last 30 days"."""
    today: date

    @property
    def start(self) -> date:
        return self.range.start

    @property
    def end(self) -> date:
        return self.range.end

    @property
    def days(self) -> int:
        return self.range.days

    @property
    def time_zone(self) -> str:
        return str(self.range.zone)


@dataclass(frozen=True, slots=True)
class AppRank:
    app_id: Any
    app_name: str
    count: int


@dataclass(frozen=True, slots=True)
class DayCount:
    date: date
    count: int


@dataclass(frozen=True, slots=True)
class ShareStats:
    """One answer. All its numbers but ``totals`` are of the days in ``period``."""

    period: Period
    total: int
    previous: Comparison
    totals: Mapping[int, int]
    """Shares of the last 7, 30 and 90 days, whatever the range."""
    most_shared_apps: list[AppRank]
    platforms: dict[str, int]
    """Shares by platform, most shared first."""
    daily: list[DayCount]
    """Every day of the range, with 0 for a day without shares."""


def share_count(app: Any) -> ShareCount:
    """How often ``app``, an object of the shared model or its key, was shared: exact, now.

    :raises InvalidShare: ``app`` is neither.
    """
    key = app_key(app)
    return share_counts([key])[key]


def share_counts(apps: Iterable[Any]) -> dict[Any, ShareCount]:
    """The counts of many apps by their keys, with one query. Unknown apps have none, so 0."""
    by_platform: dict[Any, dict[str, int]] = {app_key(app): {} for app in apps}
    rows = AppPlatformCount.objects.filter(app__in=list(by_platform), n__gt=0)
    for key, platform, n in rows.order_by("-n", "platform").values_list("app", "platform", "n"):
        if key in by_platform:  # MariaDB also finds "app-1" when asked for "APP-1"
            by_platform[key][platform] = n
    return {key: ShareCount(key, counts) for key, counts in by_platform.items()}


def cached_share_count(app: Any) -> CachedShareCount:
    """The count of ``app``, at most ``SHARE_COUNT_CACHE_SECONDS`` old.

    :raises InvalidShare: ``app`` is neither an object of the shared model nor a key.
    :raises UnknownApp: no app has this key.
    """
    key, settings = app_key(app), get_settings()
    cache, cache_key = caches[settings.cache_alias], share_count_cache_key(key)
    now = time.time()
    cached = cache.get(cache_key)
    if cached is None:
        with _without_harm_to_a_transaction():
            cached = (share_count(_stored_app_key(key)), now)
        if settings.share_count_cache_seconds:
            cache.set(cache_key, cached, settings.share_count_cache_seconds)
    count, counted_at = cached
    return CachedShareCount(count, max(0, int(now - counted_at)))


@contextmanager
def _without_harm_to_a_transaction() -> Iterator[None]:
    """A savepoint, if there is a transaction: a query that fails would end the host's, too."""
    using = router.db_for_read(AppPlatformCount)
    if not connections[using].in_atomic_block:
        yield
        return
    with transaction.atomic(using=using):
        yield


def _stored_app_key(key: Any) -> Any:
    stored = get_app_model()._base_manager.filter(pk=key).values_list("pk", flat=True).first()
    if stored is None:
        raise UnknownApp
    return stored


def share_count_cache_key(key: Any) -> str:
    """Where a count is cached. Hashed: keys may hold what some caches don't take in a key."""
    digest = hashlib.sha256(repr(key).encode()).hexdigest()
    return f"share_analytics:share-count:{CACHE_VERSION}:{digest}"


def share_stats(
    *,
    days: int = 30,
    start: date | None = None,
    end: date | None = None,
    platform: str | None = None,
    app: Any = None,
    limit: int = 10,
    now: datetime | None = None,
) -> ShareStats:
    """The statistics of the last ``days`` days with today, or of ``start`` to ``end``.

    ``platform`` (a stored name) and ``app`` (an object or a key) narrow them down. For the site and
    for a platform, the previous period is the one of the same length before, and both sides run to
    the last complete hour; for an app, which is counted by day, both sides are complete days ending
    yesterday: a part of a day is never compared with a whole one.
    """
    now = now or utc_now()
    period = make_period(days=days, start=start, end=end, now=now)
    source = AppDays(app_key(app), platform) if app is not None else SiteHours(platform)
    daily = source.daily(period.range)
    return ShareStats(
        period=period,
        total=sum(daily.values()),
        previous=source.compare(period.range, now),
        totals=source.totals(period.today, period.range.zone),
        most_shared_apps=most_shared_apps(period.range, platform=platform, app=app, limit=limit),
        platforms=source.platforms(period.range),
        daily=[DayCount(day, daily.get(day, 0)) for day in period.range],
    )


def make_period(
    *, days: int = 30, start: date | None = None, end: date | None = None, now: datetime
) -> Period:
    """The last ``days`` days with today, or ``start`` to ``end``, in the reporting zone."""
    zone = reporting_zone()
    today = local_day(now, zone)
    if start is not None and end is not None:
        return Period(DayRange(start, end, zone), f"{start} to {end}", today)
    label = ngettext("Last %(days)d day", "Last %(days)d days", days) % {"days": days}
    return Period(DayRange.last(days, today=today, zone=zone), label, today)


def most_shared_apps(
    period: DayRange, *, platform: str | None = None, app: Any = None, limit: int = 10
) -> list[AppRank]:
    """The apps with the most shares in ``period``, most shared first."""
    key = None if app is None else app_key(app)
    top = _top_on_platform(period, platform, key, limit) if platform else _top(period, key, limit)
    names = get_app_model()._base_manager.in_bulk(list(top))
    return [AppRank(key, str(names[key]), total) for key, total in top.items() if key in names]


def _top(period: DayRange, key: Any, limit: int) -> dict[Any, int]:
    days = AppDay.objects.filter(day__range=(period.start, period.end))
    if key is not None:
        days = days.filter(app_count__app=key)
    # By the integer key alone: joining the apps before they are ranked would cost most of the time.
    top = dict(_ranked(days, "app_count")[:limit])
    keys = dict(AppCount.objects.filter(pk__in=list(top)).values_list("pk", "app"))
    return {keys[pk]: total for pk, total in top.items()}


def _top_on_platform(period: DayRange, platform: str, key: Any, limit: int) -> dict[Any, int]:
    days = AppPlatformDay.objects.filter(
        day__range=(period.start, period.end), app_platform__platform=platform
    )
    if key is not None:
        days = days.filter(app_platform__app=key)
    return dict(_ranked(days, "app_platform__app")[:limit])


def _ranked(rows: QuerySet[Any], column: str) -> Any:
    totals = rows.values_list(column).annotate(total=Sum("n"))
    return totals.filter(total__gt=0).order_by("-total", column)
