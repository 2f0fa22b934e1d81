"""The store at ``/``, the package and the list of apps at ``/api/``, the admin at ``/admin/``; and
the links of shares at ``/s/``."""

from __future__ import annotations

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView

from .catalog.views import app_names

urlpatterns = [
    path("", include("example_project.catalog.urls")),
    path("api/apps", app_names, name="app-names"),
    path("api/", include("django_share_analytics.urls")),
    path("s/", include("django_share_analytics.link_urls")),
    path("admin/", admin.site.urls),
    # For the admin's pages; the store's name theirs.
    path("favicon.ico", RedirectView.as_view(url=static("catalog/icon.svg"))),
    path("language/", include("django.conf.urls.i18n")),
]
