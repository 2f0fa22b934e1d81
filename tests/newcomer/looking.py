"""What a newcomer does in a browser, and sees there."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.newcomer.somebody import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page


@contextmanager
def browsing(browser: Browser, site: str, *, user_agent: str | None = None) -> Iterator[Page]:
    """A page of a browser that has never been here; scripts that fail are a failure."""
    context = browser.new_context(base_url=site, user_agent=user_agent)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.route("https://**", lambda route: route.fulfill(body="elsewhere"))
    errors: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    try:
        yield page
    finally:
        context.close()
    assert errors == []


def logs_in(page: Page) -> None:
    page.goto("/admin/")
    page.fill("[name=username]", "amal")
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")


def adds_chess(page: Page) -> None:
    page.goto("/admin/catalog/app/add/")
    page.fill("[name=name]", "Chess")
    page.click("[name=_save]")
    page.goto("/apps/1")
    assert page.get_by_role("heading", name="Chess").is_visible()


def taps_whatsapp(page: Page) -> None:
    """Share on the page, which says so at once."""
    page.goto("/apps/1")
    assert page.get_by_text("Shared 0 times").is_visible()
    with page.expect_response("**/api/shares") as answer, page.expect_popup():
        page.get_by_role("link", name="WhatsApp").click()
    assert answer.value.status == 202
    assert page.get_by_text("Shared 1 times").is_visible(), "at once"


def reads_the_total(page: Page) -> None:
    page.goto("/admin/")
    page.get_by_role("link", name="Share statistics", exact=True).first.click()
    total = page.locator(".share-cards strong").first
    reloads_until_there(page, total)
    assert total.inner_text() == "1"
    assert page.get_by_role("link", name="Chess").first.is_visible()


def reloads_until_there(page: Page, locator: Locator) -> None:
    """Shares are written half a second after they came."""
    for _ in range(20):
        if locator.count():
            break
        page.wait_for_timeout(250)
        page.reload()
