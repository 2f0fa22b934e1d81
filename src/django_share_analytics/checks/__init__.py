"""System checks: what is set up wrongly, said before it fails. Ids never change their meaning."""

from __future__ import annotations

from django.core.checks import Tags, register

from django_share_analytics.checks.app_model import check_app_address, check_app_model
from django_share_analytics.checks.characters import check_characters
from django_share_analytics.checks.databases import (
    check_app_model_is_unchanged,
    check_databases,
    check_zone_is_unchanged,
)
from django_share_analytics.checks.dispatchers import check_dispatchers, check_durability
from django_share_analytics.checks.hooks import (
    check_apps_with_names,
    check_gates,
    check_public_apps,
    check_share_views,
    check_tenants,
)
from django_share_analytics.checks.keeping import check_personal_data_days, check_shares_days
from django_share_analytics.checks.pages import (
    check_link_groups,
    check_link_urls,
    check_page_addresses,
    check_pages,
    check_pictures,
)
from django_share_analytics.checks.settings import (
    check_authentication_classes,
    check_cache_alias,
    check_cache_is_shared,
    check_impressions,
    check_limits_cache,
    check_settings,
)
from django_share_analytics.checks.urls import check_urls
from django_share_analytics.checks.visitors import check_trusted_proxies

OF_SETTINGS = (
    check_settings, check_public_apps, check_apps_with_names, check_share_views, check_tenants,
    check_databases, check_dispatchers, check_durability, check_cache_alias,
    check_authentication_classes, check_impressions, check_app_address, check_pages, check_pictures,
    check_gates, check_limits_cache,
)  # fmt: skip
OF_DATABASES = (
    check_app_model_is_unchanged, check_zone_is_unchanged, check_characters, check_page_addresses,
    check_personal_data_days, check_shares_days,
)  # fmt: skip


def register_checks() -> None:
    """Have Django run them all."""
    for check in OF_SETTINGS:
        register(check)
    register(check_app_model, Tags.models)
    register(check_urls, Tags.urls)
    register(check_trusted_proxies, Tags.urls)
    register(check_link_urls, Tags.urls)
    register(check_link_groups, Tags.urls)
    register(check_cache_is_shared, Tags.caches, deploy=True)
    for check in OF_DATABASES:
        register(check, Tags.database)
