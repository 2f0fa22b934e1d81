"""Where share links lead, and what is seen on them."""

from __future__ import annotations

import uuid
from urllib.parse import unquote

import pytest
from django.conf.urls.i18n import i18n_patterns
from django.db import OperationalError, connections
from django.urls import include, path
from django.utils import translation

from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.links.addresses import link_of
from django_share_analytics.links.codes import code_of
from django_share_analytics.links.ids import step_id
from django_share_analytics.models import OutcomeHour

pytestmark = pytest.mark.django_db

SHARE = uuid.UUID("018f2f5e-7a3c-7b1d-9e5f-0123456789ab")
CODE = code_of(SHARE)
FETCHERS = {
    "whatsapp": "WhatsApp/2.23.20.0",
    "twitter": "Twitterbot/1.0",
    "telegram": "TelegramBot (like TwitterBot)",
}
ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def link(app):
    return link_of(SHARE, app.pk)


@pytest.fixture
def leads_to(app_model, monkeypatch):
    """Has the host's ``get_absolute_url()`` say this, or raise it."""

    def lead(address):
        def get_absolute_url(self):
            if isinstance(address, Exception):
                raise address
            return address

        monkeypatch.setattr(app_model, "get_absolute_url", get_absolute_url)

    return lead


def test_link__leads_to_the_page(ask, app, events):
    response = ask(link(app))
    assert response.status_code == 302
    page, fragment = response["Location"].split("#")
    assert (unquote(page), fragment) == (app.get_absolute_url(), f"share-{CODE}")
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"


def test_link__tells_the_page_where_its_visitor_comes_from(ask, app, events, settings):
    """Django's middleware says "same-origin" to everything, or what a site sets."""
    settings.SECURE_REFERRER_POLICY = "no-referrer"
    assert ask(link(app))["Referrer-Policy"] == "strict-origin-when-cross-origin"


def test_link__of_a_browser_is_a_click(ask, app, events):
    ask(link(app))
    (event,) = events
    assert (event.share_id, event.kind, event.app_id, event.detail) == (SHARE, "click", app.pk, "")


@pytest.mark.parametrize("network", FETCHERS)
def test_link__of_a_networks_fetcher_is_its_preview(network, ask, app, events):
    ask(link(app), user_agent=FETCHERS[network])
    ask(link(app), user_agent=FETCHERS[network])
    assert {(event.kind, event.detail) for event in events} == {("preview", network)}
    assert {event.id for event in events} == {step_id(SHARE, "preview", network)}
    assert {event.visitor for event in events} == {None}


def test_link__of_another_robot_is_no_step(ask, app, events):
    assert ask(link(app), user_agent=ROBOT).status_code == 302
    assert events == []
    assert OutcomeHour.objects.get().reason == "bot"


@pytest.mark.parametrize("agent", ["okhttp/4.12.0", "", "python-requests/2.32"])
def test_link__of_what_is_known_to_be_nothing(agent, ask, app, events):
    assert ask(link(app), user_agent=agent).status_code == 302
    assert events == []


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-purpose": "prefetch"},
        {"sec-purpose": "prefetch;prerender"},
        {"x-sec-purpose": "prefetch"},
        {"purpose": "prefetch"},
        {"x-moz": "Prefetch"},
        {"sec-fetch-dest": "empty"},
        {"sec-fetch-dest": "iframe"},
    ],
)
def test_link__asked_for_in_advance_or_by_a_script(headers, ask, app, events):
    assert ask(link(app), **headers).status_code == 302
    assert events == []


def test_link__asked_for_its_head(ask, app, events):
    response = ask(link(app), "head")
    assert (response.status_code, response.content, events) == (302, b"", [])


def test_link__of_a_browser_that_says_nothing_of_itself(ask, app, events):
    ask(link(app), sec_fetch_dest="document")
    assert len(events) == 1


@pytest.mark.parametrize(
    "code",
    [CODE[:-1], CODE + "0", "0" * 22, "z" * 22, "x", "share", "ä" * 22, "0" * 5_000, ".."],
)  # fmt: skip
def test_link__with_a_mangled_code_leads_to_the_page_and_is_not_counted(code, ask, app, events):
    response = ask(link(app).replace(CODE, code))
    if code != "..":  # which is no code, but the way up
        assert response.status_code == 302
        assert "#" not in response["Location"]
    assert events == []


def test_link__of_no_app(ask, unknown_key, events):
    assert ask(link_of(SHARE, unknown_key)).status_code == 404
    assert events == []


