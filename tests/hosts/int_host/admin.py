from __future__ import annotations

from django.contrib import admin

from django_share_analytics.admin import ShareStatsAdminMixin
from tests.hosts.int_host.models import Article


@admin.register(Article)
class ArticleAdmin(ShareStatsAdminMixin, admin.ModelAdmin):
    list_display = ("name",)
    search_fields = ("name",)
