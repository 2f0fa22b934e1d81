"""Two doors, one answer: what the page takes, the API takes, and they count the same."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from django_share_analytics.upkeep.pruning import prune
from django_share_analytics.writing.writer import write_shares
from tests.factories import event

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

API = "/api/admin/shares/stats"


def day(days_ago: int) -> str:
    return str(timezone.localdate() - timedelta(days=days_ago))


@pytest.fixture
def page_total(admin_client: Client) -> Callable[[dict[str, Any]], int | None]:
    """What the page's table of days adds up to; ``None`` when the page can't answer."""

    def total(query: dict[str, Any]) -> int | None:
        address = reverse("admin:share_analytics_sharestatistics_changelist")
        response: Any = admin_client.get(address, {**query, "export": "days"})
        if response.status_code == 400:
            return None
        text = b"".join(response).decode("utf-8-sig")
        return sum(int(row[1]) for row in list(csv.reader(text.splitlines()))[1:])

    return total


@pytest.fixture
def api_total(admin_client: Client) -> Callable[[dict[str, Any]], int | None]:
    def total(query: dict[str, Any]) -> int | None:
        response = admin_client.get(API, query)
        return None if response.status_code == 400 else response.json()["totalShares"]

    return total


@pytest.fixture
def apps(make_app: Callable[..., Any], unknown_key: Any) -> dict[str, Any]:
    chess, maps = make_app("Chess"), make_app("Maps")
    now = timezone.now()
    for days_ago, platform in enumerate(["myspace", "twitter", "copy", "myspace"] * 10):
        write_shares([event(chess, platform, now - timedelta(days=10 * days_ago))])
    return {"shared": chess.pk, "never shared": maps.pk, "not there": unknown_key}


QUERIES: list[dict[str, Any]] = [
    {},
    *({"platform": name} for name in ("twitter", "x", " X ", "myspace", "MySpace", "nosuch", "")),
    *({"platform": name} for name in ("a\x00", "p" * 51, "\u0634", "%")),
    *({"days": n} for n in ("1", "7", "365", "366", "0", "-1", "007", "7.0", "\u0667", " 7", "+7")),
    *({"days": n} for n in ("", "9" * 5_000, "seven", "1e1")),
    {"from": day(0), "to": day(0)},
    {"from": day(364), "to": day(0)},
    {"from": day(365), "to": day(0)},
    {"from": day(0), "to": day(-1)},
    {"from": day(0), "to": day(1)},
    {"from": "1969-12-31", "to": "1970-01-02"},
    {"from": "1970-01-01", "to": "1970-01-02"},
    {"from": "9999-12-31", "to": "9999-12-31"},
    {"from": "0001-01-01", "to": "0001-01-01"},
    {"from": "2026-02-30", "to": "2026-03-01"},
    {"from": "01.03.2026", "to": "02.03.2026"},
    {"to": day(0)},
    {"from": day(3), "to": day(1), "platform": "myspace"},
]


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_question__is_answered_alike(
    query: dict[str, Any], apps: Any, page_total: Any, api_total: Any
) -> None:
    assert page_total(query) == api_total(query)


@pytest.mark.parametrize("which", ["shared", "never shared", "not there"])
@pytest.mark.parametrize("public_apps", ["", "tests.public_apps.named_public"])
def test_question__about_an_app(
    which: str, public_apps: str, apps: Any, page_total: Any, api_total: Any, settings: Any
) -> None:
    """Staff see drafts, through either door."""
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "PUBLIC_APPS": public_apps}
    query = {"app": apps[which], "days": 365}
    assert page_total(query) == api_total(query) == {"shared": 37, "never shared": 0}.get(which)


@pytest.mark.skipif(
    (settings.DATABASE, settings.APP_KEY) != ("mariadb", "str"),
    reason="only MariaDB's string keys are compared without case",
)
def test_question__about_an_app_that_is_written_otherwise(
    apps: Any, page_total: Any, api_total: Any, admin_client: Client
) -> None:
    query = {"app": apps["shared"].upper(), "days": 365}
    assert page_total(query) == api_total(query) == 37
    (ranked,) = admin_client.get(API, query).json()["mostSharedApps"]
    assert (ranked["appId"], ranked["appName"]) == (apps["shared"], "Chess")


def test_question__about_what_was_retired_and_pruned(
    apps: Any, page_total: Any, api_total: Any
) -> None:
    before = api_total({"platform": "myspace", "days": 365})
    prune(date.fromisoformat(day(8)))
    for query in ({"platform": "myspace", "days": 365}, {"platform": "MYSPACE", "days": 30}):
        assert page_total(query) == api_total(query)
    assert api_total({"platform": "myspace", "days": 365}) == before > 1
