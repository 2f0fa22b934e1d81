"""The card that says what came by the shares, and where it leads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import include, path, reverse

from django_share_analytics.models import ShareVirality, SiteStepDay
from django_share_analytics.writing.writer import write_shares
from tests.factories import event, link_event
from tests.urls import urlpatterns as without_links

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

urlpatterns = [*without_links, path("s/", include("django_share_analytics.link_urls"))]

NO_LINKS = pytest.mark.urls("tests.urls")
PAGE = "admin:share_analytics_sharestatistics_changelist"
TRAVELS = "admin:share_analytics_sharevirality_changelist"
VIEW_STATISTICS = "share_analytics.view_sharestatistics"


def days_ago(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


@pytest.fixture
def shared(app: Any, make_app: Callable[..., Any]) -> Any:
    """An app with shares on two platforms, beside another. Visits came long after them, too."""
    other = make_app("Other")
    brought = {
        event(app, "whatsapp", days_ago(2)): [1, 1],
        event(app, "telegram", days_ago(20)): [19, 1, 0],
        event(other, "whatsapp", days_ago(20)): [15],
        event(other, "whatsapp", days_ago(80)): [79, 60, 10, 1],
    }
    steps = [
        link_event(share, kind, days_ago(at))
        for share, visits in brought.items()
        for at in visits
        for kind in ("visit", "click")
    ]
    write_shares([*brought, *steps])
    return app


def card(client: Client, **asked: Any) -> Any:
    return client.get(reverse(PAGE), asked).context["report"].visits_card


@pytest.mark.usefixtures("shared")
def test_visits__by_the_day_of_the_share_whenever_they_came(admin_client: Client) -> None:
    visits = {days: card(admin_client, days=days).visits for days in (1, 7, 30, 90)}
    assert visits == {1: "0", 7: "2", 30: "6", 90: "10"}


def test_visits__of_a_platform_and_of_an_app(admin_client: Client, shared: Any) -> None:
    key = str(shared.pk)
    assert card(admin_client, days=90, platform="telegram").visits == "3"
    assert card(admin_client, days=90, platform="email").visits == "0"
    assert card(admin_client, days=90, app=key).visits == "5"
    assert card(admin_client, days=90, app=key, platform="whatsapp").visits == "2"


def test_visits__with_one_query(admin_client: Client, shared: Any) -> None:
    table = SiteStepDay._meta.db_table
    for asked, expected in (({}, 1), ({"days": 365}, 1), ({"app": str(shared.pk)}, 0)):
        with CaptureQueriesContext(connection) as captured:
            admin_client.get(reverse(PAGE), asked)
        assert sum(table in query["sql"] for query in captured) == expected


def test_visits__where_nothing_was_shared(admin_client: Client, app: Any) -> None:
    write_shares([event(app, at=days_ago(80))])
    assert card(admin_client, days=7).visits == "0"


@NO_LINKS
def test_visits__no_card_without_links(admin_client: Client, shared: Any) -> None:
    for asked in ({}, {"app": str(shared.pk)}):
        response = admin_client.get(reverse(PAGE), asked)
        assert response.context["report"].visits_card is None
        assert "Visits brought" not in response.content.decode()


def test_card__leads_to_how_far_these_travel(as_staff: Callable[..., Client], shared: Any) -> None:
    asked = {"platform": "telegram", "app": str(shared.pk)}
    response = as_staff(VIEW_STATISTICS).get(reverse(PAGE), {**asked, "days": 7, "compare": 0})
    address = reverse(TRAVELS, query=asked)
    assert f'href="{address}"' in unescape(response.content.decode())


@pytest.mark.usefixtures("shared")
def test_card__on_a_site_without_that_page(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(admin.site._registry, ShareVirality)
    response = admin_client.get(reverse(PAGE))
    assert response.context["virality_url"] is None
    assert '<div class="share-card">' in response.content.decode()


@pytest.mark.usefixtures("shared")
def test_cards__say_the_value_the_change_and_the_days_alone(admin_client: Client) -> None:
    page = admin_client.get(reverse(PAGE)).content.decode()
    cards, _, below = page.split('class="share-cards"')[1].partition("</ul>")
    assert "compared" not in cards
    assert "before" not in cards
    assert "compared with" in below.partition("</details>")[0]
