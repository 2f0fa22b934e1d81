from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from django_share_analytics.admin import (
    SetAsideAdmin,
    ShareAdmin,
    ShareStatisticsAdmin,
    ShareViralityAdmin,
)
from django_share_analytics.models import SetAside, Share, ShareStatistics, ShareVirality
from tests.hosts.uuid_host.admin import AppAdmin
from tests.hosts.uuid_host.models import App

site = admin.AdminSite("operations")
site.register(App, AppAdmin)
site.register(Share, ShareAdmin)
site.register(ShareStatistics, ShareStatisticsAdmin)
site.register(ShareVirality, ShareViralityAdmin)
site.register(SetAside, SetAsideAdmin)

urlpatterns = [
    path("api/", include("django_share_analytics.urls")),
    path("operations/", site.urls),
]
