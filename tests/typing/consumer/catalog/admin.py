from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from catalog.models import App
from django_share_analytics.admin import ShareAdmin, ShareStatisticsAdmin, ShareStatsAdminMixin
from django_share_analytics.models import Share, ShareStatistics

admin.site.unregister([Share, ShareStatistics])


@admin.register(App)
class AppAdmin(ShareStatsAdminMixin, admin.ModelAdmin[App]):
    list_display = ("name", "share_analytics_column")


@admin.register(Share)
class PartnersShareAdmin(ShareAdmin):
    list_per_page = 20

    def get_queryset(self, request: HttpRequest) -> QuerySet[Share]:
        return super().get_queryset(request).filter(placement="partner")


@admin.register(ShareStatistics)
class AnalystsStatisticsAdmin(ShareStatisticsAdmin):
    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_active and super().has_view_permission(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) or super().has_module_permission(request)
