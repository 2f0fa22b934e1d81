"""Strangers' text, made harmless."""

from __future__ import annotations

import pytest

from django_share_analytics.admin.columns import address, filter_link, is_web_address


@pytest.mark.parametrize(
    "url",
    ["https://example.com", "http://example.com/a?b#c", "HTTPS://EXAMPLE.COM/", "http://[::1]/"],
)
def test_is_web_address__for_pages(url: str) -> None:
    assert is_web_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "\x01https://example.com",
        "data:text/html,<script>",
        "vbscript:x",
        "//example.com",
        "/path",
        "https:/example.com",
        "http://",
        "https:///path",
        "http://[bad",
        "ftp://example.com",
        "android-app://com.example",
        "",
        "not a url",
    ],
)
def test_is_web_address__for_all_else(url: str) -> None:
    assert not is_web_address(url)
    assert "href" not in address(url, length=60)


def test_address__is_a_careful_link() -> None:
    link = address('https://example.com/"><script>', length=60)
    assert 'rel="noopener noreferrer nofollow"' in link
    assert "<script>" not in link
    assert 'href="https://example.com/&quot;&gt;&lt;script&gt;"' in link


def test_address__is_cut() -> None:
    shown = address("https://example.com/" + "x" * 400, length=30)
    assert f"<bdi>https://example.com/{'x' * 9}…</bdi>" in shown


def test_filter_link__encodes_any_key() -> None:
    link = filter_link("app", "games/chess & 1?", "<Chess>")
    assert link == '<a href="?app=games%2Fchess+%26+1%3F"><bdi>&lt;Chess&gt;</bdi></a>'
