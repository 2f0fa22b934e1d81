"""No value of a stranger's begins another header, or leads a browser to somewhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

import pytest

from tests.attack.addresses import address, names
from tests.attack.hostile import SCHEMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = [pytest.mark.once, pytest.mark.django_db]

SPLIT = "x\r\nSet-Cookie: harm=1\r\n\r\n<script>"
HEADERS = ("user-agent", "referer", "origin", "accept", "accept-language", "cookie", "dnt", "via",
           "x-forwarded-for", "x-forwarded-proto", "if-none-match", "sec-fetch-site", "range",
           "x-requested-with", "x-http-method-override")  # fmt: skip
ELSEWHERE = (
    *SCHEMES, "//evil.example", "///evil.example", "\\\\evil.example", "/\\evil.example",
    "/\t/evil.example", "\t//evil.example", "https:evil.example", "https:/evil.example",
    "http://testserver@evil.example", "http://testserver.evil.example", "/%2f/evil.example",
    "http://evil.example\\@testserver", "http://evil.example#@testserver/", "\x00//evil.example",
    ".evil.example", "@evil.example", "http://testserver:80@evil.example/",
    "//evil%E3%80%82example",
)  # fmt: skip
"""Addresses that some browsers or parsers take for another site's."""


def assert_whole(response: Any) -> None:
    for name, value in response.headers.items():
        assert not set(f"{name}{value}") & set("\r\n\x00"), (name, value)
        assert "harm" not in name
    assert "harm" not in response.cookies


def test_headers__are_not_split(
    client: Client, stored: dict[str, Any], with_everything: None
) -> None:
    """By the path, the query, the body, or any header that is read."""
    for name in names():
        where = address(name, {**stored, "key": f"{stored['key']}"})
        for value in (SPLIT, "%0d%0aSet-Cookie:harm=1", "\u560d\u560aSet-Cookie:harm=1"):
            query = urlencode({"next": value, "ids": value, "format": value})
            headers = dict.fromkeys(HEADERS, value.encode("latin-1", "replace").decode("latin-1"))
            assert_whole(client.get(f"{where}?{query}", headers=headers))
            body = {"appId": stored["key"], "platform": value, "sessionId": value, "goal": value}
            assert_whole(client.post(where, body, "application/json", headers=headers))


def test_path__is_not_split(client: Client, stored: dict[str, Any]) -> None:
    for path in (
        "/s/{}/{}",
        "/s/qr/{}/{}",
        "/api/shares/{}/visits?{}",
        "/api/apps/{}{}/share-count",
    ):
        for value in (SPLIT, "x%0d%0aSet-Cookie:harm=1"):
            assert_whole(client.get(path.format(quote(value), quote(value))))


@pytest.mark.parametrize("reason", [SPLIT, "Bot", "bot\n", "x" * 51, ""])
def test_reason__of_a_gate_writes_no_header(
    reason: str, post: Callable[..., Any], configure: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Not even of a host's gate that repeats what it was sent."""
    monkeypatch.setattr("tests.attack.test_headers.said", reason)
    configure(GATES=["tests.attack.test_headers.gate"])
    response = post()
    assert_whole(response)
    assert response.status_code == 503
    assert "Share-Filtered" not in response


said = ""


def gate(event: Any, request: Any) -> str:
    return said


def test_filename__is_ours(admin_client: Client, app: Any) -> None:
    """Days alone are asked for, and the name of the app is not in it."""
    for query in ({"from": SPLIT}, {"table": SPLIT}, {"app": SPLIT}):
        assert_whole(admin_client.get("/api/admin/shares/stats/export", query))


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_link__leads_nowhere_else(
    elsewhere: str, client: Client, app: Any, stored: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Whatever users of the host write where its pages are, and whatever is in the query."""
    monkeypatch.setattr(type(app), "get_absolute_url", lambda self: elsewhere)
    query = urlencode(dict.fromkeys(("next", "url", "to", "redirect"), elsewhere))
    response = client.get(f"{address('share_links:link', stored)}?{query}")
    assert_whole(response)
    assert is_at_home(response), response.get("Location")


def test_query__leads_nowhere(client: Client, stored: dict[str, Any]) -> None:
    for name in names():
        for elsewhere in ("//evil.example", "https://evil.example/", "/\\evil.example"):
            query = dict.fromkeys(("next", "url", "redirect_to", "_changelist_filters"), elsewhere)
            response = client.get(f"{address(name, stored)}?{urlencode(query)}")
            assert is_at_home(response), name


def is_at_home(response: Any) -> bool:
    """As browsers read it, to which a backslash is a slash, and what is not printed not there."""
    if "Location" not in response:
        return True
    location = "".join(c for c in response["Location"].replace("\\", "/") if c > " ")
    target = urlsplit(location)
    is_path = location.startswith("/") and not location.startswith("//")
    return is_path or (target.scheme in {"http", "https"} and target.netloc == "testserver")


@pytest.mark.parametrize("header", ["host", "x-forwarded-host", "x-host", "forwarded"])
def test_host__that_is_not_ours(
    header: str, client: Client, stored: dict[str, Any], settings: Any
) -> None:
    """No answer names a host that the site doesn't: it would be cached, or mailed."""
    settings.ALLOWED_HOSTS = ["testserver"]
    for name in names():
        if name.startswith("admin:"):
            continue
        for method in ("get", "post"):
            said = "host=evil.example" if header == "forwarded" else "evil.example"
            where = address(name, stored)
            response = getattr(client, method)(where, headers={header: said})
            assert b"evil.example" not in response.content
            assert "evil.example" not in str(response.headers)
            assert response.status_code < 500
