"""The link of a share, from the tap to the page that it leads to. ``test_engines`` tells the story
in three browsers; here are its corners, in one."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from uuid import UUID

import pytest
from django.utils.encoding import iri_to_uri

from django_share_analytics.events import new_id
from django_share_analytics.links.addresses import link_template
from django_share_analytics.links.codes import code_of
from django_share_analytics.platforms import BUILT_IN
from tests.browser.link_urls import elsewhere, forum, silent
from tests.browser.watched import WATCH_POLICY

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page, Request

pytestmark = [pytest.mark.once, pytest.mark.slow]

CAN_SHARE = "navigator.share = (data) => { window.sheet = data; return Promise.resolve(); };"
HIDDEN = """let hidden = true;
Object.defineProperty(document, "hidden", { get: () => hidden });
window.appear = () => { hidden = false; document.dispatchEvent(new Event("visibilitychange")); };
"""
PRERENDERED = """let prerendering = true;
Object.defineProperty(document, "prerendering", { get: () => prerendering });
window.appear = () => {
  prerendering = false;
  document.dispatchEvent(new Event("prerenderingchange"));
};
"""
NO_STORAGE = "Object.defineProperty(window, 'sessionStorage', {get() { throw new Error(); }});"


@dataclass
class Tab:
    page: Page
    site: str
    posts: list[tuple[str, dict[str, Any]]]
    """Where to, below the API, and what, of the whole browser."""
    console: list[str] = field(default_factory=list)

    def go(self, app: Any, code: str = "", *, query: str = "") -> None:
        """To the app's page, by the link of this code if there is one."""
        self.page.goto(link_with(self.site, code, app) if code else self.of(app) + query)

    def of(self, app: Any) -> str:
        """The address of an app's page."""
        return self.site + str(iri_to_uri(app.get_absolute_url()))

    def button(self, platform: str) -> Any:
        return self.page.locator(f'[data-share-platform="{platform}"]')

    def wait_until(self, met: Callable[[], object]) -> None:
        """Events of the browser are heard meanwhile."""
        end = time.monotonic() + 5
        while not met():
            assert time.monotonic() < end, "not in time"
            self.page.wait_for_timeout(20)

    def share(self, platform: str, **click: Any) -> dict[str, Any]:
        """Tap, and return what was posted."""
        before = len(self.shares)
        self.button(platform).click(**click)
        self.wait_until(lambda: len(self.shares) > before)
        return self.shares[-1]

    @property
    def shares(self) -> list[dict[str, Any]]:
        return [body for path, body in self.posts if path == "shares"]

    @property
    def visits(self) -> list[str]:
        """The codes that visits were reported of."""
        found = (re.fullmatch("shares/(.*)/visits", path) for path, _ in self.posts)
        return [match[1] for match in found if match]

    def has_settled(self) -> None:
        """Whatever the page sends on its own was sent."""
        self.page.wait_for_load_state("networkidle")


def code_in(text: str) -> str:
    """The code of the one link that is in it; empty when none is."""
    codes = re.findall(r"/s/([0-9A-Za-z]{22})/", unquote(text))
    assert len(codes) < 2
    return "".join(codes)


def link_with(site: str, code: str, app: Any) -> str:
    return site + link_template(app.pk).replace("{code}", code)


def a_code() -> str:
    return code_of(new_id())


@pytest.fixture
def site(live_server: Any, settings: Any) -> str:
    settings.ROOT_URLCONF = "tests.browser.link_urls"
    settings.SHARE_ANALYTICS = {
        **settings.SHARE_ANALYTICS,
        "DISPATCHERS": {"default": {"BACKEND": "django_share_analytics.testing.MemoryDispatcher"}},
        "PLATFORMS": [*BUILT_IN, forum(live_server.url), silent(live_server.url)],
        "PLACEMENTS": ["top"],
        "GOALS": {"signup": True},
    }
    elsewhere.clear()
    return str(live_server.url)


@pytest.fixture
def new_tab(new_context: Callable[..., BrowserContext], site: str) -> Callable[..., Tab]:
    """A tab of a browser of its own, or of ``context``; ``script`` runs before any other."""

    def open_tab(*, context: BrowserContext | None = None, script: str = "") -> Tab:
        context = context or new_context(permissions=["clipboard-read", "clipboard-write"])
        tab = Tab(context.new_page(), site, [])

        def note(request: Request) -> None:
            path = request.url.removeprefix(f"{site}/api/")
            if request.method == "POST" and path != request.url:
                tab.posts.append((path, json.loads(request.post_data or "")))

        context.on("request", note)
        tab.page.on("console", lambda message: tab.console.append(message.text))
        tab.page.on("pageerror", lambda error: tab.console.append(str(error)))
        tab.page.set_default_timeout(5_000)
        tab.page.add_init_script(WATCH_POLICY + script)
        return tab

    return open_tab


