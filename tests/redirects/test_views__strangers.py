"""What strangers make up: it never fails, leads nowhere else, and writes no header."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import include, path
from hypothesis import HealthCheck, example, given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from django_share_analytics.events import new_id
from django_share_analytics.links.addresses import link_of, quoted_key
from django_share_analytics.testing import capture_shares
from tests.redirects.conftest import AS_A_BROWSER

pytestmark = pytest.mark.django_db

CODE = "02wQXVJSf24F7PICYQbrdj"
UPPER_CASED = "018F2F5E7A3C7B1D9E5F01"
UNSTORABLE = "7n42DGM5Tflk9n8mt7Fhc7"
"""Of the largest number of 128 bits, which MariaDB takes for no UUID."""
PIECES = st.lists(
    st.sampled_from(
        [*"/\\:@?#.%;=&", "..", "//", "evil.example", "http:", "\r\n", "Set-Cookie: a=b", "\x00",
         "%0d%0a", "%2f", "%5c", "\t", " ", "\u0634", "\U0001f600", "7", "x", "qr", CODE]
    ),
    max_size=6,
).map("".join)  # fmt: skip
HEADERS = st.dictionaries(
    st.sampled_from(["user-agent", "sec-purpose", "sec-fetch-dest", "x-forwarded-for", "cookie",
                     "x-forwarded-host", "referer", "accept-language"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30),
)  # fmt: skip

urlpatterns = [path("s/", include("django_share_analytics.link_urls"))]


@pytest.fixture(autouse=True)
def _only_links(settings):
    settings.ROOT_URLCONF = __name__


@example_settings(max_examples=100)
@given(code=PIECES, key=PIECES, headers=HEADERS)
@example(code=CODE, key="//evil.example", headers={})
@example(code=CODE, key="..", headers={})
@example(code=UPPER_CASED, key="x", headers={})
@example(code=UNSTORABLE, key="x", headers={})
@example(code=CODE, key="x\r\nSet-Cookie: a=b", headers={})
@example(code=CODE, key="9" * 4_300, headers={})
@example(code="x" * 8_000, key="x" * 8_000, headers={})
def test_link__of_strangers_is_none(code, key, headers):
    """No app has these keys."""
    for address in (
        f"/s/{quote(code, safe='/')}/{quote(key, safe='/')}",
        f"/s/qr/{quote(code, safe='')}/{quote(key, safe='')}",
    ):
        response = Client().get(address, headers={**AS_A_BROWSER, **headers})
        assert response.status_code == 404
        assert not response.has_header("Location")
        assert not response.cookies


@example_settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(address=PIECES)
@example(address="//evil.example")
@example(address="/x\r\nSet-Cookie: a=b")
@example(address="\\\\evil.example")
def test_link__of_a_host_whose_users_write_addresses(address, app):
    """A browser that is sent there stays on this site, or is not sent at all."""
    link = f"/s/{CODE}/{quoted_key(app.pk)}"
    with pytest.MonkeyPatch.context() as patch, capture_shares():
        patch.setattr(type(app), "get_absolute_url", lambda self: address)
        patch.setattr("django_share_analytics.redirects.pages.PAGE_KEPT_SECONDS", 0)
        response = Client().get(link, headers=AS_A_BROWSER)
    assert response.status_code in (302, 404)
    assert {*response.headers} <= {
        "Cache-Control", "Content-Type", "Content-Length", "Cross-Origin-Opener-Policy", "Location",
        "Referrer-Policy", "X-Content-Type-Options", "X-Robots-Tag",
    }  # fmt: skip
    if response.status_code == 302:
        location = response["Location"]
        assert re.fullmatch("[!-~]+", location)
        assert re.match(r"/(?![/\\])", location) or urlsplit(location).hostname == "testserver"


def test_codes__that_are_made_up_are_events_and_nothing_else(app, django_assert_num_queries):
    """However many: no query, nothing kept."""
    client = Client()
    client.get(link_of(new_id(), app.pk), headers=AS_A_BROWSER)
    kept = len(cache._cache)
    with capture_shares() as shares, django_assert_num_queries(0):
        for _ in range(50):
            client.get(link_of(new_id(), app.pk), headers=AS_A_BROWSER)
    assert (len(shares.link_events), len(cache._cache)) == (50, kept)
