"""The statistics page in a real browser: for everybody, everywhere, without a complaint."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from django.contrib.admin.utils import quote
from django.urls import reverse

from django_share_analytics import outcomes
from django_share_analytics.events import utc_now
from django_share_analytics.writing import set_aside
from django_share_analytics.writing.writer import write_shares
from tests.browser.watched import WatchedSite, axe_script, axe_violations, session_of
from tests.factories import event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from uuid import UUID

    from playwright.sync_api import Browser, Locator, Page

pytestmark = [pytest.mark.once, pytest.mark.slow]

PAGE = "/admin/share_analytics/sharestatistics/"
LIST = "/admin/share_analytics/share/"
SET_ASIDE = "/admin/share_analytics/setaside/"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DJANGOS_OWN = {
    # Before 6.1 these links are told from the text around them by their colour alone.
    "link-in-text-block": ".breadcrumbs",
}
"""What axe-core finds in templates that are not ours: the rule, and where."""


FADING = 400
"""Milliseconds in which Django's links change their colour."""
RULES_OF_COLOUR = ("color-contrast", "link-in-text-block")
"""All that another colour scheme can change."""


@dataclass(kw_only=True)
class Site(WatchedSite):
    """The admin of a running host, as its administrator sees it."""

    apps: list[Any]
    share: UUID
    """One of the shares."""

    @property
    def pages(self) -> list[str]:
        """Every kind of page: addresses below the site's own."""
        model = self.apps[0]._meta
        own = reverse(f"admin:{model.app_label}_{model.model_name}_changelist")
        key = quote(str(self.apps[0].pk))
        return [
            PAGE,
            f"{PAGE}?days=1",
            f"{PAGE}?days=365&compare=0&platform=whatsapp",
            f"{PAGE}?app={self.apps[0].pk}",
            f"{PAGE}?days=abc&from=2026-13-13",
            f"{PAGE}?app={self.apps[-1].pk}",
            own,
            f"{own}{key}/change/",
            LIST,
            f"{LIST}?platform=whatsapp&app={self.apps[0].pk}",
            f"{LIST}?from=zz&user=nobody",
            f"{LIST}?platform=sms",
            f"{LIST}{self.share}/change/",
            SET_ASIDE,
        ]

    def open(self, address: str = PAGE, **options: Any) -> Page:
        return super().open(address, **options)


@pytest.fixture
def site(
    browser: Browser, live_server: Any, settings: Any, make_app: Callable[..., Any], admin_user: Any
) -> Iterator[Site]:
    """A site with three weeks of shares of a dozen apps, and one that was never shared."""
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.browser.policy.StrictPolicyMiddleware"]
    apps = [make_app(f"Number {n}") for n in range(12)]
    now, platforms = utc_now(), ("whatsapp", "telegram", "copy", "orkut")
    shares = [
        event(
            app,
            platforms[n % 4],
            at=now - timedelta(hours=7 * n),
            referrer_url=f"https://{n}.a-site-with-a-long-name.example.org/and/a/path",
            session_id="40fcb71f-0d3a-4c5e-9d53-9d1b6a3e7f11",
            user_id=admin_user.pk if n % 3 else None,
        )
        for number, app in enumerate(apps)
        for n in range(60 - 4 * number)
    ]
    write_shares(shares)
    set_aside.set_event_aside(shares[0], outcomes.REFUSED_BY_DATABASE, ValueError("no room"))
    everything = [*apps, make_app("Never shared")]
    address, session = str(live_server.url), session_of(admin_user)
    site = Site(browser, address, session, apps=everything, share=shares[0].id)
    yield site
    site.close()


@pytest.fixture(scope="module")
def axe() -> str:
    return axe_script()


def violations(page: Page, axe: str, *, rules: Sequence[str] = ()) -> list[str]:
    """What axe-core finds, but for what is known of Django's own templates."""
    return axe_violations(page, axe, rules=rules, known=DJANGOS_OWN)


def open_all(page: Page) -> None:
    """Unfold every table."""
    page.locator("#content details").evaluate_all("(all) => all.forEach((one) => one.open = true)")


def sideways(page: Page) -> int:
    """By how many pixels the page can be scrolled sideways."""
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )


