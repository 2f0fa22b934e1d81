"""The tables of the statistics, whole: every app and every day, not only what fits on a page.

They are read once here; what a column is called, and which are shown, is the business of those who
hand a file out: :data:`.api.tables.API_TABLES` and :data:`.admin.statistics.tables.PAGE_TABLES`.
Numbers are plain, days and hours are ISO 8601: a file is read by programs, too.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from django.db import router
from django.utils.dates import WEEKDAYS

from django_share_analytics.conf import get_settings
from django_share_analytics.models import AppDay
from django_share_analytics.stats.answer import answer
from django_share_analytics.stats.app_sums import AppSums, Sums
from django_share_analytics.stats.comparison import growth
from django_share_analytics.stats.days import percentages
from django_share_analytics.stats.hours import hour_of_week
from django_share_analytics.stats.rankings import rise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from django_share_analytics.stats import Question, ShareStats

Row = Mapping[str, Any]
"""By the names that the headings are for."""

NAMED_AT_A_TIME = 2_000
"""Apps whose names are looked up with one query."""


@dataclass(frozen=True, slots=True)
class Table:
    """What :func:`.exporting.table_csv` writes down."""

    header: tuple[str, ...]
    rows: Iterable[Sequence[object]]
    """Read while they are asked for."""


@dataclass(frozen=True, slots=True)
class TableLayout:
    """What reads a table, and which of its columns are shown under which headings."""

    read: Callable[[Question], Iterable[Row]]
    headings: Mapping[str, Any]
    when_compared: Mapping[str, Any] = field(default_factory=dict)
    """More of them, where something is compared."""

    def table(self, question: Question) -> Table:
        """The table for this question."""
        shown = {**self.headings, **(self.when_compared if question.compare else {})}
        rows = ([row[name] for name in shown] for row in self.read(question))
        return Table(tuple(map(str, shown.values())), rows)


def day_rows(question: Question) -> Iterator[Row]:
    """Every day, beside that of the period before when something is compared."""
    stats = _stats(question)
    days = [(day.date, day.count) for day in stats.daily]
    return _side_by_side(days, [(day.date, day.count) for day in stats.previous_daily or []])


def hour_rows(question: Question) -> Iterator[Row]:
    """Every hour that has begun; none beyond two days, and none for one app."""
    stats, zone = _stats(question), question.period.zone
    hours, before = (
        [(hour.hour.astimezone(zone).isoformat(), hour.count) for hour in series or []]
        for series in (stats.hourly, stats.previous_hourly)
    )
    return _side_by_side(hours, before)


def _side_by_side(
    series: Sequence[tuple[object, int]], before: Sequence[tuple[object, int]]
) -> Iterator[Row]:
    for (when, n), (when_before, n_before) in zip_longest(series, before, fillvalue=(None, None)):
        yield {"when": when, "count": n, "when_before": when_before, "count_before": n_before}


def platform_rows(question: Question) -> Iterator[Row]:
    """All platforms with shares, also when one was asked for; most shared first."""
    counts, label = _stats(question).every_platform, get_settings().platforms.label
    percent = percentages(counts)
    for name, n in counts.items():
        yield {"name": name, "label": str(label(name)), "count": n, "percent": percent[name]}


def app_rows(question: Question) -> Iterator[Row]:
    """Every app with shares, also when one was asked for; most shared first."""
    apps = AppSums(question.platform, router.db_for_read(AppDay))
    sums = apps.both_sides(question.period, question.complete if question.compare else None)
    shared = (app for app in sums if app.shares > 0)
    named = _named(apps, shared, lambda app: (app.shares, -app.id))
    for rank, (key, name, app) in enumerate(named, start=1):
        yield {"rank": rank, "id": key, "name": name, "count": app.shares, **_change(app)}


def rising_rows(question: Question) -> Iterator[Row]:
    """Every app with more shares in complete days than in as many before, fastest first."""
    if question.app is not None:
        return  # there is nothing to be faster than
    apps = AppSums(question.platform, router.db_for_read(AppDay))
    sums = apps.both_sides(None, question.complete)
    growing = (app for app in sums if app.compared > app.before)
    named = _named(apps, growing, lambda app: rise((app.id, app.compared, app.before)))
    for key, name, app in named:
        yield {"id": key, "name": name, **_change(app)}


def week_rows(question: Question) -> Iterator[Row]:
    """Every hour of the week, Monday first; none for one app, which is counted by day."""
    if question.app is not None:
        return
    for day, counts in enumerate(hour_of_week(question.period, question.platform)):
        for hour, n in enumerate(counts):
            yield {"weekday": str(WEEKDAYS[day]), "hour": hour, "count": n}


def _stats(question: Question) -> ShareStats:
    return answer(replace(question, limit=1))


def _change(app: Sums) -> Row:
    """Both sides, and the growth as a fraction; none without anything before."""
    change = growth(app.before, app.compared)
    return {
        "compared": app.compared,
        "before": app.before,
        "change": None if change is None else round(change, 4),
    }


def _named(
    apps: AppSums, rows: Iterable[Sums], key: Callable[[Sums], Any]
) -> Iterator[tuple[Any, str, Sums]]:
    """The rows, highest ``key`` first, each with the app's key and name.

    They are read before the first is yielded, so that nothing is open while somebody downloads;
    as plain numbers, of which a million apps have some thirty megabytes.
    """
    numbers, width = array("q"), len(Sums._fields)
    for row in rows:
        numbers.extend(row)

    def row_at(place: int) -> Sums:
        return Sums(*numbers[place : place + width])

    places = range(0, len(numbers), width)
    ranked = sorted(places, key=lambda place: key(row_at(place)), reverse=True)
    for start in range(0, len(ranked), NAMED_AT_A_TIME):
        chunk = [row_at(place) for place in ranked[start : start + NAMED_AT_A_TIME]]
        names = apps.names([row.id for row in chunk])
        yield from ((*names[row.id], row) for row in chunk if row.id in names)