@pytest.fixture
def tab(new_tab: Callable[..., Tab]) -> Tab:
    return new_tab()


@pytest.mark.parametrize(
    "click",
    [{}, {"modifiers": ["Control"]}, {"modifiers": ["Shift"]}, {"button": "middle"}, "Enter"],
    ids=str,
)
def test_a_tap_opens_the_dialog_with_the_shares_own_link(tab: Tab, app: Any, click: Any) -> None:
    tab.go(app)
    plain = tab.button("forum").get_attribute("href")

    if click == "Enter":
        tab.button("forum").press("Enter")
    else:
        tab.button("forum").click(**click)

    tab.wait_until(lambda: elsewhere and tab.shares)
    (share,) = tab.shares
    assert elsewhere == [link_with(tab.site, code_of(UUID(share["id"])), app)]
    assert tab.button("forum").get_attribute("href") == plain, "what is copied by hand"
    assert code_in(plain) == ""
    assert share == {
        "id": share["id"],
        "appId": str(app.pk),
        "platform": "forum",
        "placement": "top",
        "sessionId": share["sessionId"],
    }
    assert tab.console == []


def test_a_double_click_opens_one_link_twice(tab: Tab, app: Any) -> None:
    tab.go(app)

    tab.button("forum").dblclick()
    tab.wait_until(lambda: len(elsewhere) == 2)
    one, two = map(code_in, elsewhere)
    tab.share("forum")

    assert one == two == code_of(UUID(tab.shares[0]["id"]))
    assert len(tab.shares) == 2


def test_what_scripts_share_is_the_link(new_tab: Callable[..., Tab], app: Any) -> None:
    tab = new_tab(script=CAN_SHARE)
    tab.go(app)
    tab.page.evaluate(
        "addEventListener('share-analytics:shared', (e) => (window.heard = e.detail))"
    )

    for platform, read in (
        ("copy", "navigator.clipboard.readText()"),
        ("native", "sheet.url"),
        ("native", "heard.link"),
    ):
        share = tab.share(platform)
        assert code_in(tab.page.evaluate(read)) == code_of(UUID(share["id"])), read
    assert tab.page.evaluate("heard.url") == tab.of(app), "the plain address"


def test_a_dialog_that_takes_no_address_shares_no_link(tab: Tab, app: Any) -> None:
    tab.go(app)
    tab.page.evaluate(
        "addEventListener('share-analytics:shared', (e) => (window.heard = e.detail))"
    )
    share = tab.share("silent")
    assert "link" not in tab.page.evaluate("window.heard")
    # Nor is it known to this tab as a link of its own: who comes by it elsewhere was not sent it.
    kept = tab.page.evaluate("sessionStorage.getItem('share-analytics-links')") or "{}"
    assert code_of(UUID(share["id"])) not in kept


def test_the_picture_of_a_link(tab: Tab, app: Any) -> None:
    pytest.importorskip("segno")
    tab.go(app)

    share = tab.share("qr")

    picture = tab.page.locator("dialog.share-qr img")
    tab.wait_until(lambda: picture.evaluate("image => image.naturalWidth"))
    code = code_of(UUID(share["id"]))
    link = link_with(tab.site, code, app)
    assert picture.get_attribute("src") == link.replace("/s/", "/s/qr/")
    assert picture.get_attribute("alt") == link
    assert share["platform"] == "qr"
    picture.click()
    picture.wait_for(state="detached")
    assert tab.console == []


def test_an_address_that_is_not_the_apps_page_is_shared_as_it_is(
    tab: Tab, make_app: Callable[..., Any]
) -> None:
    tab.go(make_app("Elsewhere"))

    tab.share("copy")

    assert tab.page.evaluate("navigator.clipboard.readText()") == f"{tab.site}/other"
    assert tab.button("qr").count() == 0


@pytest.mark.slow
def test_whoever_comes_by_a_link_is_reported_once(tab: Tab, app: Any) -> None:
    code = a_code()
    tab.page.goto(tab.site + "/login?next=/")
    tab.go(app, code)
    tab.wait_until(lambda: tab.visits == [code])
    assert tab.page.url == tab.of(app), "without the code"
    ((_, body),) = tab.posts
    assert body == {"appId": str(app.pk), "id": body["id"]}

    tab.page.reload()
    tab.has_settled()
    tab.page.go_back()
    tab.page.go_forward()
    tab.has_settled()
    with tab.page.expect_popup() as popup:  # a copy of the tab's storage, as of a duplicated one
        tab.page.evaluate("open(location.href, '_blank', 'popup')")
    popup.value.wait_for_load_state("networkidle")
    tab.go(app, code)
    tab.has_settled()

    assert tab.visits == [code]
    assert tab.console == []


