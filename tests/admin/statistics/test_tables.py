"""Every table of the statistics page as a file."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from html import unescape
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from django_share_analytics.admin.statistics.tables import PAGE_TABLES
from django_share_analytics.conf import reporting_zone
from django_share_analytics.periods import local_day
from django_share_analytics.stats import hour_of_week, share_stats

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db

PAGE = "admin:share_analytics_sharestatistics_changelist"
EXPORT = "share_analytics.export_share"
VIEW_STATISTICS = "share_analytics.view_sharestatistics"


def read(response: Any) -> list[list[str]]:
    """The rows of the file, its header first."""
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(content, newline="")))


@pytest.fixture
def busy_site(record: Callable[..., Any], make_app: Callable[..., Any]) -> list[Any]:
    """Fifteen apps, so that the page does not show them all."""
    apps = [make_app(f"Number {n}") for n in range(15)]
    for n, app in enumerate(apps):
        record(app, n + 2, days_ago=2)
        record(app, days_ago=9, platform="telegram")
    return apps


@pytest.mark.usefixtures("busy_site")
def test_apps__are_complete(admin_client: Client) -> None:
    header, *rows = read(admin_client.get(reverse(PAGE), {"days": 7, "export": "apps"}))
    assert header[:5] == ["Rank", "App", "ID", "Shares", "Per cent"]
    assert len(rows) == 15
    ranked = share_stats(days=7, limit=100).most_shared_apps
    assert [(row[1], row[2], row[3]) for row in rows] == [
        (app.app_name, str(app.app_id), str(app.count)) for app in ranked
    ]
    assert [row[0] for row in rows] == [str(n) for n in range(1, 16)]


@pytest.mark.usefixtures("busy_site")
def test_apps__of_one_platform(admin_client: Client) -> None:
    query = {"days": "30", "platform": "telegram", "export": "apps", "compare": "0"}
    header, *rows = read(admin_client.get(reverse(PAGE), query))
    assert header == ["Rank", "App", "ID", "Shares", "Per cent"]
    assert [row[3] for row in rows] == ["1"] * 15


def test_days__of_one_app(admin_client: Client, busy_site: list[Any]) -> None:
    query = {"days": "30", "app": str(busy_site[3].pk), "export": "days"}
    header, *rows = read(admin_client.get(reverse(PAGE), query))
    assert header == ["Day", "Shares", "Day before", "Shares before"]
    stats = share_stats(days=30, app=busy_site[3])
    assert [(row[0], row[1]) for row in rows] == [
        (str(day.date), str(day.count)) for day in stats.daily
    ]


@pytest.mark.usefixtures("busy_site")
def test_hours__in_the_zone_of_the_page(admin_client: Client) -> None:
    header, *rows = read(admin_client.get(reverse(PAGE), {"days": "2", "export": "hours"}))
    assert header == ["Hour", "Shares", "Hour before", "Shares before"]
    assert all(row[2].endswith("+03:00") for row in rows)
    two_days_ago = local_day(timezone.now(), reporting_zone()) - timedelta(days=2)
    before = {row[2]: row[3] for row in rows}
    assert before[f"{two_days_ago}T12:00:00+03:00"] == str(sum(range(2, 17)))


@pytest.mark.usefixtures("busy_site")
def test_platforms__close_to_a_hundred(admin_client: Client) -> None:
    _header, *rows = read(admin_client.get(reverse(PAGE), {"export": "platforms"}))
    assert [row[1] for row in rows] == ["whatsapp", "telegram"]
    assert round(sum(float(row[3]) for row in rows), 6) == 100


@pytest.mark.usefixtures("busy_site")
def test_rising__beyond_the_first_ten(admin_client: Client) -> None:
    header, *rows = read(admin_client.get(reverse(PAGE), {"days": "7", "export": "rising"}))
    assert header == ["App", "ID", "In complete days", "In as many before", "Change"]
    stats = share_stats(days=7, limit=100)
    assert [(row[0], row[2], row[3]) for row in rows] == [
        (app.app_name, str(app.count), str(app.previous_count)) for app in stats.rising_apps
    ]


@pytest.mark.usefixtures("busy_site")
def test_week__hour_by_hour(admin_client: Client) -> None:
    _header, *rows = read(admin_client.get(reverse(PAGE), {"days": "7", "export": "week"}))
    table = hour_of_week(share_stats(days=7).period)
    assert [int(row[2]) for row in rows] == [n for row in table for n in row]


def test_files__escape_formulas(
    admin_client: Client, record: Callable[..., Any], make_app: Callable[..., Any]
) -> None:
    record(make_app("=1+1"))
    _header, row = read(admin_client.get(reverse(PAGE), {"export": "apps"}))
    assert row[1] == "'=1+1"


@pytest.mark.parametrize("days", [2, 7, 365])
def test_page__links_the_files_of_what_it_shows(
    admin_client: Client, record: Callable[..., Any], busy_site: list[Any], days: int
) -> None:
    record(busy_site[0], days_ago=1)
    page = admin_client.get(reverse(PAGE), {"days": days}).content.decode()
    found = [unescape(href) for href in re.findall(r'href="(\?[^"]*export=[^"]*)"', page)]
    assert found
    for link in found:
        assert f"days={days}" in link
        assert len(read(admin_client.get(reverse(PAGE) + link))) > 1


@pytest.mark.usefixtures("busy_site")
def test_files__need_both_permissions(as_staff: Callable[..., Client]) -> None:
    browser = as_staff(VIEW_STATISTICS)
    assert "export=" not in browser.get(reverse(PAGE)).content.decode()
    for name in PAGE_TABLES:
        assert browser.get(reverse(PAGE), {"export": name}).status_code == 403


def test_files__not_without_the_statistics(as_staff: Callable[..., Client]) -> None:
    assert as_staff(EXPORT).get(reverse(PAGE), {"export": "apps"}).status_code == 403


def test_files__for_those_who_may(as_staff: Callable[..., Client], busy_site: list[Any]) -> None:
    browser = as_staff(VIEW_STATISTICS, EXPORT)
    assert len(read(browser.get(reverse(PAGE), {"export": "apps"}))) == 1 + len(busy_site)


def test_files__of_what_makes_no_sense(admin_client: Client) -> None:
    assert admin_client.get(reverse(PAGE), {"export": "secrets"}).status_code == 404
    wrong = admin_client.get(reverse(PAGE), {"export": "apps", "days": "abc"})
    assert wrong.status_code == 400
    assert "“abc” is no period" in wrong.content.decode()


@pytest.mark.parametrize(
    ("query", "columns"),
    [({"days": "2"}, 4), ({"days": "2", "compare": "0"}, 2), ({"days": "3"}, 2)],
)
def test_hours__have_others_beside_them_where_there_are_any(
    admin_client: Client, query: dict[str, str], columns: int
) -> None:
    header, *_rows = read(admin_client.get(reverse(PAGE), {"export": "hours", **query}))
    assert header == ["Hour", "Shares", "Hour before", "Shares before"][:columns]


@pytest.mark.parametrize("name", sorted(PAGE_TABLES))
def test_files__of_nothing(admin_client: Client, name: str) -> None:
    header, *rows = read(admin_client.get(reverse(PAGE), {"export": name, "days": "7"}))
    assert all(header)
    assert not any(row[-1] not in {"", "0"} for row in rows)


def test_files__keep_the_filter_on_an_app(admin_client: Client, busy_site: list[Any]) -> None:
    query = {"days": "7", "app": str(busy_site[3].pk)}
    rows = {
        name: read(admin_client.get(reverse(PAGE), {**query, "export": name}))[1:]
        for name in PAGE_TABLES
    }
    assert [row[:2] + row[3:5] for row in rows["apps"]] == [["12", "Number 3", "5", "100.0"]]
    assert [row[2] for row in rows["platforms"]] == ["5"]
    assert rows["rising"] == rows["week"] == []
