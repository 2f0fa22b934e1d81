"""Who may see which page, and who is shown the way to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import NoReverseMatch, reverse

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

LIST = "admin:share_analytics_share_changelist"
STATISTICS = "admin:share_analytics_sharestatistics_changelist"
VIEW_SHARES = "share_analytics.view_share"
EXPORT = "share_analytics.export_share"
VIEW_STATISTICS = "share_analytics.view_sharestatistics"


@pytest.mark.parametrize(
    ("permissions", "sees_list", "sees_statistics"),
    [
        ([], False, False),
        ([VIEW_SHARES], True, False),
        ([VIEW_STATISTICS], False, True),
        ([VIEW_SHARES, VIEW_STATISTICS], True, True),
        (["share_analytics.export_share"], False, False),
    ],
)
def test_pages__by_permission(
    as_staff: Callable[..., Client],
    permissions: list[str],
    sees_list: bool,
    sees_statistics: bool,
) -> None:
    browser = as_staff(*permissions)
    index = browser.get(reverse("admin:index")).content.decode()
    for page, seen in ((LIST, sees_list), (STATISTICS, sees_statistics)):
        address = reverse(page)
        assert browser.get(address).status_code == (200 if seen else 403)
        assert (f'href="{address}"' in index) is seen


@pytest.mark.django_db
@pytest.mark.parametrize("page", [LIST, STATISTICS])
def test_pages__when_logged_out(client: Client, page: str) -> None:
    assert client.get(reverse(page)).status_code == 302


def test_statistics__link_to_the_shares_only_for_those_who_may_see_them(
    as_staff: Callable[..., Client], record: Callable[..., Any], app: Any
) -> None:
    record(app)
    page = as_staff(VIEW_STATISTICS).get(reverse(STATISTICS)).content.decode()
    assert reverse(LIST) not in page


def test_share__can_be_read_and_not_written(
    admin_client: Client, record: Callable[..., Any], app: Any
) -> None:
    (share,) = record(app)
    address = reverse("admin:share_analytics_share_change", args=[share.id])
    page = admin_client.get(address)
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert admin_client.post(address, {"platform": "x"}).status_code == 403
    for action in ("add", "delete"):
        args = [share.id] if action == "delete" else []
        name = f"admin:share_analytics_share_{action}"
        assert admin_client.get(reverse(name, args=args)).status_code == 403


def test_statistics__have_no_page_for_a_single_share(
    as_staff: Callable[..., Client], record: Callable[..., Any], app: Any
) -> None:
    (share,) = record(app, session_id="secret")
    with pytest.raises(NoReverseMatch):
        reverse("admin:share_analytics_sharestatistics_change", args=[share.id])
    page = as_staff(VIEW_STATISTICS).get(f"{reverse(STATISTICS)}{share.id}/change/")
    assert page.status_code == 404


@pytest.mark.parametrize(
    ("permissions", "page", "query", "missing"),
    [
        ([], LIST, {}, VIEW_SHARES),
        ([], STATISTICS, {}, VIEW_STATISTICS),
        ([], "admin:share_analytics_setaside_changelist", {}, "share_analytics.view_setaside"),
        ([], "admin:share_analytics_share_export", {}, VIEW_SHARES),
        ([VIEW_SHARES], "admin:share_analytics_share_export", {}, EXPORT),
        ([VIEW_STATISTICS], STATISTICS, {"export": "apps"}, EXPORT),
    ],
)
def test_pages__say_which_permission_is_missing(
    as_staff: Callable[..., Client],
    permissions: list[str],
    page: str,
    query: dict[str, str],
    missing: str,
) -> None:
    response = as_staff(*permissions).get(reverse(page), query)
    assert response.status_code == 403
    said = response.content.decode().split('id="content"')[1]
    assert f"<code>{missing}</code>" in said
    assert f'href="{reverse("admin:index")}"' in said
    for address, needed in ((LIST, VIEW_SHARES), (STATISTICS, VIEW_STATISTICS)):
        assert needed in permissions or f'href="{reverse(address)}"' not in said


def test_share__says_which_permission_is_missing(
    as_staff: Callable[..., Client], record: Callable[..., Any], app: Any
) -> None:
    (share,) = record(app, session_id="secret")
    address = reverse("admin:share_analytics_share_change", args=[share.id])
    response = as_staff().get(address)
    assert response.status_code == 403
    assert VIEW_SHARES in response.content.decode()
    assert "secret" not in response.content.decode()
