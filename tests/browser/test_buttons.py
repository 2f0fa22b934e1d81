from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.helpers import eventually, stored

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Visit

pytestmark = [pytest.mark.once, pytest.mark.slow]

ALL = "whatsapp,telegram,email,copy,native"
CAN_SHARE = "navigator.share = (data) => { window.sheet = data; return Promise.resolve(); };"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.mark.parametrize("platform", ALL.split(","))
def test_a_click_on_any_button_is_one_share(
    visit: Callable[..., Visit], new_context: Any, app: Any, platform: str
) -> None:
    context = new_context(permissions=["clipboard-read", "clipboard-write"])
    here = visit(app, context=context, platforms=ALL, script=CAN_SHARE)

    assert here.share(platform) == 202

    eventually(lambda: stored() == [(app.pk, platform)])
    assert [share["platform"] for share in here.shares] == [platform]
    assert here.counts()["total"] == "1"
    # Chromium here has no mail program, and says so.
    assert [line for line in here.console if "mailto:" not in line] == []


def test_the_count_of_another_app_stays(
    visit: Callable[..., Visit], app: Any, make_app: Any
) -> None:
    here = visit(app, other=str(make_app().pk))

    here.share("telegram")

    assert here.counts()["other"] == "0"


def test_numbers_are_grouped_as_before(visit: Callable[..., Visit], app: Any) -> None:
    here = visit(app)
    here.page.evaluate("document.querySelector('#total span').dataset.shareValue = '1234999'")

    here.share("telegram")

    assert here.counts()["total"] == "1,235,000"


def test_two_clicks_are_two_shares_and_a_double_click_is_one(
    visit: Callable[..., Visit], app: Any
) -> None:
    here = visit(app)

    here.share("whatsapp")
    here.share("whatsapp")
    here.share("whatsapp", click_count=2)

    eventually(lambda: len(stored()) == 3)
    assert len({share["id"] for share in here.shares}) == 3
    assert len({share["sessionId"] for share in here.shares}) == 1
    assert here.counts()["total"] == "3"


def test_a_click_with_the_middle_button_opens_the_link_too(
    visit: Callable[..., Visit], app: Any
) -> None:
    here = visit(app, platforms=ALL)

    assert here.share("whatsapp", button="middle") == 202
    here.button("copy").click(button="middle")

    assert len(here.shares) == 1


def test_assets_included_twice_count_once(visit: Callable[..., Visit], app: Any) -> None:
    here = visit(app, twice="1")

    here.share("whatsapp")

    assert here.counts()["total"] == "1"
    assert len(here.shares) == 1


def test_copy_is_confirmed_in_sight_and_aloud(
    visit: Callable[..., Visit], new_context: Any, app: Any, site: str
) -> None:
    context = new_context(permissions=["clipboard-read", "clipboard-write"])
    here = visit(app, context=context)

    here.share("copy")

    assert here.button("copy").inner_text() == "Link copied"
    here.page.get_by_role("status").filter(has_text="Link copied").wait_for(state="attached")
    clipboard = here.page.evaluate("navigator.clipboard.readText()")
    assert clipboard == here.page.locator("[data-url]").get_attribute("data-url")
    assert clipboard.startswith(f"{site}/")
    here.button("copy").get_by_text("Link copied").wait_for(state="hidden")
    assert here.button("copy").inner_text() == "Copy link"
    assert here.console == []


@pytest.mark.parametrize(("answer", "shares"), [("accept", 1), ("dismiss", 0)])
def test_copy_without_a_clipboard_shows_the_link(
    visit: Callable[..., Visit], app: Any, answer: str, shares: int
) -> None:
    here = visit(app, script="Object.defineProperty(navigator, 'clipboard', {value: undefined});")
    asked = []
    here.page.on(
        "dialog",
        lambda dialog: (
            asked.append((dialog.message, dialog.default_value)),
            getattr(dialog, answer)(),
        ),
    )

    here.button("copy").click()

    link = here.page.locator("[data-url]").get_attribute("data-url")
    assert asked == [("Copy this link:", link)]
    eventually(lambda: len(stored()) == shares)
    assert here.counts()["total"] == str(shares)
    assert here.console == []


def test_the_devices_sheet(visit: Callable[..., Visit], app: Any) -> None:
    here = visit(app, script=CAN_SHARE)

    here.share("native")

    link = here.page.locator("[data-url]").get_attribute("data-url")
    assert here.page.evaluate("sheet") == {"title": "Chess", "text": "Chess", "url": link}


def test_the_devices_sheet__closed_again_is_no_share(visit: Callable[..., Visit], app: Any) -> None:
    here = visit(
        app, script="navigator.share = () => Promise.reject(new DOMException('', 'Abort'))"
    )

    here.button("native").click()
    here.share("whatsapp")

    assert [share["platform"] for share in here.shares] == ["whatsapp"]
    assert here.console == []


def test_the_devices_sheet__hidden_where_there_is_none(
    visit: Callable[..., Visit], app: Any
) -> None:
    here = visit(app, script="delete Navigator.prototype.share;")

    assert here.button("copy").is_visible()
    assert here.button("native").is_hidden()


def test_buttons_added_later_work(visit: Callable[..., Visit], app: Any) -> None:
    here = visit(app, platforms="telegram,copy")
    here.page.evaluate(
        """() => {
          const main = document.querySelector("main");
          const markup = main.innerHTML.replace(/(type="button"[^>]*)>/, "$1 hidden>");
          main.replaceChildren();
          const late = document.createElement("div");
          late.innerHTML = markup;
          document.body.append(late);
        }"""
    )

    here.button("copy").wait_for(state="visible")
    here.share("telegram")

    assert here.counts()["telegram"] == "1"


