"""The mixin on admin sites of all kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib import admin

from django_share_analytics.admin import ShareStatisticsAdmin, ShareStatsAdminMixin
from django_share_analytics.models import ShareStatistics

if TYPE_CHECKING:
    from django.db.models import Model

pytestmark = pytest.mark.once


class OfTheHost(ShareStatsAdminMixin, admin.ModelAdmin):
    list_display = ("name",)


def test_check__of_a_site_without_statistics_says_what_is_missing(app_model: type[Model]) -> None:
    site = admin.AdminSite("operations")
    site.register(app_model, OfTheHost)
    (warning,) = site.check(None)
    assert warning.id == "share_analytics.W024"
    assert "OfTheHost" in warning.msg
    assert "'operations'" in warning.msg
    assert "ShareStatisticsAdmin" in str(warning.hint)
    # Other checks of a host's admin are made all the same.
    site.unregister(app_model)
    site.register(app_model, type("Wrong", (OfTheHost,), {"list_display": ("nothing",)}))
    assert {message.id for message in site.check(None)} == {"share_analytics.W024", "admin.E108"}


def test_check__of_a_site_with_statistics_says_nothing(app_model: type[Model]) -> None:
    site = admin.AdminSite("operations")
    site.register(app_model, OfTheHost)
    site.register(ShareStatistics, ShareStatisticsAdmin)
    assert site.check(None) == []
    registered: Any = admin.site.get_model_admin(app_model)
    assert registered.check() == []
