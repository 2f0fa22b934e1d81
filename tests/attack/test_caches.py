"""What shared caches keep is the same for everybody, and what we keep is nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from hypothesis import given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from django_share_analytics.links.buttons import can_draw_codes
from django_share_analytics.stats import caching
from tests.attack.addresses import address, names
from tests.examples import examples

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = [pytest.mark.once, pytest.mark.django_db]

UNKEYED = {
    "x-forwarded-host": "evil.example", "x-forwarded-proto": "https", "x-forwarded-for": "8.8.8.8",
    "x-original-url": "/evil", "x-rewrite-url": "/evil", "accept-language": "ar",
    "accept": "text/html",
    "user-agent": "<script>", "cookie": "share_link=x; sessionid=x; django_language=ar",
    "x-http-method-override": "POST", "origin": "https://evil.example", "save-data": "on",
}  # fmt: skip
"""What caches don't look at, unless they are told to by ``Vary``."""
parts = st.lists(
    st.one_of(
        st.integers(-5, 5), st.text("'(),\" a1:\\\x00\ud800", max_size=4), st.none(), st.booleans(),
        st.uuids(),
    ),
    max_size=4,
).map(tuple)  # fmt: skip


FOR_ALL = ["share_analytics:share-count", "share_analytics:share-counts"]


@pytest.mark.parametrize("name", [*FOR_ALL, *(["share_links:qr"] if can_draw_codes() else [])])
def test_what_caches_keep__is_the_same_for_everybody(
    name: str, client: Client, admin_client: Client, stored: dict[str, Any]
) -> None:
    where = address(name, stored) + ("?ids=" + stored["key"] if name.endswith("counts") else "")
    plain = client.get(where)
    assert plain.status_code == 200
    assert "public" in plain["Cache-Control"]
    for header, value in UNKEYED.items():
        for browser in (client, admin_client):
            if header == "cookie" and browser is admin_client:
                continue
            other = browser.get(where, headers={header: value})
            assert (other.content, other.get("ETag")) == (plain.content, plain.get("ETag")), header
            # Django's own, where a session is none: not for others.
            assert not other.cookies or "Cookie" in other["Vary"]
            assert "private" not in other["Cache-Control"]


def test_what_is_somebodys__is_kept_by_no_cache(
    admin_client: Client, stored: dict[str, Any]
) -> None:
    for name in names():
        response = admin_client.get(address(name, stored))
        kept = response.get("Cache-Control", "")
        is_for_all = name.split(":")[1] in {"share-count", "share-counts", "qr"}
        if not is_for_all and response.status_code < 400:
            assert {"no-store", "private"} & set(kept.replace(",", " ").split()), (name, kept)


def test_errors__are_not_kept(client: Client, stored: dict[str, Any], unknown_key: Any) -> None:
    """Or a stranger who is first would have an app be missing for everybody."""
    for name in names():
        where = address(name, {**stored, "key": str(unknown_key), "app_id": str(unknown_key)})
        response = client.get(where)
        if response.status_code >= 400:
            assert "public" not in response.get("Cache-Control", "")
            assert "max-age" not in response.get("Cache-Control", "")


def test_query__makes_no_other_entry(client: Client, stored: dict[str, Any]) -> None:
    """Made-up parameters and ids: what we keep does not grow with them."""
    where = address("share_analytics:share-count", stored)
    client.get(where)
    kept = len(cache._cache)
    for n in range(50):
        client.get(f"{where}?utm={n}&cb={n}")
        client.get("/api/apps/share-counts", {"ids": f"{stored['key']},made-up-{n}"})
    assert len(cache._cache) == kept


@example_settings(max_examples=examples(200))
@given(one=parts, other=parts)
def test_keys__of_different_things_are_different(
    one: tuple[Any, ...], other: tuple[Any, ...]
) -> None:
    """``1`` is not ``"1"``, and what is in a text ends no part."""
    same = [*map(repr, one)] == [*map(repr, other)]
    assert (caching.make_key("k", 1, *one) == caching.make_key("k", 1, *other)) is same


def test_key__says_nothing_and_fits_every_cache(configure: Callable[..., None]) -> None:
    key = caching.make_key("share-count", 1, "a b\n" * 1_000, "\x00", "'; get secret\r\n")
    assert key.isascii()
    assert key.isprintable()
    assert len(key) < 200
    assert " " not in key
