"""The tables of ``GET admin/shares/stats/export``, under the names that they have in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django_share_analytics.files.tables import (
    Layout,
    read_apps,
    read_days,
    read_hours,
    read_platforms,
    read_rising,
)
from django_share_analytics.stats.answer import answer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django_share_analytics.files.tables import Row
    from django_share_analytics.stats import Question


def _platforms(question: Question) -> Iterable[Row]:
    """The platform alone that is asked for."""
    return (row for row in read_platforms(question) if question.platform in (None, row["name"]))


def _apps(question: Question) -> Iterable[Row]:
    """The app alone that is asked for: it needs no ranking of all."""
    if question.app is None:
        return read_apps(question)
    apps = answer(question).most_shared_apps
    return ({"id": app.app_id, "name": app.app_name, "count": app.count} for app in apps)


API_TABLES = {
    "daily": Layout(read_days, {"when": "date", "count": "count"}),
    "hourly": Layout(read_hours, {"when": "hour", "count": "count"}),
    "platforms": Layout(_platforms, {"name": "platform", "count": "shareCount"}),
    "apps": Layout(_apps, {"id": "appId", "name": "appName", "count": "shareCount"}),
    "rising": Layout(
        read_rising,
        {
            "id": "appId",
            "name": "appName",
            "compared": "shareCount",
            "before": "previousCount",
            "change": "change",
        },
    ),
}
