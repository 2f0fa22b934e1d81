"""Which apps are shared most, and which of them faster than before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django_share_analytics.admin import words
from django_share_analytics.charts import sparkline

from .changes import Change, change_between

if TYPE_CHECKING:
    from django_share_analytics.admin.selection import Selection
    from django_share_analytics.overview import Overview


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


def build_apps(overview: Overview, selection: Selection) -> list[AppRow]:
    """The most shared ones, each with the way to its own page."""
    total = overview.stats.total
    rows = []
    for rank, app in enumerate(overview.stats.most_shared_apps, start=1):
        compared = overview.changes.get(app.app_id)
        rows.append(
            AppRow(
                rank=rank,
                name=app.app_name or str(app.app_id),
                url=selection.link(app=app.app_id),
                shares=words.number(app.count),
                percent=words.per_cent(app.count / total if total else 0),
                change=change_between(compared.total, compared.compared_total)
                if compared
                else None,
                sparkline=sparkline(overview.sparklines.get(app.app_id, ())),
            )
        )
    return rows


def build_rising(overview: Overview, selection: Selection) -> list[RisingRow]:
    """Those that gained most between two periods of complete days."""
    return [
        RisingRow(
            name=app.app_name or str(app.app_id),
            url=selection.link(app=app.app_id),
            shares=words.number(app.count),
            shares_before=words.number(app.previous_count),
            change=change_between(app.previous_count, app.count),
        )
        for app in overview.stats.rising_apps
    ]
