"""Shares that look alike, and their discarding, in a real browser: for everybody, by keyboard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from django_share_analytics.events import utc_now
from django_share_analytics.models import Share
from django_share_analytics.upkeep.look_alikes import VISITOR, Mark
from django_share_analytics.writing.writer import write_shares
from tests.browser.test_statistics import (
    DJANGOS_OWN,
    FADING,
    PHONE,
    RULES_OF_COLOUR,
    open_all,
    sideways,
)
from tests.browser.watched import WatchedSite, axe_script, axe_violations, session_of
from tests.factories import event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

pytestmark = [pytest.mark.once, pytest.mark.slow]

PAGE = "/admin/share_analytics/share/look-alikes/"
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 <b>a-word-without-end" + "d" * 200


@pytest.fixture
def site(
    browser: Browser, live_server: Any, settings: Any, admin_user: Any, app: Any
) -> Iterator[WatchedSite]:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.browser.policy.StrictPolicyMiddleware"]
    now = utc_now()
    write_shares([event(app, at=now, visitor=1, user_agent="curl/8.5") for _ in range(60)])
    write_shares([event(app, "copy", at=now, visitor=2, user_agent=AGENT) for _ in range(3)])
    site = WatchedSite(browser, str(live_server.url), session_of(admin_user))
    yield site
    site.close()


@pytest.fixture
def pages(site: WatchedSite, app: Any) -> list[str]:
    """Without an app, of one, with an error, and the one that asks."""
    key = quote(str(app.pk), safe="")
    discard = f"{PAGE}discard/?app={key}&of={Mark(VISITOR, 1).name}"
    return [PAGE, f"{PAGE}?app={key}", f"{PAGE}?app=nonsense&day=x", discard]


def test_nothing_is_complained_about(site: WatchedSite, pages: list[str]) -> None:
    page, axe = site.open(PAGE, color_scheme="light", bypass_csp=True), axe_script()
    found = {}
    for address in pages:
        page.emulate_media(color_scheme="light")
        page.goto(site.url + address)
        open_all(page)
        found[address, "light"] = axe_violations(page, axe, known=DJANGOS_OWN)
        page.emulate_media(color_scheme="dark")
        page.wait_for_timeout(FADING)
        found[address, "dark"] = axe_violations(page, axe, rules=RULES_OF_COLOUR, known=DJANGOS_OWN)
    assert {page: here for page, here in found.items() if here} == {}


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_phone_needs_no_scrolling_sideways(
    site: WatchedSite, pages: list[str], settings: Any, language: str
) -> None:
    settings.LANGUAGE_CODE = language
    page = site.open(PAGE, **PHONE)
    for address in pages:
        page.goto(site.url + address)
        open_all(page)
        assert sideways(page) == 0, address


def test_by_keyboard_and_without_script_they_are_discarded(
    site: WatchedSite, pages: list[str]
) -> None:
    page = site.open(pages[1], java_script_enabled=False)
    page.get_by_role("link", name=re.compile("Discard.*Visitor")).first.press("Enter")
    page.get_by_label("Why:").press_sequentially("curl in a loop")
    page.keyboard.press("Enter")
    page.get_by_text("Discarded: 60 shares.").wait_for()
    assert page.get_by_text("60 shares of one visitor: curl in a loop").is_visible()
    assert Share.objects.count() == 3
    assert site.console == []
