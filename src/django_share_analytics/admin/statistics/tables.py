"""The tables of the statistics page as files, under headings in the page's language."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from django_share_analytics.files.tables import (
    TableLayout,
    app_rows,
    day_rows,
    hour_rows,
    platform_rows,
    rising_rows,
    week_rows,
)
from django_share_analytics.stats.answer import answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django_share_analytics.files.tables import Row, Table
    from django_share_analytics.stats import Question

CHANGE: dict[str, Any] = {
    "compared": _("In complete days"),
    "before": _("In as many before"),
    "change": pgettext_lazy("growth", "Change"),
}


def read_table(name: str, question: Question) -> Table:
    """One of :data:`PAGE_TABLES`."""
    if name == "hours" and not question.is_hourly:
        question = replace(question, compare=False)  # there are no hours before, either
    return PAGE_TABLES[name].table(question)


def _apps(question: Question) -> Iterator[Row]:
    """With each app's part of the whole. One that is asked for keeps its rank among all."""
    total = answer(replace(question, limit=1)).total
    for row in app_rows(question):
        if question.app in (None, row["id"]):
            yield {**row, "percent": round(100 * row["count"] / total, 2)}


PAGE_TABLES = {
    "days": TableLayout(
        day_rows,
        {"when": _("Day"), "count": _("Shares")},
        {"when_before": _("Day before"), "count_before": _("Shares before")},
    ),
    "hours": TableLayout(
        hour_rows,
        {"when": _("Hour"), "count": _("Shares")},
        {"when_before": _("Hour before"), "count_before": _("Shares before")},
    ),
    "platforms": TableLayout(
        platform_rows,
        {
            "label": _("Platform"),
            "name": _("Name"),
            "count": _("Shares"),
            "percent": _("Per cent"),
        },
    ),
    "apps": TableLayout(
        _apps,
        {
            "rank": _("Rank"),
            "name": _("App"),
            "id": _("ID"),
            "count": _("Shares"),
            "percent": _("Per cent"),
        },
        CHANGE,
    ),
    "rising": TableLayout(rising_rows, {"name": _("App"), "id": _("ID"), **CHANGE}),
    "week": TableLayout(
        week_rows, {"weekday": _("Weekday"), "hour": _("Hour"), "count": _("Shares")}
    ),
}
