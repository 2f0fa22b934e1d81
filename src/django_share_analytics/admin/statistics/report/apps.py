"""Which apps are shared most, and which of them faster than before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from django_share_analytics.admin import words
from django_share_analytics.admin.charts import sparkline
from django_share_analytics.admin.statistics.links import link
from django_share_analytics.admin.statistics.report.changes import Change, change_between
from django_share_analytics.conf import reporting_zone

if TYPE_CHECKING:
    from django_share_analytics.stats import ShareStats
    from django_share_analytics.stats.comparison import Comparison
    from django_share_analytics.stats.overview import Overview


@dataclass(frozen=True, slots=True)
class AppRow:
    rank: int
    name: str
    url: str
    shares: str
    percent: str
    """Of all shares of the period, also of those that are not in the table."""
    change: Change | None
    sparkline: str


@dataclass(frozen=True, slots=True)
class RisingRow:
    name: str
    url: str
    shares: str
    shares_before: str
    change: Change


def build_apps(overview: Overview) -> list[AppRow]:
    """The most shared ones, each with the way to its own page."""
    question, total = overview.stats.question, overview.stats.total
    rows = []
    for rank, app in enumerate(overview.stats.most_shared_apps, start=1):
        compared = overview.changes.get(app.app_id)
        rows.append(
            AppRow(
                rank=rank,
                name=words.shortened(app.app_name),
                url=link(question, app=app.app_id),
                shares=words.number(app.count),
                percent=words.per_cent(app.count / total if total else 0),
                change=_change(app.count, compared) if compared else None,
                sparkline=sparkline(overview.sparklines.get(app.app_id, ())),
            )
        )
    return rows


def _change(total: int, compared: Comparison) -> Change:
    """The change of complete days, which need not be those of the ``total`` beside it."""
    is_of_total = compared.compared_total == total
    until = "" if is_of_total else words.short_ending(compared.compared_until, reporting_zone())
    return change_between(compared.total, compared.compared_total, until=until)


def has_baseline(stats: ShareStats) -> bool:
    """Whether anything was shared before that apps could have risen from."""
    if is_today(stats):
        return True  # the days that are compared, yesterday's and the one before, aren't known here
    if any(app.previous_count for app in stats.rising_apps):
        return True
    compared = stats.question.complete.before()
    return any(day.count for day in stats.previous_daily or [] if day.date in compared)


def rising_title(stats: ShareStats) -> str:
    """Of today nothing is compared yet: its page has the apps that rose yesterday."""
    if is_today(stats):
        return _("Fastest rising yesterday")
    return _("Fastest rising")


def is_today(stats: ShareStats) -> bool:
    """Whether the period is the day that is not over."""
    return stats.period.start == stats.period.end == stats.question.today


def build_rising(stats: ShareStats) -> list[RisingRow]:
    """Those that rose fastest between two periods of complete days."""
    if not has_baseline(stats):
        return []  # all of them would be new, in the order of the most shared ones
    return [
        RisingRow(
            name=words.shortened(app.app_name),
            url=link(stats.question, app=app.app_id),
            shares=words.number(app.count),
            shares_before=words.number(app.previous_count),
            change=change_between(app.previous_count, app.count),
        )
        for app in stats.rising_apps
    ]
