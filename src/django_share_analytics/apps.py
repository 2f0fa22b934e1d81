from __future__ import annotations

from django.apps import AppConfig, apps
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
        from django_share_analytics.checks import register_checks

        self._connect_signals()
        register_checks()
        if apps.is_installed("drf_spectacular"):
            from django_share_analytics.openapi import extensions  # noqa: F401 - finds them

    def _connect_signals(self) -> None:
        from django_share_analytics import conf, keys
        from django_share_analytics.counts.state import remember_after_migrate
        from django_share_analytics.dispatch import handler
        from django_share_analytics.gates import limits
        from django_share_analytics.gates.turned_away import turned_away
        from django_share_analytics.links import visitors
        from django_share_analytics.links.secret_reader import secret_reader
        from django_share_analytics.process_ends import follow_process

        dispatchers = handler.dispatchers
        follow_process(dispatchers.close, dispatchers.reset_after_fork)
        follow_process(secret_reader.stop, secret_reader.reset_after_fork)
        follow_process(turned_away.close, turned_away.reset_after_fork)
        # With the first request: a pre-fork server's parent and every command are set up, too.
        request_started.connect(handler.start_dispatchers)
        request_started.connect(visitors.expect_visitors)
        setting_changed.connect(conf.forget_settings)
        setting_changed.connect(keys.forget_app_key_field)
        setting_changed.connect(limits.forget_what_clients_did)
        setting_changed.connect(handler.renew_dispatchers)
        post_migrate.connect(remember_after_migrate, sender=self)
