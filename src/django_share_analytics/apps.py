from __future__ import annotations

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ShareAnalyticsConfig(AppConfig):
    name = "django_share_analytics"
    label = "share_analytics"
    verbose_name = _("Share analytics")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django_share_analytics import checks as own
        from django_share_analytics.counts.state import remember_after_migrate

        post_migrate.connect(remember_after_migrate, sender=self)

        checks.register(own.check_settings)
        checks.register(own.check_app_model, checks.Tags.models)
        checks.register(own.check_public_apps)
        checks.register(own.check_dispatchers)
        checks.register(own.check_durability)
        checks.register(own.check_app_model_is_unchanged, checks.Tags.database)
        checks.register(own.check_zone_is_unchanged, checks.Tags.database)
