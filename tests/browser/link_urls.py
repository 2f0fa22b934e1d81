"""A host whose shares have links, under the strictest policy that the package promises.

What a page looks like is the app's name: see ``PAGES``.
"""

from __future__ import annotations

import json
from threading import Event
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.apps import apps
from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.template import RequestContext, Template
from django.urls import include, path
from django.utils.http import urlencode

from django_share_analytics.links.cookies import LINK_COOKIE
from django_share_analytics.platforms import Platform

if TYPE_CHECKING:
    from django.http import HttpRequest

BUTTONS = "forum,silent,email,copy,native,qr"
HEAD = (
    "{% load share_analytics %}<!doctype html>"
    '<html lang="en"><head><meta charset="utf-8"><title>{{ app }}</title>'
)
PAGES = {
    "Chess": HEAD + "{% share_assets %}</head><body><h1>{{ app }}</h1>"
    '<main>{% share_buttons app platforms=buttons placement="top" %}</main></body></html>',
    "Asks": HEAD + '{% share_assets consent="required" %}</head><body><h1>{{ app }}</h1>'
    '<main>{% share_buttons app platforms=buttons placement="top" %}</main></body></html>',
    "Elsewhere": HEAD + "{% share_assets %}</head><body>"
    "{% share_buttons app platforms=buttons url='/other' %}</body></html>",
    "Bare": HEAD + "{% share_assets app %}</head><body><h1>{{ app }}</h1></body></html>",
    "Long": HEAD + "{% share_assets %}</head><body><h1>{{ app }}</h1>"
    '{% share_buttons app platforms=buttons placement="top" %}'
    + "<br>" * 300
    + '{% share_buttons app platforms=buttons placement="end" %}</body></html>',
    "Nameless": HEAD + "{% share_assets %}</head><body><h1>{{ app }}</h1></body></html>",
}
LOGIN = Template(
    HEAD + "{% share_assets %}</head><body><form method='post'>"
    "<button>Log in</button></form></body></html>"
)

cookies: list[str] = []
"""The codes that the cookie of our own said to the forum."""

elsewhere: list[str] = []
"""The addresses that the forum was asked to share."""


def forum(site: str) -> Platform:
    """A platform whose dialog is on this site, so that the test sees what comes there."""
    return Platform("forum", "Forum", intent=f"{site}/elsewhere/?text={{text}}&url={{url}}")


def silent(site: str) -> Platform:
    """One whose dialog takes a text, and no address."""
    return Platform("silent", "Silent", intent=f"{site}/elsewhere/?text={{text}}")


def page(request: HttpRequest, key: str) -> HttpResponse:
    model = apps.get_model(settings.SHARE_ANALYTICS_APP_MODEL)
    app = model._default_manager.get(pk=key)
    if "prerender" in request.headers.get("Sec-Purpose", ""):
        prerendered.set()
    if str(app) == "Members only" and "in" not in request.COOKIES:
        return HttpResponseRedirect(f"/login?{urlencode({'next': request.path})}")
    source = PAGES.get(str(app), PAGES["Chess"])
    context = RequestContext(request, {"app": app, "buttons": request.GET.get("buttons", BUTTONS)})
    return _strict(HttpResponse(Template(source).render(context)))


def login(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _strict(HttpResponse(LOGIN.render(RequestContext(request))))
    response = HttpResponseRedirect(quote(request.GET["next"]))
    response.set_cookie("in", "1")
    return response


login.csrf_exempt = True  # type: ignore[attr-defined]


def platform(request: HttpRequest) -> HttpResponse:
    """The dialog of a network, which takes an address to share."""
    elsewhere.append(request.GET["url"])
    cookies.append(request.COOKIES.get(LINK_COOKIE, ""))
    return HttpResponse("<title>Post it?</title>")


def _strict(response: HttpResponse) -> HttpResponse:
    response["Content-Security-Policy"] = "default-src 'self'"
    return response


PRERENDERING = (
    HEAD
    + """<script src="/go.js" defer></script></head>
<body><a href="{{ request.GET.link }}">There</a></body></html>"""
)
GO = """fetch("/go").then(() => document.querySelector("a").click());"""

prerendered = Event()
"""Set when a browser has asked for an app's page before somebody wants to see it."""
go = Event()
"""Set by the test, when the visitor shall follow the link."""


def prerendering(request: HttpRequest) -> HttpResponse:
    """A page whose link the browser may follow before anybody does."""
    response = HttpResponse(Template(PRERENDERING).render(RequestContext(request)))
    response["Speculation-Rules"] = f'"/rules?{request.META["QUERY_STRING"]}"'
    return _strict(response)


def rules(request: HttpRequest) -> HttpResponse:
    eager = {"prerender": [{"urls": [request.GET["link"]], "eagerness": "immediate"}]}
    return HttpResponse(json.dumps(eager), "application/speculationrules+json")


def wait(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204 if go.wait(60) else 503)


def go_script(request: HttpRequest) -> HttpResponse:
    return HttpResponse(GO, "text/javascript")


urlpatterns = [
    path("prerendering", prerendering),
    path("rules", rules),
    path("go", wait),
    path("go.js", go_script),
    # Where the hosts' models say that they are.
    path("apps/<path:key>/", page),
    path("articles/<path:key>/", page),
    path("pages/<path:key>/", page),
    path("login", login),
    path("elsewhere/", platform),
    path("favicon.ico", lambda request: HttpResponse(status=204)),
    path("api/", include("django_share_analytics.urls")),
    path("s/", include("django_share_analytics.link_urls")),
]
