"""A site that has everything of ours: the calls, links, the admin, and a page with buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template import RequestContext, Template
from django.urls import include, path

if TYPE_CHECKING:
    from django.http import HttpRequest

PAGE = Template("""{% load share_analytics %}<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ app }}</title>{% share_assets app %}</head>
<body><h1>{{ app }}</h1>{% share_count app %}
{% share_buttons app text=request.GET.title url=request.GET.url placement="top" %}
{% share_buttons app %}</body></html>""")


def page(request: HttpRequest, key: str) -> HttpResponse:
    """An app's page, whose title and address a stranger may write."""
    app = get_object_or_404(apps.get_model(settings.SHARE_ANALYTICS_APP_MODEL), pk=key)
    return HttpResponse(PAGE.render(RequestContext(request, {"app": app})))


urlpatterns = [
    path("api/", include("django_share_analytics.urls")),
    path("s/", include("django_share_analytics.link_urls")),
    path("admin/", admin.site.urls),
    path("page/<path:key>", page, name="page"),
]
