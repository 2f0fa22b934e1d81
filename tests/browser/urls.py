"""A host's pages for the browser tests, under the strictest policy that the package promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.conf import settings
from django.http import HttpResponse
from django.template import RequestContext, Template
from django.urls import include, path

if TYPE_CHECKING:
    from django.http import HttpRequest

PAGE = Template("""{% load share_analytics %}
<!doctype html>
<html lang="en" dir="{{ direction }}">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ app }}</title>
{% share_assets %}{% if twice %}{% share_assets %}{% endif %}
</head>
<body>
<h1>{{ app }}</h1>
<p>Shared <b id="total">{% share_count app %}</b> times,
<b id="whatsapp">{% share_count app platform="whatsapp" %}</b> of them on WhatsApp,
<b id="telegram">{% share_count app platform="telegram" %}</b> on Telegram.
The other: <b id="other">{% share_count other %}</b></p>
<main>{% share_buttons app platforms=platforms %}</main>
</body></html>""")


def page(request: HttpRequest) -> HttpResponse:
    """The page of the app ``?app=``; ``platforms``, ``dir`` and ``twice`` vary it."""
    model = apps.get_model(settings.SHARE_ANALYTICS_APP_MODEL)
    context = {
        "app": model._default_manager.get(pk=request.GET["app"]),
        "other": request.GET.get("other", request.GET["app"]),
        "platforms": request.GET.get("platforms"),
        "direction": request.GET.get("dir", "ltr"),
        "twice": "twice" in request.GET,
    }
    response = HttpResponse(PAGE.render(RequestContext(request, context)))
    response["Content-Security-Policy"] = "default-src 'self'"
    return response


urlpatterns = [
    path("page", page),
    path("api/", include("django_share_analytics.urls")),
]
