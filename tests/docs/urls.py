"""The reader's urls: with everything that the package offers."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpResponse
from django.urls import include, path

urlpatterns = [
    path("api/", include("django_share_analytics.urls")),
    path("s/", include("django_share_analytics.link_urls")),
    path("admin/", admin.site.urls),
    path("store/<slug:slug>", lambda request, slug: HttpResponse(slug), name="app-detail"),
    path("entries/<slug:slug>", lambda request, slug: HttpResponse(slug), name="entry"),
]
