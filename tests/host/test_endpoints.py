"""Wherever a host puts our urls, the buttons post to them, and our views answer there."""

from __future__ import annotations

import json
from itertools import count

import pytest
from django.conf.urls.i18n import i18n_patterns
from django.http import HttpResponse
from django.template import RequestContext, Template, TemplateSyntaxError
from django.urls import NoReverseMatch, include, path, re_path
from django.utils import translation

from django_share_analytics.host.endpoints import api_url
from django_share_analytics.models import Share

pytestmark = pytest.mark.once

OURS = "django_share_analytics.urls"
_names = count(1)


def page(request, *args, **kwargs):
    """One of the host's own pages, with buttons that lead where it finds them."""
    try:
        return HttpResponse(api_url("shares", request))
    except NoReverseMatch as error:
        return HttpResponse(str(error), status=500)


def urls(*patterns):
    return type(f"Urls{next(_names)}", (), {"urlpatterns": list(patterns)})


def nested(inner, *namespaces, app_name="api"):
    for namespace in reversed(namespaces):
        inner = include(([path(f"{namespace}/", inner)], app_name), namespace=namespace)
    return inner


VERSION_1 = ([path("x/", include(OURS)), path("page", page)], "api")
PLACES = {
    "by itself": ([path("api/", include(OURS)), path("page", page)], "/page", "/api/shares"),
    "at the root": ([path("", include(OURS)), path("page", page)], "/page", "/shares"),
    "in one namespace": (
        [path("api/", nested(include(OURS), "v1")), path("page", page)],
        "/page",
        "/api/v1/shares",
    ),
    "in three": (
        [path("", nested(include(OURS), "a", "b", "c")), path("page", page)],
        "/page",
        "/a/b/c/shares",
    ),
    "under another name": (
        [path("api/", include(OURS, namespace="counts")), path("page", page)],
        "/page",
        "/api/shares",
    ),
    "under another name, nested": (
        [path("", nested(include(OURS, namespace="counts"), "v1")), path("page", page)],
        "/page",
        "/v1/shares",
    ),
    "twice, from the first": (
        [
            path("v1/", include(VERSION_1, namespace="v1")),
            path("v2/", include(VERSION_1, namespace="v2")),
        ],
        "/v1/page",
        "/v1/x/shares",
    ),
    "twice, from the second": (
        [
            path("v1/", include(VERSION_1, namespace="v1")),
            path("v2/", include(VERSION_1, namespace="v2")),
        ],
        "/v2/page",
        "/v2/x/shares",
    ),
    "twice, from elsewhere": (
        [
            path("v1/", include(VERSION_1, namespace="v1")),
            path("v2/", include(VERSION_1, namespace="v2")),
            path("page", page),
        ],
        "/page",
        "/v1/x/shares",
    ),
    "twice, with and without what is captured": (
        [
            path("<slug:shop>/", include(OURS, namespace="of_a_shop")),
            path("api/", include(OURS)),
            path("page", page),
        ],
        "/page",
        "/api/shares",
    ),
    "below a slug": (
        [path("<slug:shop>/api/", include(OURS)), path("<slug:shop>/apps/<int:pk>", page)],
        "/riyadh/apps/7",
        "/riyadh/api/shares",
    ),
    "below two values": (
        [
            path("<slug:shop>/", nested(include(OURS), "v1")),
            path("<int:year>/<slug:shop>/", include([path("page", page)])),
        ],
        "/2026/riyadh/page",
        "/riyadh/v1/shares",
    ),
    "below values on several levels": (
        [
            path(
                "<slug:shop>/",
                include([path("<int:year>/", include(OURS)), path("<int:year>", page)]),
            )
        ],
        "/riyadh/2026",
        "/riyadh/2026/shares",
    ),
    "below a group without a name": (
        [re_path("^([a-z]+)/api/", include(OURS)), re_path("^([a-z]+)/page", page)],
        "/riyadh/page",
        "/riyadh/api/shares",
    ),
    "below a group that may be missing": (
        [re_path("^(?:(?P<shop>[a-z]+)-)?api/", include(OURS)), path("page", page)],
        "/page",
        "/api/shares",
    ),
    "with a value that no address has": (
        [path("api/", include(OURS), {"shop": "riyadh"}), path("page", page)],
        "/page",
        "/api/shares",
    ),
    "below the language": (
        i18n_patterns(path("api/", include(OURS)), path("page", page)),
        "/ar/page",
        "/ar/api/shares",
    ),
    "below the language, nested and captured": (
        i18n_patterns(path("<slug:shop>/", nested(include(OURS), "v1")), path("<slug:shop>", page)),
        "/ar/riyadh",
        "/ar/riyadh/v1/shares",
    ),
}


@pytest.fixture(params=PLACES)
def place(request, settings):
    patterns, here, address = PLACES[request.param]
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.middleware.locale.LocaleMiddleware"]
    settings.ROOT_URLCONF = urls(*patterns)
    yield here, address
    translation.activate(settings.LANGUAGE_CODE)


