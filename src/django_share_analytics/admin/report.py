"""The statistics, arranged as the page shows them: ready-made rows for a template without sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from django_share_analytics.charts import Column, LineChart, bar_length, line_chart
from django_share_analytics.conf import get_settings, reporting_zone
from django_share_analytics.periods import local_day

from . import words
from .summaries import platform_summary, trend_summary

if TYPE_CHECKING:
    from collections.abc import Callable

    from django_share_analytics.stats import ShareStats

    AppUrl = Callable[[Any], str | None]
    """Where the admin shows the app with a key, if the reader may go there."""


@dataclass(frozen=True, slots=True)
class Card:
    """A period: its total, and the way to it."""

    days: int
    label: str
    shares: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class AppRow:
    rank: int
    name: str
    url: str | None
    shares: str


@dataclass(frozen=True, slots=True)
class PlatformRow:
    label: str
    shares: str
    percent: str
    bar: str


@dataclass(frozen=True, slots=True)
class DayRow:
    label: str
    axis_label: str
    shares: str
    column: Column


@dataclass(frozen=True, slots=True)
class Report:
    """Everything on the page."""

    cards: list[Card]
    range: str
    zone: str
    is_empty: bool
    apps: list[AppRow]
    platforms: list[PlatformRow]
    platform_summary: str
    days: list[DayRow]
    chart: LineChart
    ticks: list[tuple[str, str]]
    trend_summary: str


def build_report(stats: ShareStats, app_url: AppUrl) -> Report:
    """The page for ``stats``."""
    zone = reporting_zone()
    includes_today = stats.period.end >= local_day(timezone.now(), zone)
    chart = line_chart([day.count for day in stats.daily], last_is_unfinished=includes_today)
    platforms = _platforms(stats)
    return Report(
        cards=_cards(stats),
        range=words.day_range(stats.period.start, stats.period.end),
        zone=str(zone),
        is_empty=not stats.total and not any(stats.totals.values()),
        apps=_apps(stats, app_url),
        platforms=platforms,
        platform_summary=platform_summary(platforms),
        days=_days(stats, chart),
        chart=chart,
        ticks=[(words.number(tick.value), tick.y) for tick in chart.ticks],
        trend_summary=trend_summary(stats, includes_today=includes_today),
    )


def _cards(stats: ShareStats) -> list[Card]:
    return [
        Card(days, words.last_days(days), words.number(total), days == stats.period.days)
        for days, total in stats.totals.items()
    ]


def _apps(stats: ShareStats, app_url: AppUrl) -> list[AppRow]:
    return [
        AppRow(rank, app.app_name or str(app.app_id), app_url(app.app_id), words.number(app.count))
        for rank, app in enumerate(stats.most_shared_apps, start=1)
    ]


def _platforms(stats: ShareStats) -> list[PlatformRow]:
    label = get_settings().platforms.label
    total = sum(stats.platforms.values())
    largest = max(stats.platforms.values(), default=0)
    return [
        PlatformRow(
            str(label(name)),
            words.number(count),
            words.per_cent(count / total),
            bar_length(count, largest),
        )
        for name, count in stats.platforms.items()
    ]


def _days(stats: ShareStats, chart: LineChart) -> list[DayRow]:
    return [
        DayRow(words.full_day(day.date), words.axis_day(day.date), words.number(day.count), column)
        for day, column in zip(stats.daily, chart.columns, strict=True)
    ]
