"""Which apps strangers may know of: what the setting ``PUBLIC_APPS`` says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django_share_analytics.conf import SETTING, get_app_model, get_settings
from django_share_analytics.host.hooks import call_with_apps

if TYPE_CHECKING:
    from django.db.models import QuerySet

PUBLIC_APPS_PATH = f'{SETTING}["PUBLIC_APPS"]'


def all_apps() -> QuerySet[Any]:
    """Every app that is stored, whatever the host's own manager leaves out."""
    return get_app_model()._base_manager.all()


def public_apps() -> QuerySet[Any]:
    """The apps whose counts are for everyone; all of them when the setting is not made.

    :raises ImproperlyConfigured: the setting leads to nothing that says which.
    """
    path = get_settings().public_apps
    if not path:
        return all_apps()
    return call_with_apps(path, get_app_model()._default_manager.all(), PUBLIC_APPS_PATH)
