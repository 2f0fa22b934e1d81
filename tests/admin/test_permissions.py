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
