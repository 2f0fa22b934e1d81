"""A page that asks first: what is in the browser, and what is sent, before the answer and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from django_share_analytics.links.codes import code_of
from tests.browser.test_share_links import Tab, a_code, new_tab, site

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["new_tab", "site"]

pytestmark = [pytest.mark.once, pytest.mark.slow]

SESSION, LINKS = "share-analytics-session", "share-analytics-links"


class Asked:
    """A tab on a page that asks, or doesn't."""

    def __init__(self, tab: Tab, app: Any) -> None:
        self.tab, self.app = tab, app

    def go(self, code: str = "") -> None:
        self.tab.go(self.app, code)
        self.tab.has_settled()

    def says(self, given: bool) -> None:
        self.tab.page.evaluate("(given) => shareAnalytics.consent(given)", given)
        self.tab.has_settled()

    def share(self) -> dict[str, Any]:
        self.tab.page.evaluate("navigator.clipboard.writeText = async () => {}")
        return self.tab.share("copy")

    def turn_away(self) -> None:
        self.tab.page.evaluate("dispatchEvent(new Event('pagehide'))")
        self.tab.has_settled()

    @property
    def kept(self) -> set[str]:
        """Everything that a page can keep in a browser, by name."""
        names = self.tab.page.evaluate(
            "async () => [...Object.keys(sessionStorage), ...Object.keys(localStorage),"
            " ...(await indexedDB.databases()).map(({ name }) => name)]"
        )
        cookies = [cookie["name"] for cookie in self.tab.page.context.cookies()]
        return {*names, *cookies}

    @property
    def impressions(self) -> list[Any]:
        return [body for path, body in self.tab.posts if path == "shares/impressions"]


@pytest.fixture
def asked(
    new_tab: Callable[..., Tab],
    make_app: Callable[..., Any],
    settings: Any,
    transactional_db: None,
) -> Callable[..., Asked]:
    settings.SHARE_ANALYTICS = {
        **settings.SHARE_ANALYTICS,
        "LINK_COOKIE_SECONDS": 60,
        "IMPRESSION_SAMPLE": 1,
    }
    return lambda page="Asks", **how: Asked(new_tab(**how), make_app(page))


def test_before_the_answer__nothing_is_kept_and_nobody_followed(asked: Any) -> None:
    it = asked()
    it.go(a_code())
    assert it.tab.page.url == it.tab.of(it.app), "the code is off the address bar all the same"
    share = it.share()
    it.tab.page.evaluate("shareAnalytics.converted('signup')")
    it.turn_away()
    assert set(share) == {"id", "appId", "platform", "placement"}
    assert [path for path, _ in it.tab.posts] == ["shares"]
    assert it.kept == set()
    assert it.tab.console == []


def test_yes__what_was_seen_so_far_is_reported(asked: Any) -> None:
    it, code = asked(), a_code()
    it.go(code)
    it.says(True)
    assert it.tab.visits == [code]
    share = it.share()
    assert (share["via"], bool(share["sessionId"])) == (code, True)
    assert it.kept == {SESSION, LINKS, "share_link"}
    it.turn_away()
    assert len(it.impressions) == 1
    it.says(True)
    assert it.tab.visits == [code]


def test_yes__holds_for_the_page_alone(asked: Any) -> None:
    it, code = asked(), a_code()
    it.go(code)
    it.says(True)
    session = it.share()["sessionId"]
    it.go()
    assert not {"via", "sessionId"} & set(it.share())
    it.says(True)
    share = it.share()
    assert (share["via"], share["sessionId"]) == (code, session)
    assert it.tab.visits == [code]


def test_withdrawn__what_was_kept_is_gone(asked: Any) -> None:
    it = asked()
    it.go(a_code())
    it.says(True)
    it.share()
    it.says(False)
    before = len(it.tab.posts)
    share = it.share()
    it.tab.page.evaluate("shareAnalytics.converted('signup')")
    it.tab.page.evaluate("(code) => shareAnalytics.arrived(code)", a_code())
    it.turn_away()
    assert not {"via", "sessionId"} & set(share)
    assert len(it.tab.posts) == before + 1
    assert it.kept == {"share_link"}, "which the site's own server takes back"
    it.says(True)
    assert it.share()["sessionId"]


def test_withdrawn__what_was_to_be_sent_again_is_not(asked: Any) -> None:
    it, code = asked(), a_code()
    it.tab.page.route(
        "**/visits", lambda route: route.fulfill(status=429, headers={"Retry-After": "1"})
    )
    it.go(code)
    it.says(True)
    it.tab.wait_until(lambda: it.tab.visits == [code])
    it.says(False)
    it.tab.page.wait_for_timeout(1_500)
    assert it.tab.visits == [code]


def test_yes__after_the_tab_was_hidden(asked: Any) -> None:
    """What could not be told then is told now."""
    it = asked()
    it.go()
    it.turn_away()
    it.says(True)
    it.turn_away()
    assert len(it.impressions) == 1


def test_own_link_from_before_the_answer__is_no_visit(asked: Any) -> None:
    it = asked()
    it.go()
    own = code_of(UUID(it.share()["id"]))
    it.says(True)
    it.go(own)
    it.says(True)
    assert it.tab.visits == []
    assert "via" not in it.share()


def test_no__on_a_page_that_does_not_ask(asked: Any) -> None:
    it = asked("Chess")
    it.go(a_code())
    assert len(it.tab.visits) == 1
    it.says(False)
    assert it.kept == {"share_link"}
    assert not {"via", "sessionId"} & set(it.share())


def test_no_storage__consent_works_without(asked: Any) -> None:
    no_storage = "Object.defineProperty(window, 'sessionStorage', {get() { throw new Error(); }});"
    it, code = asked(script=no_storage), a_code()
    it.go(code)
    it.says(True)
    assert (it.tab.visits, it.share()["via"]) == ([code], code)
    it.says(False)
    assert "via" not in it.share()
    assert it.tab.console == []
