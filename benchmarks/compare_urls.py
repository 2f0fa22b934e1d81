from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("api/", include("django_share_analytics.urls")),
    path("hitcount/", include("hitcount.urls", namespace="hitcount")),
]
