"""The tables of the statistics, whole: every app and every day, not only what fits on a page."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db import router
from django.db.models import F, Sum

from django_share_analytics.events import utc_now
from django_share_analytics.models import AppDay
from django_share_analytics.stats import make_period, share_stats
from django_share_analytics.stats.app_days import sum_of
from django_share_analytics.stats.app_sums import AppSums
from django_share_analytics.stats.rankings import AppRank, RisingApp, rise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date, datetime

    from django.db.models import QuerySet

    from django_share_analytics.periods import DayRange
    from django_share_analytics.stats import ShareStats

CHUNK = 2_000
"""Apps whose names are looked up at a time."""


@dataclass(frozen=True, slots=True)
class Table:
    """What :func:`.export.table_csv` writes down."""

    header: tuple[str, ...]
    rows: Iterable[Sequence[object]]
    """Read while they are asked for."""
    days: DayRange


def statistics_table(
    name: str,
    *,
    days: int = 30,
    start: date | None = None,
    end: date | None = None,
    platform: str | None = None,
    app: Any = None,
    now: datetime | None = None,
) -> Table:
    """One of :data:`TABLES`, for what :func:`.stats.share_stats` would be asked.

    ``hourly`` has no rows where there are no counts by the hour: beyond two days, and for one app.
    """
    now = now or utc_now()
    header, rows = TABLES[name]
    period = make_period(days=days, start=start, end=end, now=now)
    asked = _Asked(period.range, period.today, platform, app, now)
    return Table(header, rows(asked), period.range)


@dataclass(frozen=True, slots=True)
class _Asked:
    days: DayRange
    today: date
    platform: str | None
    app: Any
    now: datetime

    def stats(self) -> ShareStats:
        return share_stats(
            start=self.days.start,
            end=self.days.end,
            platform=self.platform,
            app=self.app,
            limit=1,
            compare=False,
            now=self.now,
        )


def app_totals(period: DayRange, platform: str | None = None) -> Iterator[AppRank]:
    """Every app with shares in ``period``, most shared first."""
    apps = AppSums(platform, router.db_for_read(AppDay))
    ranked = apps.every_app(period, total=Sum("n")).filter(total__gt=0)
    for (key, name), n in _named(apps, ranked, lambda row: (row[1], -row[0])):
        yield AppRank(key, name, n)


def app_rises(complete: DayRange, platform: str | None = None) -> Iterator[RisingApp]:
    """Every app with more shares in ``complete`` than in as many days before, fastest first."""
    before = complete.before()
    both = replace(complete, start=before.start)
    apps = AppSums(platform, router.db_for_read(AppDay))
    sides = apps.every_app(both, compared=sum_of(complete), before=sum_of(before))
    for (key, name), n, earlier in _named(apps, sides.filter(compared__gt=F("before")), rise):
        yield RisingApp(key, name, n, earlier)


def _named(apps: AppSums, rows: QuerySet[Any], key: Callable[[Any], Any]) -> Iterator[Any]:
    """The rows, highest ``key`` first, with the app's key and name in place of its integer key.

    They are read before the first is yielded, so that nothing is open while somebody downloads;
    as plain numbers, of which a million apps have some ten megabytes.
    """
    numbers, width = array("q"), 1
    for row in apps.pages(rows):
        numbers.extend(row)
        width = len(row)
    places = sorted(
        range(0, len(numbers), width),
        key=lambda place: key(numbers[place : place + width]),
        reverse=True,
    )
    for start in range(0, len(places), CHUNK):
        chunk = [numbers[place : place + width] for place in places[start : start + CHUNK]]
        names = apps.names([pk for pk, *_ in chunk])
        for pk, *sums in chunk:
            if pk in names:
                yield names[pk], *sums


def _daily(asked: _Asked) -> Iterable[Sequence[object]]:
    return ((day.date, day.count) for day in asked.stats().daily)


def _hourly(asked: _Asked) -> Iterable[Sequence[object]]:
    zone = asked.days.zone
    hours = asked.stats().hourly or []
    return ((hour.hour.astimezone(zone).isoformat(), hour.count) for hour in hours)


def _platforms(asked: _Asked) -> Iterable[Sequence[object]]:
    return asked.stats().platforms.items()


def _apps(asked: _Asked) -> Iterable[Sequence[object]]:
    ranks: Iterable[AppRank] = (
        app_totals(asked.days, asked.platform)
        if asked.app is None
        else asked.stats().most_shared_apps
    )
    return ((app.app_id, app.app_name, app.count) for app in ranks)


def _rising(asked: _Asked) -> Iterable[Sequence[object]]:
    if asked.app is not None:
        return []  # nothing to be faster than
    apps = app_rises(asked.days.ending_before(asked.today), asked.platform)
    return (
        (app.app_id, app.app_name, app.count, app.previous_count, _fraction(app.change))
        for app in apps
    )


def _fraction(change: float | None) -> float | None:
    return None if change is None else round(change, 4)


TABLES: dict[str, tuple[tuple[str, ...], Callable[[_Asked], Iterable[Sequence[object]]]]] = {
    "daily": (("date", "count"), _daily),
    "hourly": (("hour", "count"), _hourly),
    "platforms": (("platform", "shareCount"), _platforms),
    "apps": (("appId", "appName", "shareCount"), _apps),
    "rising": (("appId", "appName", "shareCount", "previousCount", "change"), _rising),
}
"""The names of the tables, their columns, and what reads their rows."""
