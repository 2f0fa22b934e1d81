"""Buttons on pages that are not loaded anew: the script is the first page's, the body another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from django_share_analytics.events import new_id
from django_share_analytics.links.codes import code_of
from tests import services
from tests.browser.conftest import AS_A_PERSON
from tests.browser.helpers import eventually
from tests.hosts.real.turbo_htmx.urls import SCRIPTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

WATCH_POLICY = """addEventListener("securitypolicyviolation", (event) =>
    console.error("CSP", event.violatedDirective, event.blockedURI));"""


@pytest.fixture
def visit(browser: Browser, live_server: Any) -> Iterator[Callable[[str], Any]]:
    """Opens a page in a browser, whose clipboard may be written; with the shares that it sends."""
    context = browser.new_context(
        permissions=["clipboard-read", "clipboard-write"], base_url=live_server.url
    )
    page = context.new_page()
    page.shares, page.said = [], []
    context.route(lambda url: not url.startswith(live_server.url), lambda route: route.abort())
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.on(
        "request",
        lambda request: (
            page.shares.append(request.post_data_json) if "/api/shares" in request.url else None
        ),
    )
    page.add_init_script(WATCH_POLICY)

    def open_page(path: str) -> Any:
        page.goto(path)
        page.evaluate("window.isTheFirst = true")
        return page

    yield open_page
    context.close()


@pytest.fixture(params=SCRIPTS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def two(make_app: Callable[..., Any]) -> list[Any]:
    return [make_app("Chess"), make_app("Go")]


def go(page: Page, kind: str, link: str, heading: str) -> None:
    """Follow a link; every kind but the plain one must stay in the document."""
    page.locator(link).click()
    page.get_by_role("heading", name=heading, exact=True).wait_for()
    # Turbo shows how the page was left until its answer is there, and lets taps on that go.
    page.locator("html:not([data-turbo-preview])").wait_for(state="attached")
    stays = page.evaluate("window.isTheFirst === true")
    assert stays is (kind != "none"), "the script that is tried does what it is for"


def is_as_new(page: Page) -> None:
    """What the buttons of any page are before somebody taps."""
    copy = page.locator("[data-share-platform=copy]")
    copy.wait_for(state="visible")
    assert copy.inner_text() == "Copy link"
    assert page.locator(".share-status").count() == 1
    assert page.locator(".share-status").text_content() == ""


def copies(page: Page) -> None:
    """A tap on Copy: seen, heard, and counted once."""
    before = len(page.shares)
    page.locator("[data-share-platform=copy]").click()
    page.get_by_text("Link copied").first.wait_for()
    eventually(lambda: page.locator(".share-status").text_content() == "Link copied")
    eventually(lambda: len(page.shares) > before)
    assert len(page.shares) == before + 1
    code = code_of(UUID(page.shares[-1]["id"]))
    link = page.locator("[data-share-link]").get_attribute("data-share-link")
    assert page.evaluate("navigator.clipboard.readText()") == link.replace("{code}", code)


def test_the_next_page(visit: Callable[[str], Any], two: list[Any], kind: str) -> None:
    chess, _ = two
    page = visit(f"/{kind}/things")
    go(page, kind, f"a[href$='{chess.pk}']", "Chess")

    is_as_new(page)
    copies(page)

    assert page.shares[-1]["appId"] == str(chess.pk)
    assert page.locator("#total").inner_text() == "1"
    assert [line for line in page.said if "CSP" in line or "rror" in line] == []


def test_from_page_to_page(visit: Callable[[str], Any], two: list[Any], kind: str) -> None:
    page = visit(f"/{kind}/things/{two[0].pk}")
    for app in (two[1], two[0], two[1]):
        go(page, kind, f"a[href$='{app.pk}']", app.name)
        is_as_new(page)
        copies(page)

    assert [share["appId"] for share in page.shares] == [
        str(app.pk) for app in (two[1], two[0], two[1])
    ]
    assert len({share["sessionId"] for share in page.shares}) == 1
    assert len({share["id"] for share in page.shares}) == 3


def test_back_to_a_page_where_something_was_copied(
    visit: Callable[[str], Any], two: list[Any], kind: str
) -> None:
    """Left while it says "copied", a page doesn't say so when it is there again."""
    chess, go_ = two
    page = visit(f"/{kind}/things/{chess.pk}")
    copies(page)
    go(page, kind, f"a[href$='{go_.pk}']", "Go")

    page.go_back()
    page.get_by_role("heading", name="Chess", exact=True).wait_for()

    is_as_new(page)
    copies(page)
    page.go_forward()
    page.get_by_role("heading", name="Go", exact=True).wait_for()
    is_as_new(page)