@pytest.mark.parametrize("path", ["{code}", "qr/{code}"])
def test_link__of_what_is_no_key_is_no_fault_of_the_hosts(path, ask, events, caplog):
    response = ask(f"/s/{path.format(code=CODE)}/{'9' * 5_000}")
    assert response.status_code == 404
    assert "get_absolute_url" not in caplog.text


def test_link__of_an_app_that_is_not_public(ask, make_app, events, settings):
    settings.SHARE_ANALYTICS = {
        **settings.SHARE_ANALYTICS,
        "PUBLIC_APPS": "tests.public_apps.named_public",
    }
    assert ask(link(make_app("Secret"))).status_code == 404
    assert ask(link(make_app("Public one"))).status_code == 302


@pytest.mark.parametrize("function", ["raising", "a_list", "unanswerable", "no_such_thing"])
def test_link__when_nobody_can_say_what_is_public(function, ask, app, events, settings, caplog):
    settings.SHARE_ANALYTICS = {
        **settings.SHARE_ANALYTICS,
        "PUBLIC_APPS": f"tests.public_apps.{function}",
    }
    response = ask(link(app))
    assert (response.status_code, response["Retry-After"], events) == (503, "5", [])
    assert "could not be followed" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_link__asks_one_query_and_then_none(ask, app, events, django_assert_num_queries):
    with django_assert_num_queries(1):
        first = ask(link(app))
    with django_assert_num_queries(0):
        second = ask(link_of(uuid.uuid4(), app.pk))
    assert first["Location"].partition("#")[0] == second["Location"].partition("#")[0]


def test_link__of_no_app_is_not_kept(ask, make_app, unknown_key, events):
    assert ask(link_of(SHARE, unknown_key)).status_code == 404
    make_app(pk=unknown_key)
    assert ask(link_of(SHARE, unknown_key)).status_code == 302


def test_link__while_the_database_is_away(ask, app, make_app, events, monkeypatch):
    other = make_app()
    assert ask(link(app)).status_code == 302

    def away(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr("django.db.models.sql.compiler.SQLCompiler.execute_sql", away)
    assert ask(link(app)).status_code == 302
    response = ask(link(other))
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert response["Cache-Control"] == "no-store"
    assert len(events) == 2


@pytest.mark.django_db(transaction=True)
def test_link__opens_no_transaction(ask, app, events, monkeypatch):
    address = link(app)
    monkeypatch.setitem(connections["default"].settings_dict, "ATOMIC_REQUESTS", True)

    def away(*args, **kwargs):
        raise AssertionError("the request opened a transaction")

    monkeypatch.setattr("django.db.transaction.Atomic.__enter__", away)
    assert ask(address).status_code == 302


def test_link__on_a_site_where_all_must_log_in(ask, app, events, settings):
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE,
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
    ]
    assert "#share-" in ask(link(app))["Location"]


@pytest.mark.parametrize("error", [DispatcherUnavailable(), ZeroDivisionError()])
def test_link__when_no_dispatcher_takes_the_click(error, ask, app, events, monkeypatch):
    def refuse(event):
        raise error

    monkeypatch.setattr(dispatchers, "submit", refuse)
    assert ask(link(app)).status_code == 302


@pytest.mark.parametrize(
    ("address", "location"),
    [
        ("/there", f"/there#share-{CODE}"),
        ("/there?a=1&b=ä", f"/there?a=1&b=%C3%A4#share-{CODE}"),
        ("/there#reviews", "/there#reviews"),
        ("/there#", f"/there#share-{CODE}"),
        ("there/", f"/there/#share-{CODE}"),
        ("?page=2", f"/?page=2#share-{CODE}"),
        ("//evil.example/x", f"/%2Fevil.example/x#share-{CODE}"),
        ("///evil.example", f"/%2F/evil.example#share-{CODE}"),
        ("/\t/evil.example", f"/%2Fevil.example#share-{CODE}"),
        ("/\\evil.example", f"/%5Cevil.example#share-{CODE}"),
        ("x/..//evil.example", f"/x/..//evil.example#share-{CODE}"),
        ("/x\r\nSet-Cookie: a=b", f"/xSet-Cookie:%20a=b#share-{CODE}"),
        ("http://testserver/there", f"http://testserver/there#share-{CODE}"),
        ("https://shop.example/there", f"https://shop.example/there#share-{CODE}"),
        ("https://www.shop.example:8443/", f"https://www.shop.example:8443/#share-{CODE}"),
    ],
)
def test_link__leads_to_where_the_host_says(
    address, location, ask, app, leads_to, events, settings
):
    settings.ALLOWED_HOSTS = ["testserver", ".shop.example"]
    leads_to(address)
    response = ask(link(app))
    assert (response.status_code, response["Location"]) == (302, location)
    assert len(events) == 1


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/x",
        "http://testserver@evil.example/",
        "http://testserver.evil.example/",
        "http://evil.example\\@testserver/",
        "https:evil.example",
        "javascript:alert(1)",
        "mailto:a@b.example",
        "",
        None,
        ZeroDivisionError("oops"),
    ],
    ids=str,
)
def test_link__leads_nowhere_else(address, ask, app, leads_to, events):
    """Although this site answers to every host."""
    leads_to(address)
    assert ask(link(app)).status_code == 404
    assert events == []


