from __future__ import annotations

from django.apps import AppConfig
from django.core import checks
from django.core.signals import request_started, setting_changed
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ShareAnalyticsConfig(AppConfig):
    name = "django_share_analytics"
    label = "share_analytics"
    verbose_name = _("Share analytics")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """All that the package hooks up. Importing it hooks up nothing; nor does this twice."""
        self._connect_signals()
        self._register_checks()

    def _connect_signals(self) -> None:
        from django_share_analytics import conf, keys
        from django_share_analytics.counts.state import remember_after_migrate
        from django_share_analytics.dispatch import handler

        handler.follow_process()
        # With the first request: a pre-fork server's parent and every command are set up, too.
        request_started.connect(handler.start_dispatchers)
        setting_changed.connect(conf.forget_settings)
        setting_changed.connect(keys.forget_app_key_field)
        setting_changed.connect(handler.renew_dispatchers)
        post_migrate.connect(remember_after_migrate, sender=self)

    def _register_checks(self) -> None:
        from django_share_analytics import checks as own
        from django_share_analytics import setup_checks

        checks.register(own.check_settings)
        checks.register(own.check_app_model, checks.Tags.models)
        checks.register(own.check_public_apps)
        checks.register(own.check_tenants)
        checks.register(own.check_databases)
        checks.register(own.check_dispatchers)
        checks.register(setup_checks.check_cache_alias)
        checks.register(setup_checks.check_authentication_classes)
        checks.register(setup_checks.check_apps_with_names)
        checks.register(setup_checks.check_app_address)
        checks.register(setup_checks.check_urls, checks.Tags.urls)
        checks.register(own.check_durability)
        checks.register(own.check_cache_is_shared, checks.Tags.caches, deploy=True)
        checks.register(own.check_app_model_is_unchanged, checks.Tags.database)
        checks.register(own.check_zone_is_unchanged, checks.Tags.database)
        checks.register(own.check_characters, checks.Tags.database)
