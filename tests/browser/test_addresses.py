"""Where an address that we share leads to, as a browser reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import RequestFactory

from django_share_analytics.host.addresses import absolute_address, own_address
from tests.host.addresses import ELSEWHERE, OWN_PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.once, pytest.mark.slow]

ORIGINS = "urls => urls.map(url => [new URL(url).origin, new URL(url).username])"


def test_addresses__lead_where_they_say(browser: Browser) -> None:
    here = RequestFactory().get("/list/page")
    pages = [
        RequestFactory().get("/", PATH_INFO=path)
        for path in ("//evil.example/x", "/\\evil.example")
    ]
    ours = [absolute_address(url, here) for url, _ in OWN_PAGES] + [*map(own_address, pages)]
    theirs = [absolute_address(url, here) for url in ELSEWHERE]

    page = browser.new_page()
    origins = page.evaluate(ORIGINS, [*ours, *theirs])
    page.close()

    assert origins[: len(ours)] == [["http://testserver", ""]] * len(ours)
    assert [origin for origin, _ in origins[len(ours) :]] == [
        "https://elsewhere.example",
        "http://elsewhere.example",
        "https://elsewhere.example:8443",
        "https://[2001:db8::1]",
        "https://xn--bcher-kva.example",
        "https://elsewhere.example",
        "https://elsewhere.example",
    ]
