"""Apps by day, as they are read: one app's shares, and those of some."""

from __future__ import annotations

from collections import defaultdict
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Q, Sum

from django_share_analytics.conf import get_settings
from django_share_analytics.events import utc_now
from django_share_analytics.keys import app_key
from django_share_analytics.models import AppDay, AppPlatformDay
from django_share_analytics.periods import DayRange, local_day
from django_share_analytics.stats.comparison import Comparison, compare_days
from django_share_analytics.stats.days import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from django.db.models import QuerySet

    from django_share_analytics.keys import AppOrKey


def read_app_days(key: Any, ranges: Iterable[DayRange], using: str | None = None) -> Ledger:
    """An app's shares by day and platform, with one query."""
    days: dict[date, dict[str, int]] = defaultdict(dict)
    within = reduce(or_, (Q(day__range=(period.start, period.end)) for period in ranges))
    rows = AppPlatformDay.objects.using(using).filter(within, app_platform__app=key)
    for day, platform, n in rows.values_list("day", "app_platform__platform", "n"):
        days[day][platform] = n
    return Ledger(days)


def daily_of_apps(
    apps: Iterable[AppOrKey],
    period: DayRange,
    platform: str | None = None,
    *,
    using: str | None = None,
) -> dict[Any, list[int]]:
    """The shares of each app on every day of the period, with one query; by the apps' keys.

    :raises InvalidShare: one of ``apps`` is neither an object of the shared model nor a key.
    """
    daily = {app_key(app): [0] * period.days for app in apps}
    rows: Iterable[Any]
    if platform:
        days = _days_of(daily, platform, using).filter(day__range=(period.start, period.end))
        rows = days.values_list("app_platform__app", "day", "n")
    else:
        # Sorted by day: each of the apps is looked up on each day, and no other is read.
        of_all = AppDay.objects.using(using).filter(
            app_count__app__in=list(daily), day__in=list(period)
        )
        rows = of_all.values_list("app_count__app", "day", "n")
    for key, day, n in rows:
        if key in daily:  # MariaDB also finds "app-1" when asked for "APP-1"
            daily[key][(day - period.start).days] += n
    return daily


def changes_of_apps(
    apps: Iterable[AppOrKey],
    period: DayRange,
    platform: str | None = None,
    now: datetime | None = None,
) -> dict[Any, Comparison]:
    """How each app changed since the period before, with one query; by the apps' keys.

    Complete days on both sides: a period that has today is moved to end yesterday.

    :raises InvalidShare: one of ``apps`` is neither an object of the shared model nor a key.
    """
    complete = period.ending_before(local_day(now or utc_now(), period.zone))
    before = complete.before()
    keys = [app_key(app) for app in apps]
    rows = _days_of(keys, platform).filter(day__range=(before.start, complete.end))
    sums = {
        key: {before: n_before, complete: n}
        for key, n_before, n in rows.values_list("app_platform__app")
        .annotate(before=sum_of(before), total=sum_of(complete))
        .order_by()
    }
    nothing = {before: 0, complete: 0}
    return {key: compare_days(complete, sums.get(key, nothing).__getitem__) for key in keys}


def sum_of(period: DayRange) -> Sum:
    """The shares of this period, among those of a longer one."""
    return Sum("n", filter=Q(day__range=(period.start, period.end)), default=0)


def _days_of(
    keys: Iterable[Any], platform: str | None, using: str | None = None
) -> QuerySet[AppPlatformDay]:
    rows = AppPlatformDay.objects.using(using).filter(app_platform__app__in=list(keys))
    if not platform:
        return rows
    return rows.filter(app_platform__platform=get_settings().platforms.name_of(platform))
