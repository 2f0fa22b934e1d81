from __future__ import annotations

from django.contrib import admin

from django_share_analytics.admin import ShareStatsAdminMixin
from tests.hosts.real.wagtail.models import GamePage


@admin.register(GamePage)
class GamePageAdmin(ShareStatsAdminMixin, admin.ModelAdmin):
    list_display = ("title", "live")
