"""Which placements of share buttons come into sight, in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from django_share_analytics.dispatch.handler import dispatchers
from tests.browser.helpers import eventually
from tests.browser.watched import WATCH_POLICY

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page

pytestmark = [pytest.mark.once, pytest.mark.slow]

STAGE = """let hidden = %s, prerendering = %s;
Object.defineProperty(document, "hidden", { get: () => hidden });
Object.defineProperty(document, "prerendering", { get: () => prerendering });
window.turn = (isHidden) => {
  hidden = isHidden;
  document.dispatchEvent(new Event("visibilitychange"));
};
window.activate = () => {
  prerendering = false;
  document.dispatchEvent(new Event("prerenderingchange"));
};
"""
BUTTONS = """(placement) => {
  const box = document.createElement("div");
  box.dataset.sharePlacement = placement;
  box.textContent = "Share";
  document.body.replaceChildren(box);
}"""


class Looking:
    """A tab, and what the server heard of placements."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site
        self.console: list[str] = []
        page.on("console", lambda message: self.console.append(message.text))
        page.on("pageerror", lambda error: self.console.append(str(error)))

    def go(self, app: Any) -> None:
        self.page.goto(self.site + app.get_absolute_url())
        self.settle()

    def settle(self) -> None:
        """What is in sight has been told to scripts: it is with the next frames."""
        self.page.evaluate(
            "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame("
            "() => setTimeout(done, 50))))"
        )

    def scroll(self) -> None:
        self.page.evaluate("scrollTo(0, document.body.scrollHeight)")
        self.settle()

    def turn_away(self) -> None:
        self.page.evaluate("turn(true)")

    def come_back(self) -> None:
        self.page.evaluate("turn(false)")
        self.settle()

    @property
    def heard(self) -> list[tuple[str, ...]]:
        return [event.placements for event in dispatchers["default"].shares.impressions]

    def hears(self, *placements: tuple[str, ...]) -> None:
        """These, and nothing else."""
        wanted = list(placements)
        eventually(lambda: len(self.heard) >= len(wanted) or self.page.wait_for_timeout(20))
        self.page.wait_for_load_state("networkidle")
        assert self.heard == wanted
        assert self.console == []


@pytest.fixture
def site(live_server: Any, settings: Any) -> str:
    settings.ROOT_URLCONF = "tests.browser.link_urls"
    settings.SHARE_ANALYTICS = {
        **settings.SHARE_ANALYTICS,
        "DISPATCHERS": {"default": {"BACKEND": "django_share_analytics.testing.MemoryDispatcher"}},
        "PLACEMENTS": ["top", "end"],
        "IMPRESSION_SAMPLE": 1,
    }
    return str(live_server.url)


@pytest.fixture
def look(
    new_context: Callable[..., BrowserContext], site: str, transactional_db: None
) -> Callable[..., Looking]:
    def look(*, hidden: bool = False, prerendering: bool = False, script: str = "") -> Looking:
        looking = Looking(new_context().new_page(), site)
        stage = STAGE % (str(hidden).lower(), str(prerendering).lower())
        looking.page.add_init_script(WATCH_POLICY + stage + script)
        return looking

    return look


@pytest.fixture
def long_page(make_app: Callable[..., Any]) -> Any:
    return make_app("Long")


def test_what_is_in_sight__is_told_once(look: Any, long_page: Any) -> None:
    tab = look()
    tab.go(long_page)
    for _ in range(2):
        tab.turn_away()
        tab.come_back()
    tab.hears(("top",))


def test_what_is_below_the_fold__is_seen_by_who_scrolls(look: Any, long_page: Any) -> None:
    tab = look()
    tab.go(long_page)
    tab.scroll()
    tab.turn_away()
    tab.hears(("top", "end"))


def test_who_comes_back_and_scrolls__has_seen_the_rest(look: Any, long_page: Any) -> None:
    """As after a share dialog in another tab."""
    tab = look()
    tab.go(long_page)
    tab.turn_away()
    tab.come_back()
    tab.scroll()
    tab.turn_away()
    tab.hears(("top",), ("end",))


def test_a_tab_in_the_background__has_seen_nothing(look: Any, long_page: Any) -> None:
    tab = look(hidden=True)
    tab.go(long_page)
    tab.turn_away()
    assert tab.heard == []
    tab.come_back()
    tab.turn_away()
    tab.hears(("top",))


def test_a_page_made_ready_in_advance__has_been_seen_by_nobody(look: Any, long_page: Any) -> None:
    tab = look(prerendering=True)
    tab.go(long_page)
    tab.turn_away()
    tab.come_back()
    assert tab.heard == []
    tab.page.evaluate("activate()")
    tab.settle()
    tab.turn_away()
    tab.hears(("top",))


def test_who_leaves__has_seen_it(look: Any, long_page: Any, app: Any) -> None:
    """Chromium sends it although the page is gone."""
    tab = look()
    tab.go(long_page)
    tab.go(app)
    tab.hears(("top",))


def test_the_next_page_of_a_router__is_a_page_view(look: Any, long_page: Any) -> None:
    """As under Turbo: the address changes, then the body. Its buttons come later."""
    tab = look()
    tab.go(long_page)
    tab.page.evaluate("history.pushState({}, '', '/elsewhere/')")
    tab.page.evaluate(BUTTONS, "end")
    tab.settle()
    tab.page.evaluate(BUTTONS, "end")
    tab.settle()
    tab.turn_away()
    tab.hears(("top",), ("end",))


def test_of_a_sample__few_are_told(look: Any, long_page: Any, settings: Any) -> None:
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "IMPRESSION_SAMPLE": 10}
    for chance, heard in ((0.1, []), (0.0999, [("top",)])):
        tab = look(script=f"Math.random = () => {chance};")
        tab.go(long_page)
        tab.turn_away()
        tab.hears(*heard)


def test_a_page_that_knew_another_sample__is_not_counted(
    look: Any, long_page: Any, settings: Any
) -> None:
    tab = look()
    tab.go(long_page)
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "IMPRESSION_SAMPLE": 10}
    with tab.page.expect_response("**/shares/impressions") as answered:
        tab.turn_away()
    assert (answered.value.status, list(answered.value.json())) == (400, ["sample"])
    assert tab.heard == []


@pytest.mark.parametrize("off", [{"IMPRESSION_SAMPLE": 0}, {"PLACEMENTS": []}])
def test_where_nothing_is_measured__there_is_no_script(
    look: Any, long_page: Any, settings: Any, off: dict[str, Any]
) -> None:
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, **off}
    tab = look()
    tab.go(long_page)
    assert "share-views.js" not in tab.page.content()
