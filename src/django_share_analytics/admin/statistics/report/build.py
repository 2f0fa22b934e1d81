"""The statistics, arranged as the page shows them: ready-made rows for a template without sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django_share_analytics.admin import words
from django_share_analytics.admin.statistics.report.apps import (
    AppRow,
    RisingRow,
    build_apps,
    build_rising,
    has_baseline,
    is_today,
    rising_title,
)
from django_share_analytics.admin.statistics.report.cards import (
    Card,
    VisitsCard,
    build_cards,
    build_visits_card,
)
from django_share_analytics.admin.statistics.report.platforms import PlatformRow, build_platforms
from django_share_analytics.admin.statistics.report.reach import ReachRow, build_reach
from django_share_analytics.admin.statistics.report.summaries import (
    apps_summary,
    cards_summary,
    platform_summary,
    rising_summary,
    trend_summary,
)
from django_share_analytics.admin.statistics.report.trend import Trend, build_trend
from django_share_analytics.admin.statistics.report.week import Week, build_week

if TYPE_CHECKING:
    from django_share_analytics.stats.overview import Overview


@dataclass(frozen=True, slots=True)
class Report:
    """Everything on the page that is counted."""

    cards: list[Card]
    cards_summary: str
    """Until when both sides of the changes on the cards count; empty when nothing is compared."""
    visits_card: VisitsCard | None
    """None where shares have no links."""
    range: str
    zone: str
    compares: bool
    compares_apps: bool
    """Not when there is nothing before; nor for today, as apps are compared by complete days."""
    lacks_baseline: bool
    """Whether it should be said that there is nothing that apps could have risen from."""
    is_new: bool
    """Nothing was shared, whatever one asks for."""
    is_empty: bool
    """Nothing was shared of what is asked for."""
    trend: Trend
    trend_summary: str
    platforms: list[PlatformRow]
    platform_summary: str
    apps: list[AppRow]
    apps_summary: str
    has_sparklines: bool
    """A single day makes no line."""
    rising: list[RisingRow]
    rising_title: str
    rising_summary: str
    complete_dates: str
    """The complete days that the changes of apps are about."""
    week: Week | None
    reach: list[ReachRow]
    """Empty but for an app, and where shares have no links."""


def build_report(overview: Overview) -> Report:
    """The page for what ``overview`` answers."""
    stats = overview.stats
    question, period = stats.question, stats.period
    includes_today = period.end >= question.today
    is_whole = question.app is None and question.platform is None
    platforms = build_platforms(stats)
    apps = build_apps(overview) if question.app is None else []
    rising = build_rising(stats)
    compares_apps = question.compare and question.app is None
    cards = build_cards(stats)
    return Report(
        cards=cards,
        cards_summary=cards_summary(stats) if any(card.change for card in cards) else "",
        visits_card=build_visits_card(overview),
        range=words.day_range(period.start, period.end),
        zone=period.time_zone,
        compares=question.compare,
        compares_apps=compares_apps and has_baseline(stats) and not is_today(stats),
        lacks_baseline=compares_apps and not has_baseline(stats),
        is_new=is_whole and not stats.total and not any(h.total for h in stats.headlines),
        is_empty=not stats.total,
        trend=build_trend(stats),
        trend_summary=trend_summary(stats, includes_today=includes_today),
        platforms=platforms,
        platform_summary=platform_summary(platforms),
        apps=apps,
        apps_summary=apps_summary(apps),
        has_sparklines=any(app.sparkline for app in apps),
        rising=rising,
        rising_title=rising_title(stats),
        rising_summary=rising_summary(rising),
        complete_dates=words.compared_ranges(question.complete, question.today),
        week=None if overview.week is None else build_week(overview.week),
        reach=build_reach(stats.reach) if stats.reach else [],
    )
