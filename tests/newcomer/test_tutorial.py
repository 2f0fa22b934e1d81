"""From an empty folder to a number in the admin, by the tutorial alone.

Every file and every command is read from the page, and typed.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.links.known_agents import FIREFOX
from tests.newcomer.conftest import DJANGOS
from tests.newcomer.looking import (
    adds_chess,
    browsing,
    logs_in,
    reads_the_total,
    reloads_until_there,
    taps_whatsapp,
)
from tests.newcomer.pages import Step, steps_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.newcomer.somebody import Somebody

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif("RUN_NEWCOMER" not in os.environ, reason="for `make test-newcomer`"),
]


@pytest.fixture(params=DJANGOS)
def django(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def tutorial() -> dict[str, list[Step]]:
    """Chapter → steps; a test takes out what it follows, and none is left."""
    return steps_of("docs/tutorial.md")


def test_tutorial(somebody: Somebody, browser: Browser, tutorial: dict[str, list[Step]]) -> None:
    with browsing(browser, somebody.site) as page:
        somebody.follows(tutorial.pop("A project"))
        logs_in(page)
        adds_chess(page)

        somebody.follows(tutorial.pop("The package"))
        assert "no issues" in somebody.said["python manage.py check"], "not even a warning"
        somebody.follows(tutorial.pop("Buttons"))
        taps_whatsapp(page)
        assert_the_admin_knows_it(page)

        somebody.follows(tutorial.pop("Did anybody come?"))
        link = copies_a_link(page)
        comes_by_it(browser, somebody.site, link)
        assert_somebody_came(page)

    somebody.follows(tutorial.pop("A test of your own"))
    said = somebody.said["python manage.py test"]
    assert "Ran 2 tests" in said
    assert "OK" in said
    assert not tutorial


def assert_the_admin_knows_it(page: Page) -> None:
    reads_the_total(page)
    page.goto("/admin/share_analytics/share/")
    row = page.locator("#result_list tbody tr")
    assert {"Chess", "WhatsApp", "amal"} <= set(row.inner_text().split())
    page.goto("/admin/catalog/app/")
    assert page.locator("#result_list th", has_text="Shares").is_visible()


def copies_a_link(page: Page) -> str:
    page.goto("/apps/1")
    assert page.get_by_text("Shared 1 times").is_visible(), "counted afresh"
    with page.expect_response("**/api/shares"):
        page.get_by_role("button", name="Copy link").click()
    return str(page.evaluate("navigator.clipboard.readText()"))


def comes_by_it(browser: Browser, site: str, link: str) -> None:
    assert link.startswith(f"{site}/s/")
    with browsing(browser, site, user_agent=FIREFOX) as page:
        with page.expect_response("**/visits") as answer:
            page.goto(link)
        assert answer.value.status == 202
        assert page.get_by_role("heading", name="Chess").is_visible()


def assert_somebody_came(page: Page) -> None:
    page.goto("/admin/share_analytics/sharestatistics/?app=1")
    for what in ("Clicks", "Visits"):
        once = page.locator(".share-reach tr", has_text=what).locator(".share-number", has_text="1")
        reloads_until_there(page, once)
        assert once.inner_text() == "1", what