def torn_words(page: Page) -> list[str]:
    """Words and numbers at the beginning of rows that go on in the next line."""
    torn: list[str] = page.locator("#content tbody th").evaluate_all(
        r"""(all) => all.flatMap((cell) => {
          const found = [], walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
          for (let text; (text = walker.nextNode()); ) {
            for (const { index, 0: word } of text.data.matchAll(/[\p{L}\p{N}]+/gu)) {
              const range = document.createRange();
              range.setStart(text, index);
              range.setEnd(text, index + word.length);
              const tops = [...range.getClientRects()].map((box) => Math.round(box.top));
              if (new Set(tops).size > 1) found.push(text.data);
            }
          }
          return found;
        })"""
    )
    return torn


def behind_the_scale(page: Page, figure: Locator) -> tuple[bytes, bytes]:
    """The scale beside a chart and what is below it, with the chart and without."""
    scale, (plot, ink) = figure.locator(".share-axis"), (".share-plot", "visibility")
    scale.scroll_into_view_if_needed()
    box = scale.bounding_box()
    assert box is not None
    # Dates are centred on their day, so that the first one reaches into the scale's right half.
    clips = [
        {**box, "width": box["width"] - 1, "height": box["height"] * (1 - 30 / 240) + 4},
        {**box, "width": box["width"] * 0.45},
    ]
    seen = [page.screenshot(clip=clip) for clip in clips]  # type: ignore[arg-type]
    figure.locator(plot).evaluate(f"(one) => (one.style.{ink} = 'hidden')")
    alone = [page.screenshot(clip=clip) for clip in clips]  # type: ignore[arg-type]
    return b"".join(seen), b"".join(alone)


def test_nothing_is_complained_about(site: Site) -> None:
    page = site.open()
    for address in site.pages:
        page.goto(site.url + address)
        page.wait_for_load_state("networkidle")
    assert site.console == []


def test_axe_finds_nothing(site: Site, axe: str) -> None:
    # Past the policy, as axe brings styles of its own.
    page = site.open(color_scheme="light", bypass_csp=True)
    found = {}
    for address in site.pages:
        page.emulate_media(color_scheme="light")
        page.goto(site.url + address)
        open_all(page)
        found[address, "light"] = violations(page, axe)
        page.emulate_media(color_scheme="dark")
        page.wait_for_timeout(FADING)
        found[address, "dark"] = violations(page, axe, rules=RULES_OF_COLOUR)
    assert {page: here for page, here in found.items() if here} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_an_empty_site(
    site: Site, axe: str, app_model: Any, scheme: Any
) -> None:
    app_model._default_manager.all().delete()
    page = site.open(bypass_csp=True, color_scheme=scheme)
    page.get_by_role("heading", name="No shares in the last 90 days").wait_for()
    assert violations(page, axe) == []
    page.goto(site.url + LIST)
    page.get_by_text("Nothing has been shared yet.").wait_for()
    assert violations(page, axe) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_when_shares_wait(
    site: Site, axe: str, settings: Any, scheme: Any
) -> None:
    late = {"BACKEND": "tests.late.LateDispatcher"}
    settings.SHARE_ANALYTICS = {"DISPATCHERS": {"default": late}}
    page = site.open(bypass_csp=True, color_scheme=scheme)
    page.get_by_role("link", name="See the pipeline").wait_for()
    assert violations(page, axe) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", [PAGE, LIST, SET_ASIDE])
def test_axe_finds_nothing_without_a_permission(
    site: Site, axe: str, django_user_model: Any, address: str, scheme: Any
) -> None:
    user = django_user_model.objects.create_user("editor", is_staff=True)
    page = site.open(address, user=user, bypass_csp=True, color_scheme=scheme)
    page.get_by_role("heading", name="A permission is missing").wait_for()
    assert violations(page, axe) == []
    page.get_by_role("link", name="Back to the start page").click()
    page.wait_for_url("**/admin/")
    assert all("403" in line for line in site.console)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_phone_needs_no_scrolling_sideways(site: Site, settings: Any, language: str) -> None:
    settings.LANGUAGE_CODE = language
    page = site.open(**PHONE)
    wide = {}
    for address in site.pages:
        page.goto(site.url + address)
        open_all(page)
        wide[address] = sideways(page)
    assert {address: pixels for address, pixels in wide.items() if pixels} == {}


