"""A front end on another origin than the site: what docs/how-to/cors.md promises, in a browser.

The site is at ``localhost``. To a browser ``localhost`` by another port is the same site and
another origin, as subdomains are, and ``127.0.0.1`` is another site.
"""

from __future__ import annotations

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils.html import escape
from pytest_django.live_server_helper import LiveServer

from django_share_analytics import outcomes
from django_share_analytics.events import new_id
from django_share_analytics.links.codes import code_of
from django_share_analytics.models import OutcomeHour, Share
from tests.browser.cors import MIDDLEWARE
from tests.browser.helpers import eventually, stored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page, Response, Route

pytestmark = [pytest.mark.once, pytest.mark.slow]

DOCS = (Path(__file__).parents[2] / "docs" / "how-to" / "cors.md").read_text()
(PAGE,) = re.findall(r"```html\n(.*?)```", DOCS, re.DOTALL)
THE_SETTINGS, IN_THE_VISITORS_NAME = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)

POST = """async ([url, type, appId, credentials]) => {
  const body = JSON.stringify({ appId, platform: "x" });
  try {
    const answer = await fetch(url, { method: "POST", headers: { "Content-Type": type }, body, credentials });
    return [answer.status, answer.headers.get("Share-Filtered"), Object.keys(await answer.json())];
  } catch (error) { return error.name; }
}"""  # noqa: E501
BEACON = """([url, appId]) =>
  navigator.sendBeacon(url, JSON.stringify({ appId, platform: "x" }))"""


class FrontEnd(BaseHTTPRequestHandler):
    page: ClassVar[str] = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.page.encode())

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def site(browser: Browser, transactional_db: None, settings: Any) -> Iterator[str]:
    """A host with the middleware for other origins, and none that it lets in."""
    settings.MIDDLEWARE = [MIDDLEWARE, *settings.MIDDLEWARE]
    settings.ROOT_URLCONF = "tests.browser.link_urls"
    server = LiveServer("localhost")
    yield server.url
    server.stop()


