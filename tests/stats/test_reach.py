"""What became of an app's shares, in Python and over HTTP: only where there are links."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import include, path

from django_share_analytics.models import AppPlatformCount, AppStepDay
from django_share_analytics.stats import Reach, share_stats
from django_share_analytics.steps import LATER
from django_share_analytics.writing.writer import write_shares
from tests.factories import event
from tests.urls import urlpatterns as without_links

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

urlpatterns = [*without_links, path("s/", include("django_share_analytics.link_urls"))]

NO_LINKS = pytest.mark.urls("tests.urls")
STATS = "/api/admin/shares/stats"
THE_DAY, NEXT_DAY = date(2026, 3, 10), date(2026, 3, 11)
ONE_DAY = {"start": THE_DAY, "end": THE_DAY}
NOTHING = dict.fromkeys(
    ("previews", "clicks", "visits", "reached", "reshares", "forwarded", "conversions"), 0
)


def became(app: Any, platform: str, day: date, within: int, **steps: int) -> None:
    """Steps on the links of shares of an app that are there already."""
    pair = AppPlatformCount.objects.get(app=app, platform=platform)
    AppStepDay.objects.create(app_platform=pair, day=day, within=within, **steps)


@pytest.fixture
def shared(app: Any, make_app: Callable[..., Any]) -> Any:
    """An app with shares of a day, on two platforms, on which steps are counted in two windows."""
    other = make_app("Other")
    write_shares([event(app), event(app), event(app, "telegram"), event(other)])
    became(app, "whatsapp", THE_DAY, 1, preview=1, click=5, visit=4, reached=2)
    became(app, "whatsapp", THE_DAY, LATER, visit=1, reshare=2, forwarded=1)
    became(app, "whatsapp", NEXT_DAY, 1, click=100)
    became(app, "telegram", THE_DAY, 7, click=10, conversion=3)
    became(other, "whatsapp", THE_DAY, 1, click=1_000)
    return app


def test_reach__of_all_windows_by_the_day_of_the_share(shared: Any) -> None:
    assert share_stats(app=shared, **ONE_DAY).reach == Reach(
        shares=3,
        previews=1,
        clicks=15,
        visits=5,
        reached=2,
        reshares=2,
        forwarded=1,
        conversions=3,
    )


def test_reach__of_a_platform(shared: Any) -> None:
    reach = share_stats(app=shared, platform="telegram", **ONE_DAY).reach
    assert reach == Reach(shares=1, **{**NOTHING, "clicks": 10, "conversions": 3})


def test_reach__of_what_was_never_shared(app: Any) -> None:
    assert share_stats(app=app).reach == Reach(shares=0, **NOTHING)


def test_reach__of_apps_alone(shared: Any) -> None:
    assert share_stats(**ONE_DAY).reach is None


def test_reach__costs_a_query(shared: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):
        share_stats(app=shared, **ONE_DAY)


@NO_LINKS
def test_reach__not_without_links(shared: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        assert share_stats(app=shared, **ONE_DAY).reach is None


def test_call__says_it_last(admin_client: Client, shared: Any) -> None:
    query = {"from": "2026-03-10", "to": "2026-03-10"}
    document = admin_client.get(STATS, {**query, "app": str(shared.pk)}).json()
    steps = {**NOTHING, "previews": 1, "clicks": 15, "visits": 5, "reached": 2}
    assert list(document)[-1] == "reach"
    assert document["reach"] == {
        "shares": 3, **steps, "reshares": 2, "forwarded": 1, "conversions": 3
    }  # fmt: skip
    assert "reach" not in admin_client.get(STATS, query).json()


@NO_LINKS
def test_call__as_before_without_links(admin_client: Client, shared: Any) -> None:
    document = admin_client.get(STATS, {"app": str(shared.pk)}).json()
    assert list(document)[-1] == "hourlyShares"
