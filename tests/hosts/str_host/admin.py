from __future__ import annotations

from django.contrib import admin

from django_share_analytics.admin import ShareStatsAdminMixin
from tests.hosts.str_host.models import Page


@admin.register(Page)
class PageAdmin(ShareStatsAdminMixin, admin.ModelAdmin):
    list_display = ("name",)
    search_fields = ("name",)
