"""The API below the host's own prefix: ``path("api/", include("django_share_analytics.urls"))``."""

from __future__ import annotations

from django.urls import path

from .api import views
from .api.track import TrackShareView

app_name = "share_analytics"

urlpatterns = [
    path("shares", TrackShareView.as_view(), name="shares"),
    # Not <str:…>: a key may hold slashes.
    path("apps/<path:app_id>/share-count", views.ShareCountView.as_view(), name="share-count"),
    path("admin/shares", views.ShareListView.as_view(), name="admin-shares"),
    path("admin/shares/stats", views.ShareStatsView.as_view(), name="admin-share-stats"),
]
