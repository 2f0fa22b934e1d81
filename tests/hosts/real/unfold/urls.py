"""Unfold's way: a model of one's own gets Unfold's ModelAdmin, others are left as they are."""

from __future__ import annotations

from django.contrib import admin
from unfold.admin import ModelAdmin

from django_share_analytics.admin import ShareStatsAdminMixin
from tests.hosts.real.urls import urlpatterns
from tests.hosts.uuid_host.models import App

__all__ = ["urlpatterns"]


class AppAdmin(ShareStatsAdminMixin, ModelAdmin):
    list_display = ("name",)
    search_fields = ("name",)


admin.site.unregister(App)
admin.site.register(App, AppAdmin)
