"""The store at ``/``, the package and the list of apps at ``/api/``, the admin at ``/admin/``; and
the links of shares at ``/s/``."""

from __future__ import annotations

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.utils.functional import lazy
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView

from .catalog.views import app_names

# When it is asked for: in production its name is known when the static files were collected.
ICON = lazy(static, str)("catalog/icon.svg")

urlpatterns = [
    path("", include("example_project.catalog.urls")),
    path("api/apps", app_names, name="app-names"),
    path("api/schema", SpectacularAPIView.as_view(), name="schema"),
    path("api/", include("django_share_analytics.urls")),
    path("s/", include("django_share_analytics.link_urls")),
    path("admin/", admin.site.urls),
    # For the admin's pages; the store's name theirs.
    path("favicon.ico", RedirectView.as_view(url=ICON)),
    path("language/", include("django.conf.urls.i18n")),
]
