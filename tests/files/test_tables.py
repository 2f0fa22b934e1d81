"""The tables of the statistics, whole."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from django_share_analytics.api.tables import API_TABLES
from django_share_analytics.files import tables
from django_share_analytics.stats import app_sums, share_stats
from django_share_analytics.stats.question import make_question
from django_share_analytics.writing.writer import write_shares
from tests.factories import NOON, event

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

DAYS = {"start": date(2026, 3, 9), "end": date(2026, 3, 10)}
NOW = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture
def apps(make_app: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Thirteen apps, the n-th with n shares, on two days; and the days before with half as many."""
    monkeypatch.setattr(tables, "NAMED_AT_A_TIME", 4)
    apps = [make_app(f"App {n}") for n in range(13)]
    events = []
    for n, app in enumerate(apps):
        days_ago = [i % 2 for i in range(n)] + [2] * (n // 2)
        events += [
            event(app, "copy" if days % 2 else "sms", NOON - timedelta(days=days))
            for days in days_ago
        ]
    write_shares(events)
    return apps


def rows(name: str, **asked: Any) -> list[tuple[object, ...]]:
    question = make_question(**{**DAYS, "now": NOW, "compare": False, **asked})
    table = API_TABLES[name].table(question)
    found = [tuple(row) for row in table.rows]
    assert all(len(row) == len(table.header) for row in found)
    return found


def test_apps__are_all_there_most_shared_first(apps: list[Any]) -> None:
    expected = [(app.pk, app.name, n) for n, app in enumerate(apps) if n]
    assert rows("apps") == expected[::-1]


@pytest.mark.parametrize("page", [1, 5, 12, 13])
def test_tables__read_by_pages(apps: list[Any], page: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [rows("apps"), rows("rising"), rows("apps", platform="copy")]
    monkeypatch.setattr(app_sums, "PAGE", page)
    assert [rows("apps"), rows("rising"), rows("apps", platform="copy")] == whole


def test_apps__on_a_platform(apps: list[Any]) -> None:
    # Of n shares every other one was on the day before, where they were copied.
    expected = {(app.pk, app.name, n // 2) for n, app in enumerate(apps) if n > 1}
    assert set(rows("apps", platform="copy")) == expected


def test_apps__for_one(apps: list[Any]) -> None:
    assert rows("apps", app=apps[5]) == [(apps[5].pk, "App 5", 5)]


def test_rising__are_all_there_in_the_order_of_the_statistics(apps: list[Any]) -> None:
    found = rows("rising")
    expected = share_stats(**DAYS, limit=100, now=NOW).rising_apps
    assert found == [
        (app.app_id, app.app_name, app.count, app.previous_count, _rounded(app.change))
        for app in expected
    ]
    assert len(found) == 12
    assert (apps[1].pk, "App 1", 1, 0, None) in found
    assert (apps[3].pk, "App 3", 3, 1, 2.0) in found


def _rounded(change: float | None) -> float | None:
    return None if change is None else round(change, 4)


def test_rising__for_one_is_empty(apps: list[Any]) -> None:
    assert rows("rising", app=apps[5]) == []


def test_daily(apps: list[Any]) -> None:
    assert rows("daily") == [(date(2026, 3, 9), 36), (date(2026, 3, 10), 42)]
    assert rows("daily", app=apps[3]) == [(date(2026, 3, 9), 1), (date(2026, 3, 10), 2)]


def test_platforms(apps: list[Any]) -> None:
    assert rows("platforms") == [("sms", 42), ("copy", 36)]
    assert rows("platforms", platform="copy") == [("copy", 36)]
    assert rows("platforms", platform="email") == []


def test_hourly__is_in_the_reporting_zone(apps: list[Any]) -> None:
    hours = rows("hourly", platform="sms")
    assert len(hours) == 48
    assert hours[0] == ("2026-03-09T00:00:00+03:00", 0)
    assert [hour for hour in hours if hour[1]] == [("2026-03-10T12:00:00+03:00", 42)]


@pytest.mark.parametrize("name", API_TABLES)
def test_tables__of_an_empty_site(name: str) -> None:
    assert not any(row[-1] for row in rows(name))


@pytest.mark.parametrize("name", ["apps", "rising"])
def test_tables__ask_as_often_as_there_are_chunks(
    apps: list[Any], name: str, django_assert_num_queries: Any
) -> None:
    # The ranking, and for each of three chunks the names.
    with django_assert_num_queries(1 + 3):
        rows(name)
