"""The system's Chromium, driven by Playwright, on the pages of ``tests.browser.urls``."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from tests import services
from tests.browser.watched import WATCH_POLICY
from tests.links.known_agents import CHROME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, Request, Route
    from pytest_django.live_server_helper import LiveServer

AS_A_PERSON = f"--user-agent={CHROME}"
"""Left alone, it says that it is a robot: that nobody sees what it shows."""


@dataclass
class Visit:
    """A visitor's browser on one page, and what happened in it."""

    page: Page
    shares: list[dict[str, Any]] = field(default_factory=list)
    """The JSON of every POST to the shares endpoint."""
    opened: list[str] = field(default_factory=list)
    """The addresses outside of the site that were opened."""
    console: list[str] = field(default_factory=list)

    def button(self, platform: str) -> Any:
        return self.page.locator(f'[data-share-platform="{platform}"]')

    def share(self, platform: str, **click: Any) -> int:
        """Click, wait for the answer to the POST that must follow, and return its status."""
        with self.page.expect_response("**/api/shares") as answer:
            self.button(platform).click(**click)
        return int(answer.value.status)

    def counts(self) -> dict[str, str]:
        """What the page says: the app's total, WhatsApp's and Telegram's part, the other app."""
        names = ("total", "whatsapp", "telegram", "other")
        return {name: self.page.locator(f"#{name}").inner_text() for name in names}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = services.require_program("chromium", "chromium-browser", "google-chrome")
    services.require(find_spec("playwright"), "playwright is not installed")
    from playwright.sync_api import sync_playwright

    # Playwright's event loop runs in this thread, and Django takes that for asynchronous code.
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", AS_A_PERSON], headless=True
            )
            yield browser
            browser.close()


@pytest.fixture(scope="session")
def live_server(django_db_setup: None, live_server: LiveServer) -> LiveServer:
    """The server, made when the test database is there.

    Made earlier, it would take the one in memory that SQLite's name says for the database of the
    tests, and share a connection between its threads.
    """
    return live_server


@pytest.fixture
def site(live_server: LiveServer, settings: Any) -> str:
    """The address of a running host, without a slash at its end."""
    settings.ROOT_URLCONF = "tests.browser.urls"
    return str(live_server.url)


@pytest.fixture
def new_context(browser: Browser, site: str) -> Iterator[Callable[..., BrowserContext]]:
    contexts = []

    def new(**options: Any) -> BrowserContext:
        context = browser.new_context(**options)
        contexts.append(context)
        return context

    yield new
    for context in contexts:
        context.close()


@pytest.fixture
def visit(new_context: Callable[..., BrowserContext], site: str) -> Callable[..., Visit]:
    """Opens the page of an app: ``visit(app)``, ``visit(app, platforms="copy", dir="rtl")``.

    ``context`` is a browser context to use, ``script`` what runs before any other.
    """

    def open_page(
        app: Any, *, context: BrowserContext | None = None, script: str = "", **query: str
    ) -> Visit:
        context = context or new_context()
        here = Visit(page=context.new_page())

        def outside(route: Route) -> None:
            here.opened.append(route.request.url)
            route.fulfill(body="elsewhere", content_type="text/plain")

        def note_share(request: Request) -> None:
            if request.url == f"{site}/api/shares":
                here.shares.append(request.post_data_json)

        context.route(lambda url: not url.startswith(site), outside)
        context.on("request", note_share)
        here.page.on("console", lambda message: here.console.append(message.text))
        here.page.on("pageerror", lambda error: here.console.append(str(error)))
        here.page.add_init_script(WATCH_POLICY + script)
        here.page.goto(f"{site}/page?{urlencode({'app': app.pk, **query})}")
        return here

    return open_page
