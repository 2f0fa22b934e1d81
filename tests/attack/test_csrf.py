"""A page elsewhere, opened by somebody who is logged in here, changes nothing: whatever it sends.

What anybody may post to has no right that could be borrowed: see ``TAKES_POSTS``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from tests.attack.addresses import METHODS, address, everything, names
from tests.attack.test_permissions import SAFE, TAKES_POSTS

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.once, pytest.mark.django_db]

ACTIONS = {
    "share_analytics_share_changelist": "share",
    "share_analytics_setaside_changelist": "setaside",
}
"""Pages with actions, and of what they are."""


@pytest.fixture
def lured(admin_user: Any) -> Client:
    """The browser of a superuser, on another site's page: with its cookies, without a token."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(admin_user)
    return browser


def test_unsafe_methods__change_nothing(
    lured: Client, stored: dict[str, Any], with_everything: None
) -> None:
    before = everything()
    form = "post=yes&_save=1&platform=x&action=delete_selected"
    for name in names():
        open_to = {"POST"} if name.split(":")[1] in TAKES_POSTS else set()
        for method in set(METHODS) - SAFE - open_to:
            answer = lured.generic(
                method, address(name, stored), form, "application/x-www-form-urlencoded"
            )
            # To Django a TRACE is a GET.
            assert answer.status_code in {403, 405, 415} or method == "TRACE", (name, method)
    assert everything() == before


@pytest.mark.parametrize("page", ACTIONS)
def test_actions__each_needs_a_token(page: str, lured: Client, stored: dict[str, Any]) -> None:
    """Those that the page offers, whichever they are."""
    where = reverse(f"admin:{page}")
    offered = lured.get(where).context["action_form"].fields["action"].choices
    actions = [name for name, _ in offered if name]
    before = everything()
    assert actions
    for action in actions:
        form = {"action": action, "index": "0", ACTION_CHECKBOX_NAME: stored[ACTIONS[page]]}
        assert lured.post(where, {**form, "post": "yes"}).status_code == 403, action
    assert everything() == before


def test_safe_methods__change_nothing(
    admin_client: Client, stored: dict[str, Any], with_everything: None
) -> None:
    """An address alone, in a picture or a link, does nothing."""
    before = everything()
    tricks = {"action": "replay", "post": "yes", "_method": "DELETE", "_selected_action": "1"}
    for name in names():
        for method in ("get", "head", "options"):
            response = getattr(admin_client, method)(address(name, stored), tricks)
            if response.streaming:
                b"".join(response)
    assert everything() == before


def test_sessions__are_not_made_by_strangers(
    client: Client, stored: dict[str, Any], with_everything: None, post: Callable[..., Any]
) -> None:
    """Each would be a row that a loop could make millions of."""
    for name in names():
        if not name.startswith("admin:"):
            client.get(address(name, stored))
            client.post(address(name, stored), "{}", "application/json")
    post()
    assert not Session.objects.exists()
    assert "sessionid" not in client.cookies


def test_link__is_followed_by_nobody_who_was_lured(
    lured: Client, stored: dict[str, Any], with_everything: None
) -> None:
    """A picture with a link's address is no click: browsers say what they fetch it for."""
    before = everything()
    browser = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"
    headers = {"sec-fetch-dest": "image", "user-agent": browser}
    assert lured.get(address("share_links:link", stored), headers=headers).status_code == 302
    assert everything() == before
