"""Whose page sent a request, as far as its browser says."""

from __future__ import annotations

import re

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from django_share_analytics.host.origins import is_from_another_site, is_from_trusted_origin

pytestmark = pytest.mark.once

NULL = "null"
OTHER = "https://evil.example"


@pytest.fixture(autouse=True)
def _site(settings):
    """``shop.test``, which Django has been told nothing else of."""
    settings.ALLOWED_HOSTS = ["*"]


def asked(origin=None, says=None, host="shop.test", **meta):
    headers = {"HTTP_ORIGIN": origin, "HTTP_SEC_FETCH_SITE": says, "HTTP_HOST": host, **meta}
    given = {name: value for name, value in headers.items() if value is not None}
    return RequestFactory().post("/api/shares", **given)


@pytest.mark.parametrize(
    ("origin", "says"),
    [
        ("http://shop.test", "same-origin"),
        ("http://shop.test", None),  # a browser of 2019, or any by http
        (NULL, "same-origin"),  # under Referrer-Policy: no-referrer
        ("https://m.shop.test", "same-site"),
        ("https://blog.test", "same-site"),  # the browser knows whose domains are one's
        (OTHER, "none"),  # typed, or from a bookmark
        (None, None),  # a native app, a server
        ("", None),
    ],
)
def test_site_itself__and_what_is_no_page(origin, says):
    assert not is_from_another_site(asked(origin, says))


@pytest.mark.parametrize(
    ("origin", "says"),
    [
        (OTHER, "cross-site"),
        (OTHER, None),
        (OTHER, "who knows"),
        ("HTTPS://EVIL.EXAMPLE", "cross-site"),
        (None, "cross-site"),
        ("http://shop.test.evil.example", None),
        ("http://evilshop.test", None),
        ("http://shop.test@evil.example", None),
        ("http://other.test", None),
        # A sandboxed frame, data:, a page of 2012 in an app: any page can open one.
        (NULL, "cross-site"),
        (NULL, None),
        ("https://", None),
        ("http://[", None),
        ("shop.test", None),
        ("evil.example", None),
    ],
)
def test_pages_of_others(origin, says):
    assert is_from_another_site(asked(origin, says))


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://shop.test", "shop.test"),  # TLS ends at a proxy of which Django knows nothing
        ("https://shop.test", "shop.test:8000"),
        ("http://shop.test:3000", "shop.test:8000"),
        ("http://shop.test", "SHOP.test"),
        ("HTTP://Shop.Test", "shop.test"),
        ("https://shop.test.", "shop.test"),
        ("https://www.shop.test", "shop.test"),
        ("https://shop.test", "api.shop.test"),
        ("https://xn--bcher-kva.test", "xn--bcher-kva.test"),
        ("http://192.0.2.7:8080", "192.0.2.7"),
        ("http://[2001:db8::7]", "[2001:db8::7]:8000"),
    ],
)
def test_own_host__is_the_site_by_any_scheme_and_port(origin, host):
    assert not is_from_another_site(asked(origin, host=host))


@pytest.mark.parametrize(
    ("origin", "is_other"), [("http://shop.test", False), ("https://customer.shop.test", True)]
)
def test_parts_of_a_domain__are_others_where_the_browser_says_so(origin, is_other):
    """It knows whose customers have them; and that a page by http is another site's by https."""
    assert is_from_another_site(asked(origin, "cross-site")) is is_other


@pytest.mark.parametrize("origin", ["http://192.0.2.8", "http://[2001:db8::8]", "http://7"])
def test_addresses__are_no_parts_of_each_other(origin):
    assert is_from_another_site(asked(origin, host="192.0.2.6"))


@pytest.mark.parametrize(
    "origin",
    [
        "capacitor://localhost", "ionic://localhost", "tauri://localhost", "http://localhost",
        "https://localhost", "http://localhost:8100", "http://tauri.localhost", "file://",
        "chrome-extension://cjpalhdlnbpafiamejdnhcphjbkeiagm", "app://shop",
    ],
)  # fmt: skip
def test_apps_on_the_device__are_no_pages_of_the_web(origin):
    """Extensions neither: one that wanted to count could do so in the site's own pages."""
    assert not is_from_another_site(asked(origin, "cross-site"))


@pytest.mark.parametrize("origin", ["https://localhost.evil.example", "https://notlocalhost"])
def test_device__is_nobody_elses_name(origin):
    assert is_from_another_site(asked(origin, "cross-site"))


