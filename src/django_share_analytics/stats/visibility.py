"""Which apps strangers may know of: what the setting ``PUBLIC_APPS`` says."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from django_share_analytics.conf import SETTING, get_app_model, get_settings

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
    model = get_app_model()
    try:
        narrow_down = import_string(path)
    except ImportError as error:
        raise ImproperlyConfigured(f"{PUBLIC_APPS_PATH}: {error}") from error
    if not callable(narrow_down):
        raise ImproperlyConfigured(f"{PUBLIC_APPS_PATH}: {path!r} is not a function.")
    apps = narrow_down(model._default_manager.all())
    if not isinstance(apps, QuerySet) or not issubclass(apps.model, model):
        raise ImproperlyConfigured(
            f"{PUBLIC_APPS_PATH}: {path!r} must return a queryset of {model._meta.label}, "
            f"not {type(apps).__name__}."
        )
    return apps
