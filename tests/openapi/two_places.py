"""A site that has our urls twice."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("en/api/", include("django_share_analytics.urls", namespace="en")),
    path("ar/api/", include("django_share_analytics.urls", namespace="ar")),
]
