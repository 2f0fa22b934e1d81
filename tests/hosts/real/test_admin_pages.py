"""Every page of ours in the browser, in the admin theme of the project that runs."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.watched import WatchedSite, axe_script, axe_violations, session_of
from tests.hosts.real import admin_pages
from tests.hosts.real.conftest import HOST, PACKAGE
from tests.hosts.real.visits import user_of
from tests.screenshots import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

THEME = getattr(import_module(f"{PACKAGE}.{HOST}.visits"), "THEME", None)
if THEME is None:
    pytest.skip("this project's admin has no theme", allow_module_level=True)

OURS = ".share-stats, .share-filter, .share-stats-link, .share-payload"
OF_THE_FRAME = {"region", "landmark-one-main", "page-has-heading-one", "heading-order"}
"""Rules about the page around ours, which is the theme's."""
TEXT, DRAWN = 4.5, 3
MARKS = [
    (".share-chart text", "fill", TEXT),
    (".share-axis text", "fill", TEXT),
    (".share-change, .share-card-label, .share-legend li", "color", TEXT),
    (".share-filter-chip bdi, .share-notice bdi", "color", TEXT),
    (
        ".share-field select, :is(.share-field, .share-filter) input:not([type=submit])",
        "color",
        TEXT,
    ),
    (".share-line:not(.share-line-before)", "stroke", DRAWN),
    (".share-spark", "stroke", DRAWN),
    (".share-bar", "fill", DRAWN),
    (".share-heat-5", "fill", DRAWN),
]
CHANGES = {".share-change-more", ".share-change-fewer", ".share-change-new"}
PICTURES = os.environ.get("PICTURES", "")
"""The folder that pictures are made in, if any are wanted."""
CONTRAST = (Path(__file__).parent / "contrast.js").read_text()


class ThemedSite(WatchedSite):
    names: dict[str, str]

    def themed(self, scheme: str, system: str, **options: Any) -> Page:
        """A browser whose reader has chosen one scheme, and the operating system another."""
        page = self.open("/admin/", color_scheme=system, bypass_csp=True, **options)
        page.add_init_script(THEME.script(scheme))
        self.console.clear()
        return page

    def visit(self, page: Page, address: str) -> None:
        answer = page.goto(self.url + address)
        assert answer is not None
        assert answer.status == 200, address
        if THEME.filters and page.locator(THEME.filters).count():
            page.locator(THEME.filters).first.click()
        page.locator("#content-main details, .share-stats details").evaluate_all(
            "(all) => all.forEach((one) => one.open = true)"
        )

    def complaints(self) -> list[str]:
        return [line for line in self.console if not line.startswith(THEME.chatter)]


@pytest.fixture
def site(
    browser: Browser, live_server: LiveServer, make_app: Callable[..., Any]
) -> Iterator[ThemedSite]:
    admin = user_of("admin")
    site = ThemedSite(browser, str(live_server.url), session_of(admin))
    site.names = admin_pages.share([make_app(f"Number {n}") for n in range(8)], by=admin)
    yield site
    site.close()


@pytest.mark.timeout(600)  # a dozen pages, each with axe-core
@pytest.mark.parametrize(
    ("scheme", "system"),
    [("light", "light"), ("light", "dark"), ("dark", "dark"), ("dark", "light")],
)
def test_all_is_readable(site: ThemedSite, scheme: str, system: str) -> None:
    axe, found = axe_script(), {}
    page = site.themed(scheme, system)
    for name, address in admin_pages.addresses(site.names).items():
        # Of all pages where theme and system differ, as that is the harder case.
        if scheme == system and name != "statistics":
            continue
        site.visit(page, address)
        page.wait_for_timeout(300)  # colours fade
        if name == "statistics":
            assert {kind for kind in CHANGES if page.locator(kind).count()} == CHANGES
        axes = axe_violations(page, axe, within=OURS, known=THEME.known)
        ours = [line for line in axes if line.split(":")[0] not in OF_THE_FRAME]
        found[name] = ours + page.evaluate(CONTRAST, MARKS)
    assert {name: lines for name, lines in found.items() if lines} == {}
    assert site.complaints() == []


@pytest.mark.skipif(not (THEME and THEME.is_for_phones), reason="the theme is wider than a phone")
def test_a_phone_needs_no_scrolling_sideways(site: ThemedSite) -> None:
    page = site.themed("light", "light", viewport={"width": 390, "height": 844})
    wide = {}
    for name, address in admin_pages.addresses(site.names).items():
        page.goto(site.url + address)
        wide[name] = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
    assert {name: pixels for name, pixels in wide.items() if pixels} == {}


def test_titles_and_breadcrumbs_are_where_the_theme_has_them(site: ThemedSite) -> None:
    page = site.themed("light", "light")
    for name, title in (("statistics", "Share statistics"), ("shares", "Shares")):
        page.goto(site.url + admin_pages.addresses(site.names)[name])
        assert (
            page.get_by_role("heading", name=title)
            .or_(page.locator("header, main, #main").get_by_text(title))
            .count()
        )
        assert page.get_by_role("link", name="Share analytics", exact=False).count()
        assert page.title()


def test_filters_work_together(site: ThemedSite) -> None:
    page = site.themed("light", "light")
    site.visit(page, admin_pages.addresses(site.names)["shares, filtered"])
    assert page.locator("#result_list tbody tr, .grp-row-even, .grp-row-odd").count() == 15
    field = page.get_by_label("ID or name of a user")
    field.fill("admin")
    field.press("Enter")
    page.wait_for_url("**user=admin*")
    for kept in ("platform=whatsapp", f"app={site.names['app']}"):
        assert kept in page.url
    shown = page.locator("#result_list tbody tr, .grp-row-even, .grp-row-odd").count()
    assert shown == 10
    assert site.complaints() == []


def test_links_from_page_to_page(site: ThemedSite) -> None:
    page = site.themed("light", "light")
    pages = admin_pages.addresses(site.names)
    page.goto(site.url + pages["an app"])
    page.get_by_role("link", name="Share statistics").last.click()
    page.wait_for_url("**/sharestatistics/?app=*")
    page.get_by_role("link", name="See the single shares").click()
    page.wait_for_url("**/share_analytics/share/?*")
    export = page.get_by_role("link", name="Export all that match (CSV)")
    with page.expect_download() as download:
        export.click()
    assert download.value.suggested_filename.endswith(".csv")


@pytest.mark.skipif(not PICTURES, reason="for `make screenshots`")
def test_picture(site: ThemedSite) -> None:
    size: Any = {"width": 1280, "height": 900}
    page = site.themed(THEME.pictured, THEME.pictured, viewport=size)
    page.goto(site.url + admin_pages.addresses(site.names)["statistics"])
    page.wait_for_timeout(300)
    path = Path(PICTURES) / f"statistics-{HOST}.png"
    page.screenshot(path=path)
    assert path.stat().st_size < MAX_BYTES, "too large for the repository"
