from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from catalog import api, views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/shares", api.TrackView.as_view()),
    path("api/", include("django_share_analytics.urls")),
    path("", include("django_share_analytics.link_urls")),
    path("apps", views.list_of_apps),
    path("apps/<int:pk>", views.page_of_an_app),
]
