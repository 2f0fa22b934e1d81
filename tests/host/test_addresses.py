"""What is shared leads to a page of this site, or to the web address that was given.

``tests/browser/test_addresses.py`` asks a real browser the same.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import RequestFactory
from hypothesis import example, given
from hypothesis import strategies as st

from django_share_analytics.exceptions import InvalidShare
from django_share_analytics.host.addresses import absolute_address, address_on_site, own_address
from tests.host.addresses import ELSEWHERE, OWN_PAGES, REFUSED

pytestmark = pytest.mark.once

SITE = "http://testserver"
HERE = RequestFactory().get("/list/page?token=secret")
PIECES = st.lists(
    st.sampled_from(
        [*r"/\:@?#.%[]&;", "//", "http:", "https://", "JavaScript:", "data:", "evil.example", "\t",
         "\n", "\r", "\x00", " ", "\xa0", "\u2028", "\u202e", "\ud800", "%2f", "%5c", "x", "ä"]
    ),
    max_size=8,
).map("".join)  # fmt: skip


def is_shareable(address: str) -> bool:
    """Whether every reader takes it for a whole web address, of plain ASCII."""
    return (
        bool(re.fullmatch(r"https?://[^/?#\\@\s]+([/?#][!-~]*)?", address)) and "\\" not in address
    )


@pytest.mark.parametrize(("url", "expected"), OWN_PAGES)
def test_absolute_address__of_a_page_of_this_site(url: str, expected: str) -> None:
    assert absolute_address(url, HERE) == SITE + expected


@pytest.mark.parametrize("url", ELSEWHERE)
def test_absolute_address__of_another_site(url: str) -> None:
    assert absolute_address(url, HERE) == absolute_address(url, None) == url


@pytest.mark.parametrize("url", REFUSED)
def test_absolute_address__of_what_is_no_page(url: str) -> None:
    with pytest.raises(InvalidShare, match="is no address to share"):
        absolute_address(url, HERE)


@pytest.mark.parametrize("url", ["/there", "there", "", "//elsewhere.example/x"])
def test_absolute_address__without_a_request(url: str) -> None:
    with pytest.raises(InvalidShare, match="needs an absolute url="):
        absolute_address(url, None)


@given(PIECES)
@example("/\\evil.example")
def test_absolute_address__anything(url: str) -> None:
    """A whole web address or none; and without a scheme of its own one of this site."""
    try:
        address = absolute_address(url, HERE)
    except InvalidShare:
        return
    assert is_shareable(address), address
    bare = re.sub("[\t\r\n]", "", url).strip("".join(map(chr, range(0x21))))
    if not re.match("https?://", bare, re.IGNORECASE):
        assert address.startswith(f"{SITE}/"), address


@given(PIECES)
def test_own_address__of_any_path(path: str) -> None:
    request = RequestFactory().get("/")
    request.path = f"/{path}"

    address = own_address(request)

    assert address.startswith(f"{SITE}/")
    assert is_shareable(address)
    assert "?" not in address, "a path with a mark in it doesn't become a query"
    assert "#" not in address


@pytest.mark.parametrize(
    "path", ["//evil.example/x", "/\\evil.example", "/a b", "/ä", "/a%2F..%2Fb"]
)
def test_own_address__is_on_the_host_of_the_request(path: str) -> None:
    request = RequestFactory().get("/", PATH_INFO=path)

    assert own_address(request).startswith(f"{SITE}/")


@pytest.mark.parametrize("ask", [own_address, lambda request: absolute_address("/x", request)])
def test_addresses__of_a_forged_host(ask, settings) -> None:
    settings.ALLOWED_HOSTS = ["shop.example"]

    with pytest.raises(InvalidShare, match=r"evil\.example"):
        ask(RequestFactory().get("/", headers={"host": "evil.example"}))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/there?a=1#b", "/there?a=1#b"),
        ("there", "/there"),
        ("//evil.example/x", "/%2Fevil.example/x"),
        ("http://testserver/x", "http://testserver/x"),
        ("http://TESTSERVER:8000/x", "http://TESTSERVER:8000/x"),
        ("https://www.shop.example/x", "https://www.shop.example/x"),
    ],
)
def test_address_on_site(url: str, expected: str, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*", ".shop.example"]
    assert address_on_site(url, HERE) == expected


@pytest.mark.parametrize("url", [*ELSEWHERE, *REFUSED, "", "\n"])
def test_address_on_site__of_what_is_elsewhere(url: str) -> None:
    """Although the site answers to every host."""
    with pytest.raises(InvalidShare):
        address_on_site(url, HERE)


@given(PIECES)
@example("x/..//evil.example")
@example("../\\")
def test_address_on_site__is_a_path_or_of_this_host(url: str) -> None:
    try:
        address = address_on_site(url, HERE)
    except InvalidShare:
        return
    assert re.fullmatch("[!-~]+", address)
    assert re.match(r"/(?![/\\])", address) or is_shareable(address)
    assert urlsplit(urljoin(SITE, address)).hostname == "testserver"
