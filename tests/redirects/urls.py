"""A site whose shares have links."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import include, path

urlpatterns = [
    path("api/", include("django_share_analytics.urls")),
    path("s/", include("django_share_analytics.link_urls")),
    path("<path:page>", lambda request, page: HttpResponse(page)),
]
