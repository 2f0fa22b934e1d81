"""Pages that lead to one another, once for each script that may take over on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template import RequestContext, Template
from django.urls import include, path
from django.utils.safestring import mark_safe

from tests.hosts.uuid_host.models import App

if TYPE_CHECKING:
    from django.http import HttpRequest

SCRIPTS = {
    "none": "",
    "turbo": "turbo/js/turbo.min.js",
    "turbo-body": "turbo/js/turbo.min.js",
    "htmx-2": "django_htmx/htmx-2.min.js",
    "htmx-4": "django_htmx/htmx-4.min.js",
}
BOOSTED = {"htmx-2": 'hx-boost="true"', "htmx-4": 'hx-boost:inherited="true"'}
# Turbo and htmx write styles into the page: theirs, not ours.
POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'"

PAGE = Template("""{% load share_analytics static %}<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ app|default:"Things" }}</title>
{% if script %}<script src="{% static script %}"></script>{% endif %}
{% if kind != "turbo-body" %}{% share_assets %}{% endif %}
</head>
<body {{ boost }}>
<nav><a id="to-list" href="/{{ kind }}/things">All</a>
{% for other in apps %}<a class="to-thing" href="/{{ kind }}/things/{{ other.pk }}">{{ other }}</a>
{% endfor %}
{% if request.GET.link %}<a id="shared" href="{{ request.GET.link }}">A share</a>{% endif %}</nav>
{% if app %}<h1>{{ app }}</h1><p>Shared <b id="total">{% share_count app %}</b> times</p>
<main id="part">{% share_buttons app platforms="telegram,copy" %}</main>
<button id="again" hx-get="/{{ kind }}/parts/{{ app.pk }}" hx-target="#part">Again</button>
{% else %}<h1>Things</h1>{% endif %}
{% if kind == "turbo-body" %}{% share_assets %}{% endif %}
</body></html>""")
PART = Template('{% load share_analytics %}{% share_buttons app platforms="telegram,copy" %}')


def things(request: HttpRequest, kind: str, key: str = "") -> HttpResponse:
    app = get_object_or_404(App, pk=key) if key else None
    context = {
        "kind": kind,
        "script": SCRIPTS[kind],
        "boost": mark_safe(BOOSTED.get(kind, "")),
        "app": app,
        "apps": App.objects.all(),
    }
    response = HttpResponse(PAGE.render(RequestContext(request, context)))
    response["Content-Security-Policy"] = POLICY
    response.set_cookie("kind", kind)
    return response


def page_of_an_app(request: HttpRequest, key: str) -> HttpResponse:
    """Where a share's link leads: on to the kind of page that it is on."""
    return HttpResponseRedirect(f"/{request.COOKIES['kind']}/things/{key}")


def part(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    app = get_object_or_404(App, pk=key)
    return HttpResponse(PART.render(RequestContext(request, {"app": app})))


urlpatterns = [
    path("<slug:kind>/things", things),
    path("<slug:kind>/things/<key>", things),
    path("<slug:kind>/parts/<key>", part),
    path("apps/<key>/", page_of_an_app),
    path("api/", include("django_share_analytics.urls")),
    path("s/", include("django_share_analytics.link_urls")),
]
