"""The same site, where shares have links."""

from __future__ import annotations

from django.urls import include, path

from benchmarks import urls

urlpatterns = [path("s/", include("django_share_analytics.link_urls")), *urls.urlpatterns]