NEW_BODY = """() => {
  const body = document.createElement("body");
  body.innerHTML = document.body.innerHTML;
  document.body.replaceWith(body);
}"""


def test_another_body(visit: Callable[..., Visit], new_context: Any, app: Any) -> None:
    """What Turbo, htmx and routers do; ``tests/hosts/real/turbo_htmx`` has them themselves."""
    context = new_context(permissions=["clipboard-read", "clipboard-write"])
    here = visit(app, context=context, platforms="copy")
    here.share("copy")

    here.page.evaluate(f"history.pushState(null, '', '?next'); ({NEW_BODY})()")

    status = here.page.get_by_role("status")
    assert here.button("copy").inner_text() == "Copy link", "nothing was copied on this page"
    assert (status.count(), status.text_content()) == (1, "")
    here.share("copy")
    assert here.button("copy").inner_text() == "Link copied"
    status.filter(has_text="Link copied").wait_for(state="attached")
    assert len(here.shares) == 2


def test_a_button_that_a_script_hides_again(visit: Callable[..., Visit], app: Any) -> None:
    """Whoever makes a page equal to the server's markup, attribute by attribute."""
    here = visit(app, platforms="copy")

    here.page.evaluate("document.querySelector('[data-share-platform]').hidden = true")

    here.button("copy").wait_for(state="visible")


def test_a_host_hears_of_the_share(visit: Callable[..., Visit], app: Any) -> None:
    here = visit(app)
    here.page.evaluate(
        "addEventListener('share-analytics:shared', (event) => (window.heard = event.detail))"
    )

    here.share("whatsapp")

    (share,) = here.shares
    link = here.page.locator("[data-url]").get_attribute("data-url")
    assert here.page.evaluate("heard") == {
        "id": share["id"],
        "appId": str(app.pk),
        "platform": "whatsapp",
        "url": link,
    }


def test_offline_nothing_breaks_and_the_share_arrives_later(
    visit: Callable[..., Visit], new_context: Any, app: Any
) -> None:
    context = new_context(permissions=["clipboard-read", "clipboard-write"])
    here = visit(app, context=context, platforms="copy")

    context.set_offline(True)
    here.button("copy").click()
    here.button("copy").get_by_text("Link copied").wait_for()
    with here.page.expect_response("**/api/shares"):
        context.set_offline(False)

    eventually(lambda: stored() == [(app.pk, "copy")])
    assert len({share["id"] for share in here.shares}) == 1, "every try carries the same id"
    assert here.counts()["total"] == "1"
    assert not [line for line in here.console if "ERR_INTERNET_DISCONNECTED" not in line]


def test_a_server_that_is_busy_is_asked_again(visit: Callable[..., Visit], app: Any) -> None:
    here = visit(app)
    busy = {"status": 503, "headers": {"Retry-After": "2"}}
    here.page.route("**/api/shares", lambda route: route.fulfill(**busy), times=1)
    with here.page.expect_response(lambda answer: answer.status == 202):
        here.button("whatsapp").click()

    eventually(lambda: stored() == [(app.pk, "whatsapp")])
    one, two = here.shares
    assert one == two


@pytest.mark.parametrize(
    ("status", "retry_after", "tries"),
    [
        pytest.param(503, "", 3, id="busy for good"),
        pytest.param(503, "60", 1, id="busy for longer than a page lives"),
        pytest.param(429, "1", 2, id="too much, and again a moment later"),
        pytest.param(429, "60", 1, id="too much for longer than a page lives"),
        pytest.param(403, "1", 1, id="refused"),
        pytest.param(400, "", 1, id="wrong"),
    ],
)
def test_how_often_a_share_is_tried(
    visit: Callable[..., Visit], app: Any, status: int, retry_after: str, tries: int
) -> None:
    here = visit(app)
    answer = {"status": status, "headers": {"Retry-After": retry_after}}
    here.page.route("**/api/shares", lambda route: route.fulfill(**answer))
    here.page.clock.install()

    here.share("whatsapp")
    for _ in range(8):
        here.page.clock.run_for(60_000)
        here.page.evaluate("fetch('/static/share_analytics/share.css')")

    assert len(here.shares) == tries


def test_blocked_storage(visit: Callable[..., Visit], app: Any) -> None:
    here = visit(
        app,
        script="Object.defineProperty(window, 'sessionStorage', {get() { throw new Error(); }});",
    )

    here.share("whatsapp")
    here.share("telegram")

    one, two = here.shares
    assert one["sessionId"] == two["sessionId"]
    assert here.console == []


def test_a_browser_without_keepalive_sends_a_beacon(visit: Callable[..., Visit], app: Any) -> None:
    here = visit(app, script="delete Request.prototype.keepalive;")

    here.button("whatsapp").click()

    eventually(lambda: stored() == [(app.pk, "whatsapp")])
    assert here.console == []


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_on_a_phone(
    visit: Callable[..., Visit], new_context: Any, app: Any, direction: str
) -> None:
    here = visit(app, context=new_context(**PHONE), dir=direction, script=CAN_SHARE)

    widths = here.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    boxes = [button.bounding_box() for button in here.page.locator(".share-button").all()]

    assert widths == [390, 390], "nothing sticks out"
    assert len(boxes) == 7
    assert all(box["width"] >= 44 and box["height"] >= 44 for box in boxes)
    with here.page.expect_response("**/api/shares"):
        here.button("whatsapp").tap()
    assert here.counts()["whatsapp"] == "1"


def test_on_paper_there_are_no_buttons(visit: Callable[..., Visit], app: Any) -> None:
    here = visit(app)

    here.page.emulate_media(media="print")

    assert here.button("whatsapp").is_hidden()
