"""The addresses of a project that has none of its own: pages with buttons, the API, the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template import RequestContext, Template
from django.urls import include, path

from django_share_analytics.conf import get_app_model

if TYPE_CHECKING:
    from django.http import HttpRequest

PAGE = Template("""{% load share_analytics %}<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ app }}</title>{% share_assets %}</head>
<body><h1>{{ app }}</h1><p>Shared <b id="total">{% share_count app %}</b> times</p>
{% share_buttons app %}</body></html>""")


def page(request: HttpRequest, key: str) -> HttpResponse:
    app = get_object_or_404(get_app_model(), pk=key)
    return HttpResponse(PAGE.render(RequestContext(request, {"app": app})))


urlpatterns = [
    path("things/<key>/", page),
    path("api/", include("django_share_analytics.urls")),
    path("s/", include("django_share_analytics.link_urls")),
    path("admin/", admin.site.urls),
]
