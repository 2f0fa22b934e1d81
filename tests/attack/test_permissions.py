"""Who may do what, of every address in the URL list: one that is not in the table fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from django_share_analytics.links.buttons import can_draw_codes
from tests.attack.addresses import METHODS, address, everything, names

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.once, pytest.mark.django_db]

SHARES, STATISTICS = "share_analytics.view_share", "share_analytics.view_sharestatistics"
EXPORT, ASIDE = "share_analytics.export_share", "share_analytics.view_setaside"
DISCARD = "share_analytics.discard_share"
DELETE_ASIDE = "share_analytics.delete_setaside"
ANYONE, NOBODY = frozenset(), frozenset({"nobody"})

WHO_READS = {
    "share_analytics:shares": NOBODY,
    "share_analytics:impressions": NOBODY,
    "share_analytics:visits": NOBODY,
    "share_analytics:conversions": NOBODY,
    "share_analytics:share-count": ANYONE,
    "share_analytics:share-counts": ANYONE,
    "share_links:link": ANYONE,
    "share_links:qr": ANYONE if can_draw_codes() else NOBODY,
    "share_analytics:admin-shares": {SHARES},
    "share_analytics:admin-share-export": {EXPORT},
    "share_analytics:admin-share-stats": {STATISTICS},
    "share_analytics:admin-share-stats-export": {STATISTICS, EXPORT},
    "share_analytics:admin-share-virality": {STATISTICS},
    "admin:share_analytics_share_changelist": {SHARES},
    "admin:share_analytics_share_change": {SHARES},
    "admin:share_analytics_share_history": {SHARES},
    "admin:share_analytics_share_export": {SHARES, EXPORT},
    "admin:share_analytics_share_look_alikes": {SHARES},
    "admin:share_analytics_share_discard": {SHARES, DISCARD},
    "admin:share_analytics_share_add": NOBODY,
    "admin:share_analytics_share_delete": NOBODY,
    "admin:share_analytics_setaside_changelist": {ASIDE},
    "admin:share_analytics_setaside_change": {ASIDE},
    "admin:share_analytics_setaside_history": {ASIDE},
    "admin:share_analytics_setaside_delete": {DELETE_ASIDE},
    "admin:share_analytics_setaside_add": NOBODY,
    "admin:share_analytics_sharestatistics_changelist": {STATISTICS},
    "admin:share_analytics_sharevirality_changelist": {STATISTICS},
}
"""Which permissions it takes to read each: all of them, by a member of staff."""
TAKES_POSTS = {"shares", "impressions", "visits", "conversions"}
"""Calls that anybody may post to, from anywhere."""
READ = {200, 302, 304, 400}
"""What is answered to who may read it; 400 where it is asked for nothing."""
SAFE = {"GET", "HEAD", "OPTIONS"}


def is_read(response: Any) -> bool:
    to_log_in = response.status_code == 302 and "/admin/login/" in response["Location"]
    return response.status_code in READ and not to_log_in


def readers_of(browser: Client, stored: dict[str, Any]) -> set[str]:
    return {name for name in names() if is_read(browser.get(address(name, stored)))}


def expected(held: set[str], *, is_staff: bool = True) -> set[str]:
    return {
        name
        for name, needed in WHO_READS.items()
        if needed != NOBODY and (needed <= held) and (is_staff or not needed)
    }


def test_table__has_every_address() -> None:
    """Whoever adds one says here who may read it."""
    assert set(names()) == set(WHO_READS)


def test_strangers__read_what_is_for_everyone(client: Client, stored: dict[str, Any]) -> None:
    assert readers_of(client, stored) == expected(set())


def test_users__read_no_more(
    client: Client, stored: dict[str, Any], django_user_model: Any
) -> None:
    """Not even with all permissions: they are no staff."""
    user = django_user_model.objects.create_user("visitor")
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="share_analytics"))
    client.force_login(user)
    assert readers_of(client, stored) == expected(set(), is_staff=False)


def test_staff__read_what_each_permission_says(
    make_staff: Callable[..., Any], stored: dict[str, Any]
) -> None:
    ours = Permission.objects.filter(content_type__app_label="share_analytics")
    held = [f"share_analytics.{codename}" for codename in ours.values_list("codename", flat=True)]
    each = [set(), *({one} for one in held), {SHARES, EXPORT}, {STATISTICS, EXPORT}, set(held)]
    for number, permissions in enumerate(each):
        browser = Client()
        browser.force_login(make_staff(*permissions, username=f"editor {number}"))
        assert readers_of(browser, stored) == expected(permissions), permissions


def test_staff_who_left__read_no_more(
    make_staff: Callable[..., Any], stored: dict[str, Any]
) -> None:
    user, browser = make_staff(SHARES, STATISTICS, EXPORT), Client()
    browser.force_login(user)
    user.is_active = False
    user.save()
    assert readers_of(browser, stored) == expected(set())


def test_superusers__read_all(admin_client: Client, stored: dict[str, Any]) -> None:
    everything = set().union(*(needed for needed in WHO_READS.values() if needed != NOBODY))
    assert readers_of(admin_client, stored) == expected(everything)


def test_methods__change_nothing_but_what_anybody_may_post(
    admin_client: Client, client: Client, stored: dict[str, Any], with_everything: None
) -> None:
    before = everything()
    for browser in (client, admin_client):
        for name in names():
            takes = name.split(":")[1] in TAKES_POSTS
            for method in set(METHODS) - ({"POST"} if takes else set()):
                answer = browser.generic(method, address(name, stored))
                if answer.streaming:
                    b"".join(answer)
                # The admin answers whatever is asked as it answers a GET, or asks to log in.
                refused = answer.status_code in {302, 400, 401, 403, 404, 405}
                assert method in SAFE or refused or "admin:" in name, (name, method)
    assert everything() == before