def test_host_that_a_proxy_changed__is_what_the_proxy_says(settings):
    forwarded = {"host": "backend:8000", "HTTP_X_FORWARDED_HOST": "shop.test"}
    assert is_from_another_site(asked("https://shop.test", **forwarded))
    settings.USE_X_FORWARDED_HOST = True
    assert not is_from_another_site(asked("https://shop.test", **forwarded))
    assert is_from_another_site(asked(OTHER, **forwarded))


def test_host_that_a_proxy_changed__is_what_the_settings_say(settings):
    """And a browser by HTTPS says it itself."""
    request = asked("https://shop.test", host="backend:8000")
    settings.ALLOWED_HOSTS = ["backend"]
    assert is_from_another_site(request)
    settings.ALLOWED_HOSTS = ["backend", ".Shop.test"]
    assert not is_from_another_site(request)
    assert not is_from_another_site(asked("http://m.shop.test", host="backend"))
    assert not is_from_another_site(asked("https://shop.test", "same-origin", host="backend"))


@pytest.mark.parametrize("host", ["evil.example", "not a host", "", "shop.test/x"])
def test_host_that_is_none_of_the_sites(settings, host):
    """Somebody else's name that leads to this server."""
    settings.ALLOWED_HOSTS = ["shop.test"]
    for origin in (OTHER, "http://[", "http://evil.."):
        assert is_from_another_site(asked(origin, host=host))
    assert not is_from_another_site(asked("http://shop.test", host=host))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CSRF_TRUSTED_ORIGINS", [OTHER]),
        ("CSRF_TRUSTED_ORIGINS", ["https://*.example"]),
        ("CORS_ALLOWED_ORIGINS", ("https://Evil.example",)),
        ("CORS_ALLOWED_ORIGIN_REGEXES", [r"^https://\w+\.example$"]),
        ("CORS_ALLOWED_ORIGIN_REGEXES", (re.compile(r"https://EVIL\.", re.IGNORECASE),)),
        ("CORS_ALLOW_ALL_ORIGINS", True),
    ],
)
def test_settings__let_others_in(settings, name, value):
    setattr(settings, name, value)
    for says in ("cross-site", None):
        assert not is_from_another_site(asked(OTHER, says))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CSRF_TRUSTED_ORIGINS", ["http://evil.example", "https://evil.example:8443", "evil"]),
        ("CORS_ALLOWED_ORIGINS", ["https://sub.evil.example", "https://bücher.example"]),
        ("CORS_ALLOWED_ORIGINS", None),
        ("CORS_ALLOWED_ORIGIN_REGEXES", [r"evil"]),
        ("CORS_ALLOW_ALL_ORIGINS", False),
    ],
)
def test_settings__that_name_another(settings, name, value):
    setattr(settings, name, value)
    assert is_from_another_site(asked(OTHER, "cross-site"))


def test_null__can_be_let_in(settings):
    settings.CORS_ALLOWED_ORIGINS = [NULL]
    assert not is_from_another_site(asked(NULL, "cross-site"))


@pytest.mark.parametrize("origin", ["https://abc.cdn.ampproject.org", "https://shop-test.bing-amp"])
def test_copies_of_pages_elsewhere__are_other_sites(origin):
    assert is_from_another_site(asked(origin, "cross-site"))


@pytest.mark.parametrize(
    "origin", ["https://shop.test", "http://shop.test:81", "http://m.shop.test", "file://"]
)
def test_name__takes_more_than_counting(settings, origin):
    """The very origin, or one that Django trusts with forms; not what CORS lets read."""
    settings.CORS_ALLOW_ALL_ORIGINS = True
    assert not is_from_another_site(asked(origin))
    assert not is_from_trusted_origin(asked(origin))


SAID = st.none() | st.sampled_from([OTHER, NULL, "http://", "://", "cross-site"]) | st.text()


@given(origin=SAID, says=SAID, host=SAID)
def test_anything__is_one_or_the_other(origin, says, host):
    assert is_from_another_site(asked(origin, says, host)) in (True, False)


@given(host=st.from_regex(r"[a-z0-9]{1,8}(\.[a-z0-9]{1,8}){1,3}", fullmatch=True))
def test_any_host__is_its_own_and_no_others(host):
    assert not is_from_another_site(asked(f"https://{host}", host=host))
    assert is_from_another_site(asked(f"https://{host}.evil", host=f"{host}.good"))
