from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("api/", include("django_share_analytics.urls")),
    path("admin/", admin.site.urls),
]
