"""The tables of ``GET admin/shares/stats/export``, under the names that they have in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django_share_analytics.files.tables import (
    TableLayout,
    app_rows,
    day_rows,
    hour_rows,
    platform_rows,
    rising_rows,
)
from django_share_analytics.stats.answer import answer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django_share_analytics.files.tables import Row
    from django_share_analytics.stats import Question


def _platforms(question: Question) -> Iterable[Row]:
    """The platform alone that is asked for."""
    return (row for row in platform_rows(question) if question.platform in (None, row["name"]))


def _apps(question: Question) -> Iterable[Row]:
    """The app alone that is asked for: it needs no ranking of all."""
    if question.app is None:
        return app_rows(question)
    apps = answer(question).most_shared_apps
    return ({"id": app.app_id, "name": app.app_name, "count": app.count} for app in apps)


API_TABLES = {
    "daily": TableLayout(day_rows, {"when": "date", "count": "count"}),
    "hourly": TableLayout(hour_rows, {"when": "hour", "count": "count"}),
    "platforms": TableLayout(_platforms, {"name": "platform", "count": "shareCount"}),
    "apps": TableLayout(_apps, {"id": "appId", "name": "appName", "count": "shareCount"}),
    "rising": TableLayout(
        rising_rows,
        {
            "id": "appId",
            "name": "appName",
            "compared": "shareCount",
            "before": "previousCount",
            "change": "change",
        },
    ),
}
