"""The first that buttons must do; what takes long is in :mod:`tests.browser.test_buttons`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Visit

pytestmark = pytest.mark.once


def test_without_script_the_links_work(
    visit: Callable[..., Visit], new_context: Any, app: Any
) -> None:
    here = visit(app, context=new_context(java_script_enabled=False))

    with here.page.expect_popup() as popup:
        here.button("facebook").click()

    # Some releases of Playwright hand the page over before it has an address.
    popup.value.wait_for_url("https://www.facebook.com/sharer/sharer.php?u=http*")
    assert here.button("copy").is_hidden()
    assert here.button("native").is_hidden()
    assert here.shares == []


def test_the_count_does_not_wait_for_the_answer(visit: Callable[..., Visit], app: Any) -> None:
    here = visit(app)
    here.page.route("**/api/shares", lambda route: None)

    here.button("telegram").click()

    assert here.counts() == {"total": "1", "whatsapp": "0", "telegram": "1", "other": "1"}


def test_the_keyboard_does_all(visit: Callable[..., Visit], new_context: Any, app: Any) -> None:
    context = new_context(permissions=["clipboard-read", "clipboard-write"])
    here = visit(app, context=context, platforms="telegram,copy")

    here.page.keyboard.press("Tab")
    with here.page.expect_response("**/api/shares"), here.page.expect_popup():
        here.page.keyboard.press("Enter")
    here.page.bring_to_front()
    here.page.keyboard.press("Tab")
    with here.page.expect_response("**/api/shares"):
        here.page.keyboard.press("Space")

    assert [share["platform"] for share in here.shares] == ["telegram", "copy"]
