"""The API below the host's own prefix: ``path("api/", include("django_share_analytics.urls"))``."""

from __future__ import annotations

from django.urls import path

from django_share_analytics.api import views
from django_share_analytics.api.export import ShareExportView, StatsExportView
from django_share_analytics.api.impressions import ImpressionView
from django_share_analytics.api.track import TrackShareView
from django_share_analytics.api.virality import ShareViralityView
from django_share_analytics.api.visits import ConversionView, VisitView

app_name = "share_analytics"

urlpatterns = [
    path("shares", TrackShareView.as_view(), name="shares"),
    path("shares/impressions", ImpressionView.as_view(), name="impressions"),
    path("shares/<str:code>/visits", VisitView.as_view(), name="visits"),
    path("shares/<str:code>/conversions", ConversionView.as_view(), name="conversions"),
    path("apps/share-counts", views.ShareCountsView.as_view(), name="share-counts"),
    # Not <str:…>: a key may hold slashes.
    path("apps/<path:app_id>/share-count", views.ShareCountView.as_view(), name="share-count"),
    path("admin/shares", views.ShareListView.as_view(), name="admin-shares"),
    path("admin/shares/export", ShareExportView.as_view(), name="admin-share-export"),
    path("admin/shares/stats/export", StatsExportView.as_view(), name="admin-share-stats-export"),
    path("admin/shares/stats", views.ShareStatsView.as_view(), name="admin-share-stats"),
    path("admin/shares/virality", ShareViralityView.as_view(), name="admin-share-virality"),
]
