"""What is kept of a referrer, whatever it is."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from django_share_analytics.gates.referrers import kept_referrer

pytestmark = pytest.mark.once

PAGE = "https://e.com:8443/a/b"


@pytest.mark.parametrize(
    ("url", "origin", "path"),
    [
        (PAGE, "https://e.com:8443", PAGE),
        (f"{PAGE}?token=5&email=a@b.c", "https://e.com:8443", PAGE),
        (f"{PAGE}#access_token=5", "https://e.com:8443", PAGE),
        (f"{PAGE};jsessionid=5?q", "https://e.com:8443", PAGE),
        ("https://ann:secret@e.com/a", "https://e.com", "https://e.com/a"),
        ("https://ann@b.c:x@e.com/a", "https://e.com", "https://e.com/a"),
        ("https://e.com", "https://e.com", "https://e.com"),
        ("https://e.com?q=1", "https://e.com", "https://e.com"),
        ("https://e.com/@ann/story", "https://e.com", "https://e.com/@ann/story"),
        ("HTTP://E.com/A", "HTTP://E.com", "HTTP://E.com/A"),
        ("http://[2001:db8::1]:80/a?b", "http://[2001:db8::1]:80", "http://[2001:db8::1]:80/a"),
        ("https://пример.рф/страница?q", "https://пример.рф", "https://пример.рф/страница"),
        *(
            (url, "android-app://org.telegram.messenger", "android-app://org.telegram.messenger")
            for url in (
                "android-app://org.telegram.messenger",
                "android-app://org.telegram.messenger/",
                "android-app://org.telegram.messenger/https/e.com/a?token=5",
            )
        ),
        ("ios-app://389801252/e.com/a", "ios-app://389801252", "ios-app://389801252"),
        *(
            (url, None, None)
            for url in (
                "file:///home/ann/page.html",
                "blob:https://e.com/5f1c",
                "moz-extension://5f1c6a/page.html",
                "about:client",
                "javascript:alert(1)",
                "mailto:ann@e.com",
                "//e.com/a",
                "e.com/a",
                "https://",
                "https:///a",
                "https://e.com\\@other/a",
                "https://ann:se/cret@e.com/a",
                "https://ann:sec\nret@e.com/",
                "https://" + "n" * 492,
                " https://e.com/",
                "",
            )
        ),
    ],
)
def test_kept_referrer(url, origin, path):
    assert kept_referrer(url, "origin") == origin
    assert kept_referrer(url, "path") == path
    assert kept_referrer(url, "none") is None
    assert kept_referrer(url, "full") == url
    assert kept_referrer(None, "path") is None


def a_url():
    """Made of what makes urls, in an order that need be none's."""
    pieces = st.sampled_from(
        ["https://", "http://", "@", ":", "/", "?", "#", ";", "\\", "[", "%40"]
    )
    secrets = st.sampled_from(["secret", "e.com", "80", "\n", "\t", " ", "é"])
    return st.lists(pieces | secrets | st.text(max_size=5)).map("".join)


@given(a_url() | a_url().map("https://ann:secret@e.com/{}".format) | st.text())
@example("https://ann:secret@e.com/?#")
@example("https://[")
@example("https://[x]/")
@example("https://\u2100/")
@example("https://[::1]:80/path")
def test_kept__is_part_of_it_and_nothing_secret(url):
    kept = kept_referrer(url, "path")
    origin = kept_referrer(url, "origin")
    assert (origin is None) is (kept is None)
    if kept is None:
        return
    parts = urlsplit(kept)
    assert not any(mark in kept for mark in "?#;")
    assert (parts.username, parts.password, parts.query, parts.fragment) == (None, None, "", "")
    assert kept.startswith(origin)
    scheme, host = origin.split("://")
    assert url.startswith(scheme)
    assert host + kept.removeprefix(origin) in url
    assert kept_referrer(kept, "path") == kept
