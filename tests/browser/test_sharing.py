"""From a click in a browser to a row in the database."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client

from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.models import Share
from tests.browser.helpers import eventually, stored

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext

    from tests.browser.conftest import Visit


def test_a_click_on_a_link(visit: Callable[..., Visit], app: Any, site: str) -> None:
    here = visit(app)

    with here.page.expect_popup() as popup:
        assert here.share("whatsapp") == 202

    (share,) = here.shares
    assert share.keys() == {"id", "appId", "platform", "sessionId"}
    assert uuid.UUID(share["id"]).version == 7
    assert (share["appId"], share["platform"]) == (str(app.pk), "whatsapp")
    assert uuid.UUID(share["sessionId"]), "random, and never Django's session key"
    assert popup.value.url.startswith("https://api.whatsapp.com/send?text=Chess%20http")
    assert popup.value.evaluate("window.opener") is None
    assert here.counts() == {"total": "1", "whatsapp": "1", "telegram": "0", "other": "1"}
    eventually(Share.objects.exists)
    row = Share.objects.get()
    assert (str(row.id), row.app_id, row.platform) == (share["id"], app.pk, "whatsapp")
    assert (row.session_id, row.user_id) == (share["sessionId"], None)
    assert "Chrome" in row.user_agent
    assert (row.referrer_url or "").startswith(site)
    assert here.console == []


@pytest.mark.parametrize("name", ["immediate.ImmediateDispatcher", "buffered.BufferedDispatcher"])
def test_a_click_ends_in_the_database(
    visit: Callable[..., Visit], app: Any, settings: Any, name: str
) -> None:
    backend = f"django_share_analytics.dispatch.backends.{name}"
    settings.SHARE_ANALYTICS = {"DISPATCHERS": {"default": {"BACKEND": backend}}}
    here = visit(app)

    here.share("whatsapp")
    dispatchers.flush(10)

    assert stored() == [(app.pk, "whatsapp")]
    here.page.reload()
    assert here.counts()["total"] == "0", "a count may be as old as the settings say"
    cache.clear()
    here.page.reload()
    assert here.counts() == {"total": "1", "whatsapp": "1", "telegram": "0", "other": "1"}


def test_whoever_is_logged_in_is_recorded(
    visit: Callable[..., Visit], new_context: Any, app: Any, site: str, django_user_model: Any
) -> None:
    user = django_user_model.objects.create_user("amal")
    client = Client()
    client.force_login(user)
    name = django_settings.SESSION_COOKIE_NAME
    context: BrowserContext = new_context()
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])
    here = visit(app, context=context)

    assert here.share("whatsapp") == 202

    eventually(Share.objects.exists)
    assert Share.objects.get().user == user
