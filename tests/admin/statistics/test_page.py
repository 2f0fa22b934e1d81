"""The statistics page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from django_share_analytics.admin.statistics.report.changes import change_between
from django_share_analytics.models import Share
from django_share_analytics.stats import share_stats

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

PAGE = "admin:share_analytics_sharestatistics_changelist"
VIEW_STATISTICS = "share_analytics.view_sharestatistics"
SHARE_TABLE = connection.ops.quote_name(Share._meta.db_table)
HOSTILE = '<script>alert("x")</script>'


@pytest.fixture
def busy_site(record: Callable[..., Any], make_app: Callable[..., Any]) -> list[Any]:
    """Three apps with shares in every period, 1,240 in the last week."""
    apps = [make_app("Chess"), make_app("شطرنج"), make_app("Notes")]
    record(apps[0], 1_200, days_ago=2)
    record(apps[1], 30, days_ago=2, platform="telegram")
    record(apps[2], 9, platform="googleplus")
    record(apps[0], platform="copy")
    record(apps[1], 20, days_ago=20)
    record(apps[1], 300, days_ago=80)
    return apps


def text(response: Any) -> str:
    """What is there to be read, without markup."""
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


@pytest.mark.usefixtures("busy_site")
@pytest.mark.parametrize("days", [7, 30, 90])
def test_page__shows_the_numbers_of_share_stats(admin_client: Client, days: int) -> None:
    response = admin_client.get(reverse(PAGE), {"days": days})
    stats, report = share_stats(days=days), response.context["report"]
    assert [card.shares for card in report.cards] == ["10", "1,240", "1,260", "1,560"]
    assert [card.days for card in report.cards if card.is_current] == [days]
    assert [(row.name, row.shares) for row in report.apps] == [
        (app.app_name, f"{app.count:,}") for app in stats.most_shared_apps
    ]
    assert [row.shares for row in report.platforms] == [
        f"{count:,}" for count in stats.platforms.values()
    ]
    assert [row.shares for row in report.trend.points] == [f"{day.count:,}" for day in stats.daily]
    assert stats.previous_daily is not None
    assert [row.shares_before for row in report.trend.points] == [
        f"{day.count:,}" for day in stats.previous_daily
    ]
    assert sum(day.count for day in stats.daily) == stats.total
    assert f"{stats.total:,} shares in {days} days." in text(response)


@pytest.mark.usefixtures("busy_site")
def test_page__cards_say_what_became_of_each_period(admin_client: Client) -> None:
    cards = admin_client.get(reverse(PAGE)).context["report"].cards
    assert [card.label for card in cards] == [
        "Today so far",
        "Last 7 days",
        "Last 30 days",
        "Last 90 days",
    ]
    today, week, month, quarter = (share_stats(days=days).previous for days in (1, 7, 30, 90))
    for card, previous in zip(cards, (today, week, month, quarter), strict=True):
        expected = change_between(previous.total, previous.compared_total)
        # In the first hour of a day there is nothing of it to compare, nor in that of the first
        # shares since the day before yesterday.
        is_told = previous.is_possible and (previous.total or previous.compared_total)
        assert card.change == (expected if is_told else None)
    assert [card.url for card in cards] == [f"?days={days}" for days in (1, 7, 30, 90)]


@pytest.mark.usefixtures("busy_site")
def test_page__names_platforms_and_their_part(admin_client: Client) -> None:
    page = text(admin_client.get(reverse(PAGE), {"days": 7}))
    assert "WhatsApp 1,200 96.8%" in page
    assert "Telegram 30 2.4%" in page
    assert "googleplus 9 0.7%" in page
    assert "Copied link 1 0.1%" in page
    assert "Most shares go to \u2068WhatsApp\u2069: 96.8%." in page


@pytest.mark.usefixtures("busy_site")
def test_page__has_every_day_in_a_table(admin_client: Client) -> None:
    response = admin_client.get(reverse(PAGE), {"days": 90})
    trend = response.content.decode().split('id="share-trend-summary"')[1]
    table = trend.split('class="share-table"')[1].split("</table>")[0]
    assert table.count('<th scope="row">') == 90
    assert table.count("(so far)") == 1


@pytest.mark.usefixtures("busy_site")
def test_page__draws_today_as_unfinished(admin_client: Client) -> None:
    response = admin_client.get(reverse(PAGE), {"days": 7})
    columns = [point.column for point in response.context["report"].trend.points]
    assert [column.is_unfinished for column in columns] == [False] * 6 + [True]
    page = response.content.decode()
    trend = page.split("share-trend-title")[-4:]
    assert 'stroke-dasharray="4 4"' in "".join(trend)
    assert "Today is not over yet: 10 so far." in page


@pytest.mark.usefixtures("busy_site")
@pytest.mark.parametrize("days", ["abc", "0", "-7", "366", "99999", "7\x00"])
def test_page__when_there_is_no_such_period(admin_client: Client, days: str) -> None:
    response = admin_client.get(reverse(PAGE), {"days": days})
    page = text(response)
    assert "These are the last 30 days of everything instead." in page
    assert response.context["form"].errors["days"]
    assert [card.days for card in response.context["report"].cards if card.is_current] == [30]


def test_page__asks_as_many_queries_for_much_as_for_little(
    admin_client: Client, record: Callable[..., Any], make_app: Callable[..., Any]
) -> None:
    def queries() -> int:
        cache.clear()  # closed days cost nothing once they are known
        with CaptureQueriesContext(connection) as captured:
            admin_client.get(reverse(PAGE))
        reading = [sql for query in captured if SHARE_TABLE in (sql := query["sql"])]
        # Of the shares themselves the page knows but the newest, which an index finds.
        assert len(reading) == 1
        assert re.search(r"SELECT MAX\(\S*timestamp\S*\) AS \S+ FROM \S+$", reading[0])
        return len(captured)

    record(make_app())
    queries()
    before = queries()
    for days_ago, platform in enumerate(("whatsapp", "telegram", "email", "sms", "copy") * 3):
        record(make_app(), 2, days_ago=days_ago, platform=platform)
    assert queries() == before <= 15


def test_page__when_nothing_was_shared_yet(admin_client: Client) -> None:
    page = text(admin_client.get(reverse(PAGE)))
    assert "No shares in the last 90 days" in page
    assert "{% load share_analytics %}" in page
    assert "{% share_buttons app %}" in page


def test_page__when_nothing_was_shared_in_the_period(
    admin_client: Client, record: Callable[..., Any], app: Any
) -> None:
    record(app, days_ago=20)
    page = text(admin_client.get(reverse(PAGE), {"days": 7}))
    assert "Nothing matches" in page
    assert "Last 30 days 1 " in page
    assert "Shares by day" not in page


def test_page__escapes_names(
    admin_client: Client, record: Callable[..., Any], make_app: Callable[..., Any]
) -> None:
    record(make_app(HOSTILE))
    page = admin_client.get(reverse(PAGE)).content.decode()
    assert HOSTILE not in page
    assert escape(HOSTILE) in page


@pytest.mark.usefixtures("busy_site")
def test_page__needs_no_inline_style_or_script(admin_client: Client) -> None:
    page = admin_client.get(reverse(PAGE)).content.decode()
    content = page.split('id="content-main"')[1].split('id="footer"')[0]
    assert not re.search(r"\sstyle=|\son\w+=|<script|<style", content)


@pytest.mark.usefixtures("busy_site")
@pytest.mark.parametrize("language", ["de", "ar", "fr"])
def test_page__writes_numbers_in_the_language_and_geometry_in_none(
    admin_client: Client, settings: Any, language: str
) -> None:
    settings.USE_THOUSAND_SEPARATOR = True
    english = _geometry(admin_client.get(reverse(PAGE)))
    settings.LANGUAGE_CODE = language
    response = admin_client.get(reverse(PAGE))
    assert _geometry(response) == english
    expected = {"de": "1.240", "ar": "1240", "fr": "1\u202f240"}[language]
    assert expected in [
        card.shares.replace("\xa0", "\u202f") for card in response.context["report"].cards
    ]


@pytest.mark.usefixtures("busy_site")
def test_page__says_where_it_is(admin_client: Client) -> None:
    page = admin_client.get(reverse(PAGE)).content.decode()
    assert "<title>Share statistics | Django site admin</title>" in page
    assert page.count("<h1") >= 1
    breadcrumbs = page.split('class="breadcrumbs"')[1].split("Share statistics")[0]
    assert reverse("admin:app_list", args=["share_analytics"]) in breadcrumbs


def _geometry(response: Any) -> list[str]:
    """Every attribute inside the drawings that holds a number."""
    drawings = "".join(
        re.findall(r"<svg class=\"share-.*?</svg>", response.content.decode(), re.DOTALL)
    )
    return re.findall(r"\s(?:d|x|y|cx|cy|x1|x2|y1|y2|width|height|viewBox)=\"[^\"]*\"", drawings)
