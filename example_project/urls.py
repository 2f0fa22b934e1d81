"""The store at ``/``, the package and the list of apps at ``/api/``, the admin at ``/admin/``."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from .catalog.views import app_names

urlpatterns = [
    path("", include("example_project.catalog.urls")),
    path("api/apps", app_names, name="app-names"),
    path("api/", include("django_share_analytics.urls")),
    path("admin/", admin.site.urls),
    path("language/", include("django.conf.urls.i18n")),
]
