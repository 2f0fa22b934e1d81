"""Three generations of a share, in browsers of three engines, from the taps to the stored rows."""

from __future__ import annotations

import re
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from django.utils.encoding import iri_to_uri
from django.utils.http import urlencode

from django_share_analytics import steps
from django_share_analytics.events import ShareEvent
from django_share_analytics.links.addresses import link_of
from django_share_analytics.links.codes import code_of, share_id_of
from django_share_analytics.models import LinkStep, Share
from django_share_analytics.platforms import BUILT_IN
from django_share_analytics.writing.writer import write_shares
from tests.browser import engines, link_urls
from tests.browser.helpers import eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

pytestmark = [pytest.mark.once, pytest.mark.slow]

SHARE = "[data-share-platform=forum]"
AGENT = "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/153.0 {}"
"""A visitor is an address and a user agent; here all come from one address."""


@pytest.fixture
def site(live_server: Any, settings: Any, known_visitors: None) -> str:
    settings.ROOT_URLCONF = "tests.browser.link_urls"
    settings.SHARE_ANALYTICS = {
        **settings.SHARE_ANALYTICS,
        "PLATFORMS": [*BUILT_IN, link_urls.forum(live_server.url)],
        "PLACEMENTS": ["top"],
        "LINK_COOKIE_SECONDS": 3600,
    }
    link_urls.elsewhere.clear()
    link_urls.cookies.clear()
    return str(live_server.url)


@pytest.fixture(params=["chromium", "firefox", "webkit"])
def profile(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """``with profile("name") as browser``: a browser of somebody's own."""
    engine = str(request.param)
    # Each asks for itself: one that is not there is no reason to skip the others.
    chromium = request.getfixturevalue("browser") if engine == "chromium" else None

    @contextmanager
    def open_profile(name: str, *, is_private: bool = False) -> Iterator[engines.Profile]:
        agent = AGENT.format(name)
        if chromium is not None:
            with closing(engines.Chromium(chromium, agent, is_private=is_private)) as own:
                yield own
        else:
            with getattr(engines, engine)(agent, is_private=is_private) as own:
                yield own

    open_profile.engine = engine  # type: ignore[attr-defined]
    return open_profile


def share(browser: engines.Profile) -> tuple[UUID, str]:
    """Tap the button; the id of the share, and the link that came to the network."""
    before = len(link_urls.elsewhere)
    browser.click(SHARE)
    eventually(lambda: len(link_urls.elsewhere) > before)
    link = link_urls.elsewhere[-1]
    match = re.search("/s/(.{22})/", link)
    assert match is not None
    share_id = share_id_of(match[1])
    assert share_id is not None
    eventually(lambda: Share.objects.filter(pk=share_id).exists())
    return share_id, link


def became_of(share_id: UUID) -> list[str]:
    return sorted(LinkStep.objects.filter(share_id=share_id).values_list("kind", flat=True))


CAME = sorted([steps.CLICK, steps.VISIT, steps.REACHED])
CAME_AND_SHARED = sorted([*CAME, steps.RESHARE, steps.FORWARDED])


def test_three_generations(profile: Any, site: str, app: Any) -> None:
    page = f"{site}{iri_to_uri(app.get_absolute_url())}"
    with profile("one") as browser:
        browser.go(page)
        first, link = share(browser)
        browser.go(link)  # nobody came by it: it is their own
        assert browser.value("location.href") == page
        own, _ = share(browser)
    assert became_of(first) == []

    with profile("two") as browser:
        browser.go(link)
        eventually(lambda: became_of(first) == CAME)
        assert browser.value("location.href") == page, "the code is gone"
        browser.reload()
        browser.go(f"{site}/elsewhere/?url=x")
        browser.back()
        second, link = share(browser)
        eventually(lambda: became_of(first) == CAME_AND_SHARED)
        assert link_urls.cookies[-1] == code_of(first)

    knows_privacy = profile.engine != "webkit"
    with profile("three", is_private=knows_privacy) as browser:
        browser.go(link)
        eventually(lambda: became_of(second) == CAME)
        third, _ = share(browser)
        eventually(lambda: became_of(second) == CAME_AND_SHARED)
        assert link_urls.cookies[-1] == ("" if knows_privacy else code_of(second))

    reshares = LinkStep.objects.filter(kind=steps.RESHARE).values_list("share_id", "id")
    assert set(reshares) == {(first, second), (second, third)}, f"{own} is a root"
    visitors = dict(Share.objects.values_list("pk", "visitor"))
    assert visitors[first] == visitors[own] != visitors[second]
    assert visitors[second] is not None
    assert (visitors[third] is None) is knows_privacy


@pytest.fixture
def shared(site: str, app: Any) -> tuple[UUID, str]:
    """A share that is stored, and its link."""
    event = ShareEvent(app_id=app.pk, platform="copy")
    write_shares([event])
    return event.id, site + link_of(event.id, app.pk)


@pytest.mark.parametrize("engine", ["firefox", "webkit"])
def test_a_tab_in_the_background(shared: tuple[UUID, str], site: str, engine: str) -> None:
    """Playwright's Chromium takes every tab for seen."""
    share_id, link = shared
    with getattr(engines, engine)(AGENT.format("one"), is_private=False) as browser:
        browser.go(f"{site}/elsewhere/?url=x")
        browser.open_behind(link)
        eventually(lambda: became_of(share_id) == [steps.CLICK])
        assert browser.value("document.hidden")
        assert browser.value("location.hash") == "", "the script has run"
        assert became_of(share_id) == [steps.CLICK]

        browser.close_what_is_before()

        eventually(lambda: became_of(share_id) == CAME)


def test_a_prerendered_page(shared: tuple[UUID, str], site: str) -> None:
    share_id, link = shared
    link_urls.prerendered.clear()
    link_urls.go.clear()
    page = f"{site}/prerendering?{urlencode({'link': link})}"
    with engines.chromium(page, AGENT.format("one")):
        try:
            assert link_urls.prerendered.wait(30), "Chromium prerenders"
            time.sleep(1)  # its scripts run
            assert became_of(share_id) == []
        finally:
            link_urls.go.set()

        eventually(lambda: became_of(share_id) == CAME)
