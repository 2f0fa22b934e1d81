"""What strangers wrote is text on every page, whatever it says and however it came in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import transaction

from django_share_analytics.conf import get_app_model
from tests.attack import filled
from tests.attack.addresses import address, names
from tests.attack.hostile import CALL, MARKUP, SCHEMES, harmless

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

pytestmark = [pytest.mark.once, pytest.mark.django_db]

TEXTS = (*MARKUP, *SCHEMES)
PARAMETERS = {
    "admin:share_analytics_share_changelist": "q p o e all platform app user from to",
    "admin:share_analytics_share_export": "q platform app user from to",
    "admin:share_analytics_share_look_alikes": "app day of",
    "admin:share_analytics_share_discard": "app day of",
    "admin:share_analytics_setaside_changelist": "q p o e reason",
    "admin:share_analytics_sharestatistics_changelist": "days platform app from to compare export",
    "admin:share_analytics_sharevirality_changelist": "days platform app from to window export",
    "share_analytics:admin-shares": "app platform user from to cursor limit",
    "share_analytics:admin-share-stats": "days platform app from to limit compare",
    "share_analytics:admin-share-virality": "days platform app from to window",
    "share_analytics:admin-share-export": "app platform user from to",
    "share_analytics:admin-share-stats-export": "table days platform app from to",
    "share_analytics:share-counts": "ids",
    "share_analytics:share-count": "format",
    "share_links:link": "next url share",
    "share_links:qr": "next size",
    "page": "title url",
}
"""Those that each page reads, and some that it doesn't."""


READ_NONE = {
    "admin:share_analytics_share_add",
    "admin:share_analytics_share_change",
    "admin:share_analytics_share_delete",
    "admin:share_analytics_share_history",
    "admin:share_analytics_setaside_add",
    "admin:share_analytics_setaside_change",
    "admin:share_analytics_setaside_delete",
    "admin:share_analytics_setaside_history",
    "share_analytics:shares",
    "share_analytics:impressions",
    "share_analytics:visits",
    "share_analytics:conversions",
}
"""Those that read no parameter."""


def test_parameters__of_every_address_are_said() -> None:
    assert {*PARAMETERS} - {"page"} | READ_NONE == {*names()}


def seen(browser: Client, address: str) -> filled.Structure | None:
    """A page as a browser takes it; ``None`` for what is no page to a browser."""
    response = browser.get(address)
    if response.streaming:
        b"".join(response)
    if not response["Content-Type"].startswith("text/html"):
        assert response["X-Content-Type-Options"] == "nosniff"
        return None
    return filled.Structure(response.content.decode())


@pytest.fixture
def hostile_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a host calls its model is text, too."""
    meta = get_app_model()._meta
    for name in ("verbose_name", "verbose_name_plural"):
        monkeypatch.setattr(meta, name, TEXTS[0])


@pytest.mark.usefixtures("hostile_names")
def test_stored__is_text_on_every_page(
    admin_client: Client,
    admin_user: Any,
    app: Any,
    with_everything: None,
    tmp_path: Path,
) -> None:
    """The page has the same elements and attributes as if nobody meant any harm."""
    shares = filled.fill(app, admin_user, TEXTS, tmp_path)
    addresses = filled.pages(app, shares)
    found = {name: seen(admin_client, each) for name, each in addresses.items()}
    pages = {name: page for name, page in found.items() if page}
    assert {name: list(page.faults()) for name, page in pages.items() if list(page.faults())} == {}
    shown = {name for name, page in pages.items() if f"<script>{CALL}()" in page.text}
    assert len(shown) > 12, "it is shown, or nothing was tried"


def test_stored__makes_no_element_that_harmless_texts_do_not(
    admin_client: Client, admin_user: Any, app: Any, with_everything: None, tmp_path: Path
) -> None:
    structures = []
    for texts in (TEXTS, [*map(harmless, TEXTS)]):
        cache.clear()
        with transaction.atomic():
            shares = filled.fill(app, admin_user, texts, tmp_path)
            addresses = filled.pages(app, shares)
            pages = {name: seen(admin_client, each) for name, each in addresses.items()}
            transaction.set_rollback(True)
        structures.append({name: set(page.elements) for name, page in pages.items() if page})
    hostile, plain = structures
    more = {name: hostile[name] - plain[name] for name in hostile}
    assert {name: elements for name, elements in more.items() if elements} == {}


@pytest.mark.parametrize("name", PARAMETERS)
def test_reflected__is_text_on_every_page(
    name: str, admin_client: Client, admin_user: Any, stored: dict[str, Any], app: Any
) -> None:
    """Of each parameter, one by one, and of all at once."""
    where = f"/page/{stored['key']}" if name == "page" else address(name, stored)
    asked = [*PARAMETERS[name].split(), "<script>harm()</script>"]
    queries = [{one: " ".join(TEXTS)} for one in asked]
    queries += [dict.fromkeys(asked, text) for text in (MARKUP[0], MARKUP[4], SCHEMES[0])]
    for query in queries:
        page = seen(admin_client, f"{where}?{urlencode(query)}")
        assert page is None or list(page.faults()) == []
