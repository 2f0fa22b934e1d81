"""The tables of the statistics page as rows for a file: complete, and of the same range.

Numbers are plain, days are ISO 8601: a file is read by programs, too.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Any

from django.db import router
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from django_share_analytics.conf import get_settings
from django_share_analytics.files.tables import app_rises
from django_share_analytics.models import AppDay
from django_share_analytics.periods import local_day
from django_share_analytics.stats import hour_of_week, percentages, share_stats
from django_share_analytics.stats.app_days import sum_of
from django_share_analytics.stats.app_sums import AppSums
from django_share_analytics.stats.comparison import growth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from django_share_analytics.admin.statistics.selection import Selection
    from django_share_analytics.periods import DayRange
    from django_share_analytics.stats import ShareStats

    Row = Sequence[object]
    Table = tuple[Row, Iterable[Row]]

NAMED_AT_A_TIME = 1_000
"""Apps in memory at a time."""


def read_table(name: str, selection: Selection, now: datetime) -> Table:
    """The header and the rows of one of :data:`TABLES`."""
    return TABLES[name](selection, now)


def _stats(selection: Selection, now: datetime) -> ShareStats:
    period = selection.range(now)
    return share_stats(
        start=period.start,
        end=period.end,
        platform=selection.platform,
        app=selection.app_key,
        compare=selection.compare,
        now=now,
    )


def _days(selection: Selection, now: datetime) -> Table:
    stats = _stats(selection, now)
    if stats.previous_daily is None:
        return (_("Day"), _("Shares")), ((day.date, day.count) for day in stats.daily)
    rows = zip(stats.daily, stats.previous_daily, strict=True)
    header = (_("Day"), _("Shares"), _("Day before"), _("Shares before"))
    return header, ((day.date, day.count, old.date, old.count) for day, old in rows)


def _hours(selection: Selection, now: datetime) -> Table:
    stats = _stats(selection, now)
    zone = stats.period.range.zone

    def columns(series: Any) -> list[tuple[object, object]]:
        return [(hour.hour.astimezone(zone).isoformat(), hour.count) for hour in series or ()]

    if stats.previous_hourly is None:
        return (_("Hour"), _("Shares")), columns(stats.hourly)
    header = (_("Hour"), _("Shares"), _("Hour before"), _("Shares before"))
    nothing = (None, None)
    rows = zip_longest(columns(stats.hourly), columns(stats.previous_hourly), fillvalue=nothing)
    return header, ((*one, *other) for one, other in rows)


def _platforms(selection: Selection, now: datetime) -> Table:
    counts = _stats(selection, now).every_platform
    parts, label = percentages(counts), get_settings().platforms.label
    header = (_("Platform"), _("Name"), _("Shares"), _("Per cent"))
    return header, ((str(label(name)), name, n, parts[name]) for name, n in counts.items())


def _apps(selection: Selection, now: datetime) -> Table:
    total = _stats(selection, now).total
    header: Row = (_("Rank"), _("App"), _("ID"), _("Shares"), _("Per cent"))
    if selection.compare:
        change = pgettext("growth", "Change")
        header = (*header, _("In complete days"), _("In as many before"), change)
    return header, (
        (rank, name, key, n, round(100 * n / total, 2), *(_change(*sides) if sides else ()))
        for rank, (name, key, n, sides) in enumerate(_ranked(selection, now), start=1)
        if selection.app is None or key == selection.app_key
    )


def _ranked(
    selection: Selection, now: datetime
) -> Iterator[tuple[str, object, int, tuple[int, int] | None]]:
    """Each app's name, key, shares and both sides of its comparison; most shared first."""
    period, complete = _ranges(selection, now)
    before = complete.before()
    apps = AppSums(selection.platform, router.db_for_read(AppDay))
    days = replace(period, start=min(before.start, period.start))
    sums = apps.every_app(
        days, shares=sum_of(period), compared=sum_of(complete), before=sum_of(before)
    )
    rows = sums.filter(shares__gt=0).order_by("-shares", apps.column).iterator(NAMED_AT_A_TIME)
    while some := list(islice(rows, NAMED_AT_A_TIME)):
        named = apps.names([pk for pk, *_ in some])
        for pk, n, *sides in some:
            if pk in named:
                key, name = named[pk]
                yield name, key, n, tuple(sides) if selection.compare else None


def _rising(selection: Selection, now: datetime) -> Table:
    header = (
        _("App"),
        _("ID"),
        _("In complete days"),
        _("In as many before"),
        pgettext("growth", "Change"),
    )
    if selection.app is not None:
        return header, ()  # nothing to be faster than
    _period, complete = _ranges(selection, now)
    return header, (
        (app.app_name, app.app_id, *_change(app.count, app.previous_count))
        for app in app_rises(complete, selection.platform)
    )


def _week(selection: Selection, now: datetime) -> Table:
    header = (_("Weekday"), _("Hour"), _("Shares"))
    if selection.app is not None:
        return header, ()  # an app is counted by day
    table = hour_of_week(selection.range(now), selection.platform)
    return header, (
        (str(WEEKDAYS[day]), hour, n) for day, row in enumerate(table) for hour, n in enumerate(row)
    )


def _ranges(selection: Selection, now: datetime) -> tuple[DayRange, DayRange]:
    """The period, and its complete days or as many that are over."""
    period = selection.range(now)
    return period, period.ending_before(local_day(now, period.zone))


def _change(compared: int, before: int) -> tuple[int, int, float | None]:
    """Both sides, and the growth as a fraction; none without anything before."""
    change = growth(before, compared)
    return compared, before, None if change is None else round(change, 4)


TABLES: dict[str, Callable[[Selection, datetime], Table]] = {
    "days": _days,
    "hours": _hours,
    "platforms": _platforms,
    "apps": _apps,
    "rising": _rising,
    "week": _week,
}
