from __future__ import annotations

from django.contrib import admin

from django_share_analytics.admin import ShareStatsAdminMixin
from tests.hosts.uuid_host.models import App


@admin.register(App)
class AppAdmin(ShareStatsAdminMixin, admin.ModelAdmin):
    list_display = ("name",)
    search_fields = ("name",)
