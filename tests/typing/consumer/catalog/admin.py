from __future__ import annotations

from django.contrib import admin

from catalog.models import App
from django_share_analytics.admin import ShareStatsAdminMixin


@admin.register(App)
class AppAdmin(ShareStatsAdminMixin, admin.ModelAdmin[App]):
    list_display = ("name", "share_analytics_column")
