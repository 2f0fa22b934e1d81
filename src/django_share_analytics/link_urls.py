"""Urls of share links: ``path("s/", include("django_share_analytics.link_urls"))``.

Where a project includes these, each share gets a link of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.urls import URLPattern

app_name = "share_links"
urlpatterns: list[URLPattern] = []