def test_link__asked_of_a_host_that_is_not_the_sites(ask, app, leads_to, events, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.MIDDLEWARE = []
    leads_to("http://evil.example/there")
    assert ask(link(app), host="evil.example").status_code == 400
    leads_to("http://evil.example/there")
    assert ask(link(app)).status_code == 404


def test_link__to_an_address_without_end(ask, app, leads_to, events):
    """Which newer Djangos redirect nobody to."""
    leads_to("/" + "x" * 100_000)
    assert ask(link(app)).status_code in (302, 404)


def test_link__to_a_page_of_each_language(ask, app, leads_to, events, settings, monkeypatch):
    settings.ROOT_URLCONF = type(
        "Urls",
        (),
        {
            "urlpatterns": i18n_patterns(
                path("s/", include("django_share_analytics.link_urls")),
            )
        },
    )
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.middleware.locale.LocaleMiddleware"]
    monkeypatch.setattr(
        type(app), "get_absolute_url", lambda self: f"/{translation.get_language()}/page"
    )
    for language in ("ar", "en", "ar"):
        with translation.override(language):
            address = link(app)
        assert address.startswith(f"/{language}/s/")
        with translation.override(None):  # the middleware leaves its language behind
            assert ask(address)["Location"] == f"/{language}/page#share-{CODE}"


@pytest.mark.usefixtures("two_databases")
def test_link__of_each_database(ask, app_model, app, events, monkeypatch):
    """A key that both tenants have leads to the page of the one that is asked."""
    from tests.tenancy import at

    monkeypatch.setattr(app_model, "get_absolute_url", lambda self: f"/{self.name}")
    with at("two"):
        app_model._default_manager.create(pk=app.pk, name="two")
    for tenant, page in (("one", "/Chess"), ("two", "/two"), ("one", "/Chess")):
        with at(tenant):
            assert ask(link(app))["Location"] == f"{page}#share-{CODE}"
    with at("away"):
        assert ask(link(app)).status_code == 503


@pytest.mark.parametrize("name", ["post", "put", "delete"])
def test_link__takes_nothing(name, client, app):
    assert getattr(client, name)(link(app)).status_code == 405


@pytest.mark.parametrize("method", ["get", "head"])
def test_link__with_a_slash_behind_it(method, ask, app, events):
    response = ask(f"{link(app)}/", method)
    assert (response.status_code, response["Location"]) == (302, ask(link(app))["Location"])
    assert {event.app_id for event in events} == {app.pk}


@pytest.mark.parametrize("end", ["//", "/x", "/../", "/%2F"])
def test_link__with_more_behind_it(end, ask, app, events):
    assert ask(link(app) + end).status_code == 404
    assert events == []


def test_link__of_nothing_but_a_slash(ask, events):
    assert ask(f"/s/{CODE}//").status_code == 404


def test_link__with_a_slash_behind_it__is_of_the_app_whose_key_has_one(
    ask, make_app, events, settings
):
    if settings.APP_KEY != "str":
        pytest.skip("only for text keys")
    make_app(pk="a")
    assert ask(f"/s/{CODE}/a/").status_code == 302
    make_app(pk="a/")
    assert ask(f"/s/{CODE}/a/").status_code == 302
    assert [event.app_id for event in events] == ["a", "a/"]


def test_link__with_a_slash_behind_it__of_an_app_that_is_not_public(
    ask, make_app, events, settings
):
    settings.SHARE_ANALYTICS = {
        **settings.SHARE_ANALYTICS,
        "PUBLIC_APPS": "tests.public_apps.named_public",
    }
    assert ask(f"{link(make_app('Secret'))}/").status_code == 404
    assert events == []


KEYS = [
    "a/b/c",
    "a b",
    "games/\u0634\u0637",
    "a?b=c#d",
    "%2e%2e",
    "a%2fb",
    "x.",
    "a/",
    "{code}",
    "é",
]


@pytest.mark.parametrize("key", KEYS)
def test_link__of_a_key_of_any_letters(key, ask, make_app, events, settings):
    if settings.APP_KEY != "str":
        pytest.skip("only for text keys")
    app = make_app(pk=key)
    assert ask(link(app)).status_code == 302
    assert events[0].app_id == key