def test_the_pages_own_state_and_query_stay(new_tab: Callable[..., Tab], app: Any) -> None:
    code = a_code()
    tab = new_tab(script="history.replaceState({ mine: 1 }, '', location.href);")

    tab.go(app, query=f"?a=1#share-{code}")
    tab.wait_until(lambda: tab.visits == [code])

    assert tab.page.url == f"{tab.of(app)}?a=1"
    assert tab.page.evaluate("history.state") == {"mine": 1}


def test_a_link_within_the_page(tab: Tab, app: Any) -> None:
    code = a_code()
    tab.go(app)

    tab.page.evaluate(f"location.hash = 'share-{code}'")

    tab.wait_until(lambda: tab.visits == [code])
    assert tab.page.url == tab.of(app)


@pytest.mark.parametrize("fragment", ["comments", "share-", "share-x", f"share-{'0' * 23}"])
def test_other_fragments_are_the_hosts(tab: Tab, app: Any, fragment: str) -> None:
    tab.go(app, query=f"#{fragment}")
    tab.has_settled()

    assert tab.page.url.endswith(f"/#{fragment}")
    assert tab.posts == []


@pytest.mark.parametrize("script", [HIDDEN, PRERENDERED], ids=["hidden", "prerendered"])
def test_a_page_that_nobody_looks_at_is_no_visit(
    new_tab: Callable[..., Tab], app: Any, script: str
) -> None:
    code, tab = a_code(), new_tab(script=script)
    tab.go(app, code)
    tab.has_settled()
    assert tab.posts == []

    tab.page.evaluate("appear()")

    tab.wait_until(lambda: tab.visits == [code])
    assert tab.page.url == tab.of(app)


def test_a_login_page_in_between_is_no_visit(tab: Tab, make_app: Callable[..., Any]) -> None:
    app, code = make_app("Members only"), a_code()
    tab.go(app, code)
    tab.has_settled()
    assert "/login?" in tab.page.url
    assert tab.posts == []

    tab.page.get_by_role("button").click()

    tab.wait_until(lambda: tab.visits == [code])
    assert tab.share("copy")["via"] == code


def test_a_page_without_buttons_names_its_app_or_reports_nothing(
    tab: Tab, make_app: Callable[..., Any]
) -> None:
    code = a_code()
    tab.go(make_app("Nameless"), a_code())
    tab.has_settled()
    assert tab.posts == []

    tab.go(make_app("Bare"), code)

    tab.wait_until(lambda: tab.visits == [code])


def test_a_share_says_by_which_link_one_came_to_its_page(
    tab: Tab, app: Any, make_app: Callable[..., Any]
) -> None:
    code = a_code()
    tab.go(app, code)
    assert tab.share("copy")["via"] == code

    tab.go(make_app("Go"))
    assert "via" not in tab.share("copy"), "one did not come to this page by it"
    tab.go(app)
    assert tab.share("copy")["via"] == code, "as long as the tab is there"


def test_by_a_link_of_ones_own_one_comes_by_none(tab: Tab, app: Any) -> None:
    tab.go(app, a_code())
    own = code_of(UUID(tab.share("copy")["id"]))
    tab.wait_until(lambda: len(tab.visits) == 1)

    tab.go(app, own)

    assert "via" not in tab.share("copy")
    assert own not in tab.visits
    assert tab.page.url == tab.of(app)


def test_where_storage_is_blocked(new_tab: Callable[..., Tab], app: Any) -> None:
    code, tab = a_code(), new_tab(script=NO_STORAGE)
    tab.go(app, code)

    assert tab.share("copy")["via"] == code
    assert tab.visits == [code]
    assert tab.console == []


def test_routers_and_hosts_say_what_they_know(tab: Tab, app: Any) -> None:
    code = a_code()
    tab.go(app)
    tab.page.evaluate("shareAnalytics.converted('signup')")
    tab.page.evaluate(f"shareAnalytics.arrived('{code}'); shareAnalytics.converted('signup')")
    tab.wait_until(lambda: len(tab.posts) == 2)

    (visit, _), (conversion, body) = tab.posts
    assert (visit, conversion) == (f"shares/{code}/visits", f"shares/{code}/conversions")
    assert body == {"goal": "signup", "id": body["id"]}
    assert tab.share("copy")["via"] == code


def test_without_the_second_script_links_are_still_links(tab: Tab, app: Any) -> None:
    tab.page.route("**/share-links.js", lambda route: route.abort())
    tab.go(app, a_code())

    share = tab.share("copy")

    assert code_in(tab.page.evaluate("navigator.clipboard.readText()")) == code_of(
        UUID(share["id"])
    )
    assert "via" not in share