@pytest.mark.parametrize("width", [320, 768])
def test_no_word_is_torn(site: Site, width: int) -> None:
    page = site.open(viewport={"width": width, "height": 900})
    open_all(page)
    assert torn_words(page) == []
    assert sideways(page) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_seen_behind_the_scale(site: Site, scheme: Any) -> None:
    # Weeks in which nothing was shared: a line at zero that is scrolled below the scale.
    page = site.open(f"{PAGE}?days=365", color_scheme=scheme, **PHONE)
    seen, alone = behind_the_scale(page, page.locator(".share-figure").first)
    assert seen == alone


def test_a_day_that_has_just_begun_comes_into_view(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 00:20 in Riyadh, before all other shares: its first hour is all that there is.
    early = (utc_now() - timedelta(days=30)).replace(hour=21, minute=20)
    write_shares([event(site.apps[0], "copy", at=early - timedelta(minutes=10))])
    monkeypatch.setattr("django_share_analytics.admin.report_page.utc_now", lambda: early)
    page = site.open(f"{PAGE}?days=1", **PHONE)
    plot = page.locator(".share-plot").first.bounding_box()
    last = page.locator(".share-plot").first.locator(".share-point circle").last.bounding_box()
    assert plot is not None
    assert last is not None
    assert plot["x"] < last["x"] < plot["x"] + plot["width"]
    assert page.get_by_text("not complete").is_visible()


def test_recent_shares_fit_a_phone(site: Site) -> None:
    page = site.open(f"{PAGE}?{urlencode({'app': site.apps[0].pk})}", **PHONE)
    table = page.get_by_role("table", name="Recent shares")
    time = table.locator("tbody td:first-child a").first
    assert time.evaluate("(one) => one.getClientRects().length") <= 2
    room = table.locator("..").evaluate("(one) => one.scrollWidth - one.clientWidth")
    assert room == 0


@pytest.mark.parametrize("name", ["overview", "app", "shares"])
def test_the_keyboard_reaches_all(site: Site, name: str) -> None:
    app = f"{PAGE}?{urlencode({'app': site.apps[0].pk})}"
    page = site.open({"overview": PAGE, "app": app, "shares": LIST}[name])
    wanted = page.evaluate(
        """() => {
          const all = document.querySelectorAll(
            "#content-main :is(a[href], button, select, input, summary, [tabindex='0'])");
          const seen = [...all].filter((one) => one.checkVisibility({ visibilityProperty: true }));
          seen.forEach((one, n) => (one.dataset.tabbed = n));
          seen[0].focus();
          return seen.map((one) => one.type === "date");
        }"""
    )
    reached = []
    for number, has_parts in enumerate(wanted):
        reached.append(page.evaluate("document.activeElement.dataset.tabbed"))
        while page.evaluate("document.activeElement.dataset.tabbed") == str(number):
            page.keyboard.press("Tab")
            if not has_parts:
                break  # day, month and year of a date are reached one by one
    assert reached == [str(n) for n in range(len(wanted))]


def trend_as_table(page: Page) -> Locator:
    """What the chart shows, in a table that is folded away."""
    return page.locator("section[aria-labelledby=share-trend-title] .share-table")


def test_the_keyboard_operates_all(site: Site) -> None:
    page = site.open()
    trend_as_table(page).locator("summary").focus()
    page.keyboard.press("Enter")
    page.get_by_role("columnheader", name="Shares before").first.wait_for()

    page.locator("#share-stats-days").focus()
    page.keyboard.type("Last 7")
    page.keyboard.press("Tab")
    page.keyboard.type("Tele")
    page.keyboard.press("Enter")
    page.locator("#content-main input[type=submit]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/?days=7&platform=telegram&compare=1")


def test_every_view_is_a_link_and_back_goes_back(site: Site) -> None:
    page = site.open()
    page.get_by_role("link", name="Last 7 days").click()
    page.wait_for_url("**/?days=7")
    page.get_by_role("link", name="Number 0", exact=True).first.click()
    page.wait_for_url("**/?days=7&app=*")
    page.get_by_role("heading", name="Number 0").wait_for()
    page.get_by_role("link", name="Telegram").click()
    page.wait_for_url("**/?days=7&platform=telegram&app=*")
    page.go_back()
    page.wait_for_url("**/?days=7&app=*")
    page.go_back()
    page.go_back()
    page.wait_for_url(f"**{PAGE}")
    assert page.locator("#share-stats-days").input_value() == "30"
    page.go_forward()
    page.wait_for_url("**/?days=7")
    assert page.locator("#share-stats-days").input_value() == "7"
    # The form says what the page shows, and not what was chosen for the next one.
    for with_script in (True, False):
        page = site.open(java_script_enabled=with_script)
        page.locator("#share-stats-days").select_option("7")
        page.get_by_role("button", name="Show").click()
        page.wait_for_url("**/?days=7&*")
        page.go_back()
        page.wait_for_url(f"**{PAGE}")
        assert page.locator("#share-stats-days").input_value() == "30"
    # It works again, whatever was switched off when it was sent.
    page = site.open(f"{PAGE}?days=7")
    page.locator("#share-stats-days").select_option("custom")
    page.locator("#share-stats-from").fill((utc_now() - timedelta(days=3)).date().isoformat())
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/?days=custom&from=*&compare=1")
    page.go_back()
    assert page.locator("#share-stats-days").is_enabled()
    assert site.console == []


def test_without_script_all_is_there(site: Site) -> None:
    page = site.open(java_script_enabled=False)
    page.locator("#share-stats-days").select_option("7")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/?days=7&from=&to=&platform=&app=&compare=1")
    assert page.locator(".share-point title").count() == 7
    trend_as_table(page).locator("summary").click()
    assert trend_as_table(page).get_by_role("row").count() == 8


def test_pointing_at_the_chart_says_what_is_there(site: Site) -> None:
    page = site.open(f"{PAGE}?days=7")
    trend_as_table(page).locator("summary").click()
    row = trend_as_table(page).get_by_role("row").nth(1)
    day, shares, *_ = row.locator("th, td").all_inner_texts()
    page.locator(".share-point rect").last.hover()
    said = page.locator(".share-tip")
    assert said.inner_text().startswith(f"{day}: {shares}")
    page.locator("h1").last.hover()
    assert said.is_hidden()
    assert site.console == []


def test_the_colours_follow_the_switch_at_once(site: Site) -> None:
    page = site.open(color_scheme="light")

    def colours() -> list[str]:
        return [
            page.locator(mark).first.evaluate(f"(one) => getComputedStyle(one).{what}")
            for mark, what in (
                (".share-chart .share-line:not(.share-line-before)", "stroke"),
                (".share-bar", "fill"),
                (".share-cards strong", "color"),
                (".share-change", "color"),
            )
        ]

    switch = page.locator("#header .theme-toggle")
    seen = [colours()]
    for _ in range(3):
        switch.click()
        page.wait_for_timeout(FADING)
        seen.append(colours())
    auto, light, dark, again = (json.dumps(colours) for colours in seen)
    assert auto == again
    assert {auto, light, dark} == {light, dark}
    assert all(one != other for one, other in zip(seen[1], seen[2], strict=True))


@pytest.mark.parametrize("width", [390, 1280])
def test_the_scale_stays_beside_the_chart(site: Site, width: int) -> None:
    page = site.open(viewport={"width": width, "height": 900})
    for number in range(2):
        figure = page.locator(".share-figure").nth(number)
        names = (".share-plot", ".share-axis", ".share-chart")
        plot, scale, chart = (figure.locator(name) for name in names)
        for scrolled in (0, -10_000):
            plot.evaluate("(one, left) => one.scrollTo(left, 0)", scrolled)
            box, seen, drawn = (one.bounding_box() for one in (scale, plot, chart))
            assert box is not None
            assert seen is not None
            assert drawn is not None
            assert abs(box["x"] - seen["x"]) < 1
            assert abs(box["y"] - drawn["y"]) < 1
            assert abs(box["height"] - drawn["height"]) < 1


def test_the_list_of_shares_shows_every_column(site: Site) -> None:
    page = site.open(LIST, viewport={"width": 1280, "height": 900})
    page.locator("#changelist-filter").wait_for()
    results = page.locator(".results")
    assert results.evaluate("(one) => one.scrollWidth - one.clientWidth") == 0


def test_dates_look_like_the_fields_beside_them(site: Site) -> None:
    page = site.open(f"{PAGE}?from={(utc_now() - timedelta(days=9)).date()}")
    look = """(one) => {
      const { top, height } = one.getBoundingClientRect();
      const { borderColor, borderRadius } = getComputedStyle(one);
      return [top, height, borderColor, borderRadius];
    }"""
    day, platform = (page.locator(f"#share-stats-{name}") for name in ("from", "platform"))
    assert day.evaluate(look) == platform.evaluate(look)
    page.goto(f"{site.url}{PAGE}?days=custom&from=")
    assert day.evaluate(look)[2] != platform.evaluate(look)[2]
    # All of the form is in one row.
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{site.url}{PAGE}?from={(utc_now() - timedelta(days=9)).date()}")
    assert page.locator("#nav-sidebar").is_visible()
    assert page.locator(".share-fields").evaluate("(one) => one.offsetHeight") < 70
    assert sideways(page) == 0


def test_forced_colours_leave_nothing_invisible(site: Site) -> None:
    page = site.open(forced_colors="active")
    text = page.evaluate("getComputedStyle(document.body).color")
    for mark, what in (
        (".share-line", "stroke"),
        (".share-bar", "fill"),
        (".share-spark", "stroke"),
    ):
        shown = page.locator(f"{mark}:not(.share-line-before)").first
        assert shown.evaluate(f"(one) => getComputedStyle(one).{what}") == text


def test_arabic_runs_from_right_to_left(site: Site, settings: Any) -> None:
    settings.LANGUAGE_CODE = "ar"
    page = site.open(viewport={"width": 1280, "height": 900})
    assert page.locator("html").get_attribute("dir") == "rtl"
    cards = [card.bounding_box() for card in page.locator(".share-cards li").all()]
    lefts = [card["x"] for card in cards if card]
    assert lefts == sorted(lefts, reverse=True)
    bar = page.locator(".share-bar").first
    assert bar.evaluate("(one) => getComputedStyle(one).transform").startswith("matrix(-1")
    # Time runs from left to right in a chart all the same, and its numbers stay whole.
    points = [page.locator(".share-point rect").nth(n).bounding_box() for n in (0, 29)]
    assert points[0] is not None
    assert points[1] is not None
    assert points[0]["x"] < points[1]["x"]
    assert sideways(page) == 0


def test_paper(site: Site) -> None:
    page = site.open(color_scheme="dark")
    page.emulate_media(media="print")
    page.wait_for_timeout(FADING)
    assert page.locator(".share-form").is_hidden()
    assert page.locator(".share-table table").first.is_visible()
    for mark in (".module h2", ".share-notice", ".share-summary", "figcaption", ".share-cards a"):
        printed = page.locator(f".share-stats {mark}").first
        colour, paper = (
            printed.evaluate(f"(one) => getComputedStyle(one).{name}")
            for name in ("color", "backgroundColor")
        )
        assert colour in {"rgb(0, 0, 0)", "rgb(68, 68, 68)"}, mark
        assert paper in {"rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"}, mark
    document = page.pdf(format="A4")
    assert document.startswith(b"%PDF")
    assert document.count(b"/Type /Page\n") <= 12


def test_headings_and_landmarks(site: Site) -> None:
    page = site.open()
    open_all(page)
    levels = page.locator("#main :is(h1, h2, h3)").evaluate_all(
        "(all) => all.map((one) => Number(one.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert max(b - a for a, b in pairwise(levels)) <= 1
    for role, name in (
        ("search", "What is shown"),
        ("navigation", "Periods"),
        ("region", "Shares by day"),
        ("region", "Most shared"),
        ("region", "Platforms"),
        ("region", "Hours of the week"),
        ("region", "Pipeline"),
    ):
        assert page.get_by_role(role, name=name, exact=True).count() == 1, name
    assert page.get_by_role("img", name="Shares by day").count() == 1
