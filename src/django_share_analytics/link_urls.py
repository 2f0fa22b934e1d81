"""Urls of share links: ``path("s/", include("django_share_analytics.link_urls"))``.

Where a project includes these, each share gets a link of its own.
"""

from __future__ import annotations

from django.urls import path

from django_share_analytics.redirects.pictures import QRView
from django_share_analytics.redirects.views import LinkView

app_name = "share_links"

urlpatterns = [
    # Not <str:…>: a key may hold slashes.
    path("qr/<str:code>/<path:key>", QRView.as_view(), name="qr"),
    path("<str:code>/<path:key>", LinkView.as_view(), name="link"),
]
