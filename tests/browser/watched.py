"""A running site, seen by somebody who has logged in, and what the browser complains of."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.test import Client

from tests import services

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from playwright.sync_api import Browser, BrowserContext, Page

WATCH_POLICY = """
  addEventListener("securitypolicyviolation", (event) =>
    console.error("CSP", event.violatedDirective, event.blockedURI));
"""


def session_of(user: Any) -> str:
    """The cookie of somebody who has logged in."""
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@dataclass
class WatchedSite:
    browser: Browser
    url: str
    session: str
    """The cookie of the one who looks, if nobody else is named."""
    console: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, address: str, *, user: Any = None, **options: Any) -> Page:
        """A new browser with this page in it; ``options`` are those of a browser context."""
        context = self.browser.new_context(**options)
        self.contexts.append(context)
        session = session_of(user) if user else self.session
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": session, "url": self.url}])
        # No icon is the host's business.
        context.route("**/favicon.ico", lambda route: route.fulfill(status=204))
        page = context.new_page()
        page.on("console", lambda message: self.console.append(message.text))
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.add_init_script(WATCH_POLICY)
        page.set_default_timeout(10_000)
        page.goto(self.url + address)
        return page

    def close(self) -> None:
        for context in self.contexts:
            context.close()


def axe_script() -> str:
    """axe-core, to be evaluated in a page."""
    services.require(find_spec("axe_playwright_python"), "axe-playwright-python is not installed")
    from axe_playwright_python.base import AXE_FILE_PATH

    return Path(AXE_FILE_PATH).read_text(encoding="utf-8")


def axe_violations(
    page: Page,
    axe: str,
    *,
    within: str = "html",
    rules: Sequence[str] = (),
    known: Mapping[str, str] | None = None,
) -> list[str]:
    """What axe-core finds in these, but for what is ``known``: rules, and selectors of where."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    found: list[str] = page.evaluate(
        """async ([within, rules, known]) => {
          const options = { resultTypes: ["violations"] };
          if (rules.length) options.runOnly = rules;
          const include = [...document.querySelectorAll(within)];
          if (!include.length) return [];
          const { violations } = await axe.run({ include }, options);
          const at = (target) => document.querySelector(target.at(-1));
          return violations.flatMap(({ id, nodes }) => nodes
            .filter(({ target }) => !(known[id] && at(target)?.closest(known[id])))
            .map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`));
        }""",
        [within, list(rules), dict(known or {})],
    )
    return found