def test_a_share_of_somebody_elses(visit: Callable[[str], Any], two: list[Any], kind: str) -> None:
    """What fetches pages loses the fragment with the code: the tapped link has it, too."""
    chess, go_ = two
    code = code_of(new_id())
    page = visit(f"/{kind}/things/{chess.pk}?link=/s/{code}/{go_.pk}")
    visits: list[tuple[str, Any]] = []
    page.on(
        "request",
        lambda request: (
            visits.append((request.url, request.post_data_json["appId"]))
            if request.url.endswith("/visits")
            else None
        ),
    )
    copies(page)
    assert "via" not in page.shares[-1]

    go(page, kind, "#shared", "Go")
    page.wait_for_timeout(500)
    copies(page)

    assert [(url.split("/")[-2], app) for url, app in visits] == [(code, str(go_.pk))]
    assert page.shares[-1]["via"] == code
    go(page, kind, f"a[href$='{chess.pk}']", "Chess")
    copies(page)
    assert "via" not in page.shares[-1]
    assert len(visits) == 1


@pytest.mark.parametrize("kind", ["htmx-2", "htmx-4"])
def test_a_part_of_the_page(visit: Callable[[str], Any], two: list[Any], kind: str) -> None:
    page = visit(f"/{kind}/things/{two[0].pk}")
    copies(page)
    with page.expect_response("**/parts/*"):
        page.locator("#again").click()
    page.get_by_text("Link copied").first.wait_for(state="hidden")
    page.locator("[data-share-platform=copy]").wait_for(state="visible")

    copies(page)

    assert page.locator(".share-status").count() == 1


def test_turbo_evaluates_the_script_again(visit: Callable[[str], Any], two: list[Any]) -> None:
    """As it does with each script of a body: a tap is still one share."""
    page = visit(f"/turbo-body/things/{two[0].pk}")
    for app in (two[1], two[0]):
        go(page, "turbo-body", f"a[href$='{app.pk}']", app.name)

    page.locator("[data-share-platform=telegram]").click()

    eventually(lambda: page.shares)
    page.wait_for_timeout(300)
    assert len(page.shares) == 1
    assert page.locator("#total").inner_text() == "1"


def test_the_browsers_own_cache_of_pages(
    browser: Browser, live_server: Any, two: list[Any]
) -> None:
    """A page that comes back as it was, script and all, says nothing of what was before."""
    # Playwright turns this cache off, unless it is asked not to.
    chromium = browser.browser_type.launch(
        executable_path=services.require_program("chromium", "chromium-browser", "google-chrome"),
        args=["--no-sandbox", AS_A_PERSON],
        ignore_default_args=["--disable-back-forward-cache"],
    )
    try:
        context = chromium.new_context(base_url=live_server.url)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.goto(f"/none/things/{two[0].pk}")
        page.evaluate(
            "addEventListener('pageshow', (event) => (window.cameBack = event.persisted))"
        )
        page.locator("[data-share-platform=copy]").click()
        page.get_by_text("Link copied").first.wait_for()
        page.locator(f"a[href$='{two[1].pk}']").click()
        page.get_by_role("heading", name="Go", exact=True).wait_for()
        page.go_back(wait_until="commit")  # such a page loads nothing
        page.get_by_role("heading", name="Chess", exact=True).wait_for()

        assert page.evaluate("window.cameBack") is True, "from that cache"
        is_as_new(page)
    finally:
        chromium.close()