def test_address__from_a_page(place, client):
    here, address = place
    answer = client.get(here)
    assert (answer.status_code, answer.content.decode()) == (200, address)


@pytest.mark.django_db
def test_views__take_what_is_captured(place, client, app, as_staff):
    prefix = place[1].removesuffix("/shares")
    key = app.pk if isinstance(app.pk, int) else str(app.pk)
    body = json.dumps({"appId": key, "platform": "copy"})
    assert client.post(f"{prefix}/shares", body, "application/json").status_code == 202
    assert Share.objects.get().app == app
    counted = client.get(f"{prefix}/apps/{app.pk}/share-count")
    assert counted.json()["totalShares"] == 1
    counted = client.get(f"{prefix}/apps/share-counts", {"id": key})
    assert counted.json()["counts"][0]["totalShares"] == 1
    staff = as_staff(
        "share_analytics.view_share",
        "share_analytics.export_share",
        "share_analytics.view_sharestatistics",
    )
    for call in ("", "/export", "/stats", "/stats/export?table=daily"):
        assert staff.get(f"{prefix}/admin/shares{call}").status_code == 200, call
    link = staff.get(f"{prefix}/admin/shares?limit=1").json()
    assert link["next"] is None


@pytest.mark.django_db
def test_pages_of_the_list__are_where_it_is(place, as_staff, app):
    prefix = place[1].removesuffix("/shares")
    staff = as_staff("share_analytics.view_share")
    key = app.pk if isinstance(app.pk, int) else str(app.pk)
    for _ in "12":
        staff.post(f"{prefix}/shares", {"appId": key, "platform": "copy"})
    following = staff.get(f"{prefix}/admin/shares?limit=1").json()["next"]
    assert following.startswith(f"http://testserver{prefix}/admin/shares?")
    assert len(staff.get(following).json()["results"]) == 1


@pytest.mark.parametrize("name", ["app_id", "version", "format", "pk", "name", "limit"])
@pytest.mark.django_db
def test_views__whatever_the_host_calls_what_it_captures(name, app, client, as_staff, settings):
    settings.ROOT_URLCONF = urls(path(f"<slug:{name}>/", include(OURS)))
    assert client.get(f"/7/apps/{app.pk}/share-count").json()["totalShares"] == 0
    staff = as_staff("share_analytics.view_share", "share_analytics.view_sharestatistics")
    for call in ("/admin/shares", "/admin/shares/stats"):
        assert staff.get(f"/7{call}").status_code == 200


def render(rf, source="{% share_buttons key url='https://shop.example/' text='T' %}"):
    template = Template("{% load share_analytics %}" + source)
    return template.render(RequestContext(rf.get("/"), {"key": 7}))


@pytest.fixture
def key_of(monkeypatch):
    monkeypatch.setattr("django_share_analytics.templatetags.share_analytics.app_key", lambda a: a)


def test_message__when_the_urls_are_not_included(rf, settings, key_of):
    settings.ROOT_URLCONF, settings.DEBUG = urls(path("page", page)), True
    with pytest.raises(TemplateSyntaxError, match=r'include\("django_share_analytics.urls"\)'):
        render(rf)


def test_message__when_the_page_does_not_say_where_they_are(rf, settings, key_of, caplog):
    settings.ROOT_URLCONF = urls(path("<slug:shop>/<int:year>/", nested(include(OURS), "v1")))
    settings.DEBUG = True
    with pytest.raises(TemplateSyntaxError) as error:
        render(rf)
    assert "the address of 'v1:share_analytics:shares' needs shop, year" in str(error.value)
    assert "include(" not in str(error.value)
    given = "{% share_buttons key url='https://shop.example/' text='T' endpoint='/riyadh/shares' %}"
    assert 'data-endpoint="/riyadh/shares"' in render(rf, given)


def test_address__of_the_urls_that_are_set_for_the_request(settings, client):
    """A host may choose its urls by request, as for subdomains."""
    settings.MIDDLEWARE = ["tests.host.test_endpoints.of_a_subdomain"]
    assert client.get("/page").content.decode() == "/sub/shares"


OF_A_SUBDOMAIN = urls(path("sub/", include(OURS)), path("page", page))


def of_a_subdomain(get_response):
    def middleware(request):
        request.urlconf = OF_A_SUBDOMAIN
        return get_response(request)

    return middleware


def test_address__of_something_else_that_has_our_name(settings, client):
    """The host's own ``shares`` is not ours, wherever it is."""
    settings.ROOT_URLCONF = urls(
        path("mine", page, name="shares"),
        path("also/", include(([path("mine", page, name="shares")], "shop"))),
        path("api/", include(OURS)),
        path("page", page),
    )
    assert client.get("/page").content.decode() == "/api/shares"
