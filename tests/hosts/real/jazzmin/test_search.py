"""Jazzmin has one form around all filters and the search: they are asked for together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.hosts.real.test_admin_pages import ThemedSite, site

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["site"]

SHARES = "/admin/share_analytics/share/"
SESSION = "40fcb71f-0d3a-4c5e-9d53-9d1b6a3e7f11"


def rows(page: Page) -> int:
    return page.locator("#result_list tbody tr").count()


def test_search_keeps_the_filters(site: ThemedSite) -> None:
    page: Any = site.themed("light", "light")
    page.goto(f"{site.url}{SHARES}?app={site.names['app']}")
    page.get_by_role("link", name="Last 7 days").click()
    page.wait_for_url("**from=*")
    listed = rows(page)
    assert 0 < listed < 60
    page.locator("#searchbar").fill(SESSION)
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**q=*")
    for kept in ("from=20", "to=20", f"app={site.names['app']}"):
        assert kept in page.url
    assert rows(page) == listed
    page.locator("#searchbar").fill("nobody's")
    page.get_by_role("button", name="Search").click()
    page.get_by_text("No share matches.").wait_for()
    assert site.complaints() == []
