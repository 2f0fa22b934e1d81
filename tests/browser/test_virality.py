"""The page about how far shares travel in a real browser: for everybody, without a complaint."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from django_share_analytics.virality.results import PlatformTravel, Rate, Virality
from tests.browser.test_statistics import (
    DJANGOS_OWN,
    FADING,
    PHONE,
    RULES_OF_COLOUR,
    behind_the_scale,
    open_all,
    sideways,
    torn_words,
)
from tests.browser.watched import WatchedSite, axe_script, axe_violations, session_of
from tests.virality import examples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

pytestmark = [pytest.mark.once, pytest.mark.slow]

PAGE = "/admin/share_analytics/sharevirality/"
PAGES = (PAGE, f"{PAGE}?days=30", f"{PAGE}?window=9", f"{PAGE}?days=7")
"""With all that there is, with too little, with an error, and with nothing."""


@pytest.fixture
def site(
    browser: Browser,
    live_server: Any,
    settings: Any,
    admin_user: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[WatchedSite]:
    """A site that answers with the hand-made examples, by how many days are asked for."""
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.browser.policy.StrictPolicyMiddleware"]

    def travel_of(cohort: Any) -> Virality:
        if cohort.question.days == 7:
            return Virality(cohort=cohort)
        return {30: examples.too_few}.get(cohort.question.days, examples.virality)(cohort)

    monkeypatch.setattr("django_share_analytics.admin.virality.page.travel_of", travel_of)
    site = WatchedSite(browser, str(live_server.url), session_of(admin_user))
    yield site
    site.close()


def test_nothing_is_complained_about(site: WatchedSite) -> None:
    page = site.open(PAGE)
    for address in PAGES:
        page.goto(site.url + address)
        page.wait_for_load_state("networkidle")
    assert site.console == []


def test_axe_finds_nothing(site: WatchedSite) -> None:
    # Past the policy, as axe brings styles of its own.
    page, axe = site.open(PAGE, color_scheme="light", bypass_csp=True), axe_script()
    found = {}
    for address in PAGES:
        page.emulate_media(color_scheme="light")
        page.goto(site.url + address)
        open_all(page)
        found[address, "light"] = axe_violations(page, axe, known=DJANGOS_OWN)
        page.emulate_media(color_scheme="dark")
        page.wait_for_timeout(FADING)
        found[address, "dark"] = axe_violations(page, axe, rules=RULES_OF_COLOUR, known=DJANGOS_OWN)
    assert {page: here for page, here in found.items() if here} == {}


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_phone_needs_no_scrolling_sideways(
    site: WatchedSite, settings: Any, language: str
) -> None:
    settings.LANGUAGE_CODE = language
    page = site.open(PAGE, **PHONE)
    for address in PAGES:
        page.goto(site.url + address)
        open_all(page)
        assert sideways(page) == 0, address


def test_intervals_share_one_scale(site: WatchedSite) -> None:
    page = site.open(PAGE)
    table = page.get_by_role("table", name="Platforms", exact=True)
    scale = table.locator(".share-interval-scale").bounding_box()
    assert scale is not None
    for drawing in table.locator(".share-interval").all():
        box = drawing.bounding_box()
        assert box is not None
        assert (round(box["x"]), round(box["width"])) == (round(scale["x"]), round(scale["width"]))


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1400])
def test_scales_can_be_read(
    site: WatchedSite, settings: Any, monkeypatch: pytest.MonkeyPatch, width: int, language: str
) -> None:
    settings.LANGUAGE_CODE = language
    platforms = [PlatformTravel("whatsapp", 700, 1_050, Rate(1.5, 1.4, 1.7, 1_050))]
    monkeypatch.setattr(
        "django_share_analytics.admin.virality.page.travel_of",
        lambda cohort: examples.virality(cohort, platforms=platforms),
    )
    page = site.open(PAGE, viewport={"width": width, "height": 900})
    for scale in page.locator(".share-interval-scale").all():
        drawn = scale.bounding_box()
        assert drawn is not None
        assert drawn["width"] > 90
        labels = [label.bounding_box() for label in scale.locator("text:visible").all()]
        edges = [(box["x"], box["x"] + box["width"]) for box in labels if box]
        assert len(edges) >= 3
        assert min(b[0] - a[1] for a, b in pairwise(edges)) > 4
    assert torn_words(page) == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_how_soon_people_share_on_begins_at_its_beginning(
    site: WatchedSite, settings: Any, language: str
) -> None:
    settings.LANGUAGE_CODE = language
    page = site.open(PAGE, **PHONE)
    plot = page.locator(".share-figure-cycle .share-plot")
    assert plot.evaluate("(one) => one.scrollWidth - one.clientWidth") > 0
    assert plot.evaluate("(one) => one.scrollLeft") == 0
    plot.evaluate("(one) => one.scrollTo(10_000, 0)")
    seen, alone = behind_the_scale(page, page.locator(".share-figure-cycle"))
    assert seen == alone


def test_without_script_all_is_there(site: WatchedSite) -> None:
    page = site.open(PAGE, java_script_enabled=False)
    page.get_by_text("What these mean, and what they can't know").click()
    assert page.get_by_text("At least so many: another tab").is_visible()
    page.locator("#share-stats-window").select_option("30")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/?days=90&from=&to=&platform=&app=&window=30")
    assert page.get_by_text("The 90 days that ended 30 days ago.").is_visible()


def test_a_new_reader_finds_it(site: WatchedSite) -> None:
    page = site.open("/admin/")
    page.get_by_role("link", name="How far shares travel").first.click()
    page.wait_for_url(f"**{PAGE}")
    assert page.locator(".share-sentence").inner_text().startswith("Of 100 shares, 34 brought")
    assert page.locator(".share-sentence").bounding_box()["y"] < 500  # type: ignore[index]


def test_forced_colours_leave_nothing_invisible(site: WatchedSite) -> None:
    page = site.open(PAGE, forced_colors="active")
    text = page.evaluate("getComputedStyle(document.body).color")
    for mark, what in (
        (".share-interval-line", "stroke"),
        (".share-interval circle", "fill"),
        (".share-column", "fill"),
        (".share-tree-links", "stroke"),
        (".share-tree-root", "fill"),
    ):
        shown = page.locator(mark).first
        assert shown.evaluate(f"(one) => getComputedStyle(one).{what}") == text, mark


def test_paper(site: WatchedSite) -> None:
    page = site.open(PAGE, color_scheme="dark")
    page.emulate_media(media="print")
    page.wait_for_timeout(FADING)
    assert page.locator(".share-form").is_hidden()
    sentence = page.locator(".share-sentence")
    assert sentence.evaluate("(one) => getComputedStyle(one).color") == "rgb(0, 0, 0)"


def test_headings_and_landmarks(site: WatchedSite) -> None:
    page = site.open(PAGE)
    open_all(page)
    levels = page.locator("#main :is(h1, h2, h3)").evaluate_all(
        "(all) => all.map((one) => Number(one.tagName[1]))"
    )
    assert levels.count(1) == 1
    assert max(b - a for a, b in pairwise(levels)) <= 1
    for name in ("Does sharing bring people?", "Platforms", "The largest cascades"):
        assert page.get_by_role("region", name=name, exact=True).count() == 1, name
    assert page.get_by_role("img", name="How soon people share on").count() == 1