@pytest.fixture
def front(site: str, app: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a front end that knows of the site."""
    # At once: a key may have a 42 in it, too.
    keys = {'"42"': f'"{escape(app.pk)}"', "42": quote(str(app.pk), safe="")}
    html = re.sub('"42"|42', lambda found: keys[found[0]], PAGE)
    html = html.replace("https://api.example.com", site)
    monkeypatch.setattr(FrontEnd, "page", f"<!doctype html><title>Front</title>{html}")
    server = ThreadingHTTPServer(("127.0.0.1", 0), FrontEnd)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def let_in(settings: Any) -> Callable[..., None]:
    """Set what the page says, of the front end at ``origin``."""

    def let_in(origin: str, code: str = THE_SETTINGS) -> None:
        names: dict[str, Any] = {"INSTALLED_APPS": [], "MIDDLEWARE": []}
        exec(code.replace("https://www.example.com", origin), names)
        for name in names.keys() - {"INSTALLED_APPS", "MIDDLEWARE", "__builtins__"}:
            setattr(settings, name, names[name])

    return let_in


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def other(page: Page, front: int) -> str:
    """The origin of a page of another site, which is open."""
    origin = f"http://127.0.0.1:{front}"
    page.goto(origin)
    return origin


@pytest.fixture
def telegram(page: Page) -> list[str]:
    """The addresses there that were opened."""
    opened: list[str] = []

    def answer(route: Route) -> None:
        opened.append(route.request.url)
        route.fulfill(body="Telegram")

    page.context.route("https://t.me/**", answer)
    return opened


def not_recorded() -> dict[str, int]:
    return dict(OutcomeHour.objects.values_list("reason", "n"))


def post(
    page: Page, site: str, key: Any, type: str = "application/json", credentials: str = "omit"
) -> Any:
    return page.evaluate(POST, [f"{site}/api/shares", type, str(key), credentials])


def is_by_the_script(answer: Response) -> bool:
    return "sessionId" in (answer.request.post_data or "")


def test_nothing_set__json_is_not_even_sent(page: Page, other: str, site: str, app: Any) -> None:
    assert post(page, site, app.pk) == "TypeError"
    assert (stored(), not_recorded()) == ([], {})


def test_nothing_set__text_is_sent_and_counts_as_nothing(
    page: Page, other: str, site: str, app: Any
) -> None:
    assert post(page, site, app.pk, "text/plain") == "TypeError", "the answer can't be read"
    page.evaluate(BEACON, [f"{site}/api/shares", str(app.pk)])
    eventually(lambda: not_recorded() == {outcomes.CROSS_SITE: 2})
    assert stored() == []


def test_nothing_set__a_tap_counts_nothing_and_breaks_nothing(
    page: Page, other: str, telegram: list[str]
) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    with page.expect_event("requestfailed"), page.expect_popup():
        page.locator('[data-share-platform="telegram"]').click()
    assert (stored(), errors, len(telegram)) == ([], [], 1)


def test_let_in__counts_in_every_way(
    page: Page, other: str, site: str, app: Any, let_in: Callable[..., None], telegram: list[str]
) -> None:
    let_in(other)
    assert post(page, site, app.pk) == [202, None, ["id", "link"]]
    assert post(page, site, app.pk, "text/plain") == [202, None, ["id", "link"]]
    page.evaluate(BEACON, [f"{site}/api/shares", str(app.pk)])
    with page.expect_response(is_by_the_script) as answer, page.expect_popup():
        page.locator('[data-share-platform="telegram"]').click()
    assert answer.value.status == 202
    eventually(lambda: stored() == [(app.pk, "telegram")] + [(app.pk, "twitter")] * 3)
    code = code_of(Share.objects.get(platform="telegram").id)
    assert f"%2Fs%2F{code}%2F" in telegram[0], "the link is that of the share"
    assert set(Share.objects.values_list("user", flat=True)) == {None}
    assert set(Share.objects.values_list("referrer_url", flat=True)) == {f"{other}/"}


def test_let_in__by_a_pattern(page: Page, other: str, site: str, app: Any, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGIN_REGEXES = [r"^http://127\.0\.0\.\d+:\d+$"]
    assert post(page, site, app.pk)[:2] == [202, None]
    eventually(lambda: stored() == [(app.pk, "twitter")])


def test_let_in__reads_why_and_when(
    page: Page,
    other: str,
    site: str,
    unknown_key: Any,
    let_in: Callable[..., None],
    settings: Any,
) -> None:
    let_in(other)
    assert post(page, site, unknown_key)[:2] == [202, outcomes.UNKNOWN_APP]
    settings.CORS_EXPOSE_HEADERS = []
    assert post(page, site, unknown_key)[:2] == [202, None], "headers are kept from scripts"


def test_let_in__not_to_what_is_for_staff(
    page: Page, other: str, site: str, app: Any, let_in: Callable[..., None]
) -> None:
    let_in(other)
    get = "(url) => fetch(url).then((answer) => answer.status, (error) => error.name)"
    assert page.evaluate(get, f"{site}/api/apps/{quote(str(app.pk))}/share-count") == 200
    assert page.evaluate(get, f"{site}/api/admin/shares") == "TypeError"


def test_let_in__sees_who_comes_by_a_link(
    page: Page, other: str, let_in: Callable[..., None]
) -> None:
    let_in(other)
    page.goto("about:blank")
    with page.expect_response("**/visits") as answer:
        page.goto(f"{other}/#share-{code_of(new_id())}")
    assert answer.value.status == 202
    assert answer.value.headers.get("share-filtered") is None


@pytest.mark.parametrize("is_trusted", [True, False])
def test_subdomain__shares_in_the_visitors_name_where_it_is_trusted(
    is_trusted: bool,
    page: Page,
    front: int,
    site: str,
    app: Any,
    let_in: Callable[..., None],
    settings: Any,
    django_user_model: Any,
) -> None:
    user = django_user_model.objects.create_user("amal")
    client = Client()
    client.force_login(user)
    name = django_settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])
    origin = f"http://localhost:{front}"
    let_in(origin)
    let_in(origin, IN_THE_VISITORS_NAME)
    if not is_trusted:
        settings.CSRF_TRUSTED_ORIGINS = []
    page.goto(origin)
    assert post(page, site, app.pk, credentials="include")[0] == 202
    assert Share.objects.get().user == (user if is_trusted else None)


def test_subdomain__counts_with_nothing_set_where_it_needs_no_answer(
    page: Page, front: int, site: str, app: Any
) -> None:
    page.goto(f"http://localhost:{front}")
    page.evaluate(BEACON, [f"{site}/api/shares", str(app.pk)])
    eventually(lambda: stored() == [(app.pk, "twitter")])
