"""What the list of shares lets one take away."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from django_share_analytics.admin.shares.paginator import CappedPaginator
from tests.admin.shares.test_page import LIST, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

EXPORT = "admin:share_analytics_share_export"
VIEW, TAKE = "share_analytics.view_share", "share_analytics.export_share"


def ids(response: Any) -> list[str]:
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeffid,appId,appName"), "Excel needs a byte order mark"
    return [line[0] for line in csv.reader(io.StringIO(text, newline=""))][1:]


def run_action(browser: Client, query: dict[str, str], **data: Any) -> Any:
    address = reverse(LIST, query=query) if query else reverse(LIST)
    return browser.post(address, {"action": "export_selected", "index": "0", **data})


@pytest.fixture
def shares(record: Callable[..., Any], app: Any) -> list[Any]:
    """Two hundred shares, more than a page; every other one on WhatsApp."""
    return [
        *record(app, 100, days_ago=2, platform="whatsapp"),
        *record(app, 100, days_ago=1, platform="copy"),
    ]


@pytest.mark.parametrize(
    ("permissions", "status", "is_offered"),
    [([VIEW, TAKE], 200, True), ([VIEW], 403, False), ([TAKE], 403, False)],
)
def test_export__by_permission(
    as_staff: Callable[..., Client],
    shares: list[Any],
    permissions: list[str],
    status: int,
    is_offered: bool,
) -> None:
    browser = as_staff(*permissions)
    assert browser.get(reverse(EXPORT)).status_code == status
    page = browser.get(reverse(LIST)).content.decode()
    assert (f'href="{reverse(EXPORT)}"' in page) is is_offered
    assert ("export_selected" in page) is is_offered
    assert ("action-select" in page) is is_offered


@pytest.mark.django_db
def test_export__when_logged_out(client: Client) -> None:
    assert client.get(reverse(EXPORT)).status_code == 302


def test_action__without_the_permission(as_staff: Callable[..., Client], shares: list[Any]) -> None:
    response = run_action(as_staff(VIEW), {}, select_across="1", _selected_action=shares[0].id)
    assert "attachment" not in response.get("Content-Disposition", "")


def test_action__exports_those_selected(admin_client: Client, shares: list[Any]) -> None:
    chosen = [shares[150].id, shares[3].id]
    response = run_action(admin_client, {}, select_across="0", _selected_action=chosen)
    assert ids(response) == [str(key) for key in chosen]


def test_action__exports_all_that_match(admin_client: Client, shares: list[Any]) -> None:
    query = {"platform": "whatsapp"}
    response = run_action(admin_client, query, select_across="1", _selected_action=[shares[0].id])
    assert sorted(ids(response)) == sorted(str(share.id) for share in shares[:100])


def test_export__is_the_list_with_all_its_pages(admin_client: Client, shares: list[Any]) -> None:
    page = shown(admin_client.get(reverse(LIST)))
    found = ids(admin_client.get(reverse(EXPORT)))
    assert len(found) == 200
    assert found[:50] == [str(key) for key in page]


@pytest.mark.parametrize("order", ["1", "-1"])
def test_export__keeps_order_and_filters(
    admin_client: Client, shares: list[Any], order: str
) -> None:
    query = {"platform": "copy", "o": order}
    page = shown(admin_client.get(reverse(LIST), query))
    found = ids(admin_client.get(reverse(EXPORT), query))
    assert len(found) == 100
    assert found[:50] == [str(key) for key in page]
    link = admin_client.get(reverse(LIST), query).context["export_url"]
    assert ids(admin_client.get(link)) == found


def test_export__is_named_after_the_range(admin_client: Client, shares: list[Any]) -> None:
    query = {"from": "2020-01-01", "to": "2020-01-31"}
    response = admin_client.get(reverse(EXPORT), query)
    assert ids(response) == []
    assert "shares_2020-01-01_2020-01-31_Asia-Riyadh.csv" in response["Content-Disposition"]


@pytest.mark.parametrize(
    "query", [{"from": "yesterday"}, {"app": "no such key"}, {"q": "s-1"}, {"p": "999"}]
)
def test_export__of_what_makes_no_sense_goes_back_to_the_list(
    admin_client: Client, shares: list[Any], query: dict[str, str]
) -> None:
    response = admin_client.get(reverse(EXPORT), query)
    assert response.status_code == 302
    assert response["Location"] == f"{reverse(LIST)}?" + "&".join(
        f"{name}={value}".replace(" ", "+") for name, value in query.items()
    )
    if "p" not in query:
        said = admin_client.get(response["Location"]).context["messages"]
        assert len(said) == 1


def test_export__refuses_what_the_list_refuses(admin_client: Client) -> None:
    assert admin_client.get(reverse(EXPORT), {"user_agent": "x"}).status_code == 400


def test_list__says_that_all_are_more_than_it_counts(
    admin_client: Client, shares: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = admin_client.get(reverse(LIST)).content.decode()
    assert "All 200 selected" in page
    assert "Select all 200 shares" in page
    monkeypatch.setattr(CappedPaginator, "limit", 100)
    page = admin_client.get(reverse(LIST)).content.decode()
    assert "All 100+ selected" in page
    assert "Select all 100+ shares" in page
