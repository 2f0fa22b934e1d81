"""The same pages in a real browser, with and without a policy: no script runs, nothing opens.

Its parser is the one that counts, and forgives what no other does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.attack import filled
from tests.attack.hostile import CALL
from tests.attack.test_html import TEXTS
from tests.browser.conftest import browser, live_server
from tests.browser.watched import WatchedSite, session_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

__all__ = ["browser", "live_server"]

pytestmark = [pytest.mark.once, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

WATCH = f"""
  window.harmed = [];
  window.{CALL} = () => harmed.push("called");
  for (const name of ["alert", "confirm", "prompt", "open", "print"])
    window[name] = () => harmed.push(name);
"""
LOOK = """() => {
  const found = [...window.harmed];
  for (const element of document.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      if (/^on|^(srcdoc|style|formaction)$/i.test(name)) found.push(`${element.tagName} ${name}`);
      if (/^(href|src|action)$/.test(name) &&
          !/^(https?:|mailto:|sms:|viber:|#|$)/.test(element[name].baseVal ?? element[name]))
        found.push(`${element.tagName} ${name}=${value}`);
    }
    if (/^(iframe|base|object|embed|math)$/i.test(element.tagName)) found.push(element.tagName);
  }
  return found;
}"""
OPENS = "a, button, summary, img, svg, input, [tabindex]"


@pytest.fixture(params=["a policy", "none"])
def site(
    request: Any, browser: Browser, live_server: Any, settings: Any, admin_user: Any
) -> Iterator[WatchedSite]:
    if request.param == "a policy":
        policy = "tests.browser.policy.StrictPolicyMiddleware"
        settings.MIDDLEWARE = [*settings.MIDDLEWARE, policy]
    site = WatchedSite(browser, str(live_server.url), session_of(admin_user))
    yield site
    site.close()


def test_pages__run_nothing_of_strangers(
    site: WatchedSite,
    admin_user: Any,
    app: Any,
    with_everything: None,
    configure: Callable[..., None],
    tmp_path: Path,
) -> None:
    configure(IMPRESSION_SAMPLE=0)  # no page says something while the next is asked for
    shares = filled.fill(app, admin_user, TEXTS, tmp_path)
    page = site.open("/admin/login/")
    page.add_init_script(WATCH)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    found, shown = {}, set()
    for name, address in filled.pages(app, shares).items():
        if name.startswith("share_links:"):
            continue  # no page, and following one writes
        answer = page.request.get(site.url + address, max_redirects=0)
        is_page = answer.headers.get("content-type", "").startswith("text/html")
        if not is_page or not answer.body():
            continue
        page.goto(site.url + address)
        page.evaluate(f"document.querySelectorAll('{OPENS}').forEach(one => one.dispatchEvent("
                      "new MouseEvent('mouseover', { bubbles: true })) )")  # fmt: skip
        if harm := page.evaluate(LOOK):
            found[name] = harm
        if f"<script>{CALL}()" in page.content().replace("&lt;", "<").replace("&gt;", ">"):
            shown.add(name)
    assert found == {}
    assert dialogs == []
    assert len(shown) > 12
    assert [line for line in site.console if "CSP" in line or CALL in line] == []
