from __future__ import annotations

from django.contrib import admin

from django_share_analytics.admin import ShareStatsAdminMixin

from .models import App


@admin.register(App)
class AppAdmin(ShareStatsAdminMixin, admin.ModelAdmin):
    list_display = ("name_en", "name_ar", "slug")
    search_fields = ("name_en", "name_ar", "slug")
    prepopulated_fields = {"slug": ("name_en",)}
