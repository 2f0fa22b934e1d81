"""Links have an address wherever a host includes them, and each leads back to its key."""

from __future__ import annotations

import uuid
from itertools import count
from urllib.parse import unquote, urlsplit

import pytest
from django.conf.urls.i18n import i18n_patterns
from django.test import RequestFactory
from django.urls import include, path, resolve, set_script_prefix, set_urlconf
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from django_share_analytics.links.addresses import (
    are_on,
    link_of,
    link_template,
    quoted_key,
    whole_link_of,
)

pytestmark = pytest.mark.once

LINKS = "django_share_analytics.link_urls"
SHARE = uuid.UUID("018f2f5e-7a3c-7b1d-9e5f-0123456789ab")
CODE = "02wQXVJSf24F7PICYQbrdj"
_names = count(1)


@pytest.fixture
def mount(settings):
    """Has these be the urls of the site."""

    def mount(*patterns):
        settings.ROOT_URLCONF = type(f"Urls{next(_names)}", (), {"urlpatterns": list(patterns)})

    return mount


def below(address):
    """A request for an address of the site."""
    request = RequestFactory().get(address)
    request.resolver_match = resolve(address)
    return request


def test_links__where_they_are_not_included():
    assert not are_on()
    assert link_of(SHARE, 5) == link_template(5) == ""


def test_links__where_they_are(mount):
    mount(path("s/", include(LINKS)))
    assert are_on()
    assert link_of(SHARE, 5) == f"/s/{CODE}/5"
    assert link_template("a b") == "/s/{code}/a%20b"
    assert link_template(5, name="qr") == "/s/qr/{code}/5"


def test_links__in_a_namespace(mount):
    inner = ([path("s/", include(LINKS))], "shop")
    mount(path("a/", include(inner, namespace="a")), path("b/", include(inner, namespace="b")))
    assert link_of(SHARE, 5) == f"/a/s/{CODE}/5"
    assert link_of(SHARE, 5, below("/b/s/x/y")) == f"/b/s/{CODE}/5"


@pytest.mark.parametrize("name", ["code", "key"])
def test_links__below_what_has_a_name_of_ours(name, mount):
    """Django reverses none of these: no links, and no answer or page that fails."""
    mount(path(f"<slug:{name}>/s/", include(LINKS)))
    request = RequestFactory().get("/nuts/s/x/5")
    request.resolver_match = resolve("/nuts/s/x/5")
    assert link_of(SHARE, 5, request) == ""


def test_links__below_what_the_host_captures(mount):
    mount(
        path("<slug:shop>/s/", include(LINKS)),
        path("<slug:shop>/apps", lambda request, shop: None),
    )
    assert are_on()
    assert link_of(SHARE, 5, below("/riyadh/apps")) == f"/riyadh/s/{CODE}/5"
    assert link_of(SHARE, 5) == ""


def test_links__of_each_language(mount):
    mount(*i18n_patterns(path("s/", include(LINKS))))
    for language in ("ar", "en", "ar"):
        with translation.override(language):
            assert link_of(SHARE, 5) == f"/{language}/s/{CODE}/5"


def test_links__of_a_site_below_a_prefix(mount):
    mount(path("s/", include(LINKS)))
    try:
        set_script_prefix("/shop/")
        assert link_of(SHARE, 5) == f"/shop/s/{CODE}/5"
    finally:
        set_script_prefix("/")
    assert link_of(SHARE, 5) == f"/s/{CODE}/5"


def test_links__of_a_request_with_urls_of_its_own(mount):
    mount(path("s/", include(LINKS)))
    try:
        set_urlconf("tests.urls")
        assert not are_on()
        assert link_of(SHARE, 5) == ""
    finally:
        set_urlconf(None)


def test_link__of_an_id_that_has_no_code(mount):
    mount(path("s/", include(LINKS)))
    assert link_of(uuid.UUID(int=2**128 - 1), 5) == ""


def test_link__as_the_world_knows_it(mount, settings):
    mount(path("s/", include(LINKS)))
    request = RequestFactory().get("/", secure=True, headers={"host": "shop.example"})
    assert whole_link_of(SHARE, 5, request) == f"https://shop.example/s/{CODE}/5"
    settings.ALLOWED_HOSTS = ["other.example"]
    assert whole_link_of(SHARE, 5, request) == ""


@given(st.text() | st.text(alphabet="/.%\\?#&=a ä:;{}\t\n", max_size=8))
@example("..")
@example("a/../b")
@example("//evil.example")
@example("a.")
@example("%2e%2e")
@example("\ud800")
@example("a\r\nb")
def test_key__is_quoted_so_that_it_comes_back(key):
    quoted = quoted_key(key)
    if not quoted:
        return
    assert quoted.isascii()
    assert quoted[-1] not in ".,;:!?'\""
    address = f"/s/{CODE}/{quoted}"
    assert urlsplit(address).path == address
    assert not {"..", "."} & set(quoted.split("/"))
    assert "//" not in address
    assert unquote(quoted) == key


@pytest.mark.parametrize("key", ["a", "a/b", "a/", "é", "a b", "a.b", "..a", "5", "%2e%2e", "a\\b"])
def test_key__that_a_path_carries(key):
    assert quoted_key(key)


@pytest.mark.parametrize(
    "key", ["", "..", ".", "a/../b", "a/./b", "/a", "//evil.example", "a//b", "a\r\nb", "\ud800"]
)
def test_key__that_a_path_can_not_carry(key):
    assert quoted_key(key) == ""
