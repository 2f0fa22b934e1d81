"""System checks of what settings and URLs lead to: said before a page or a share meets it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ImproperlyConfigured
from django.urls import resolve
from django.utils.module_loading import import_string

from django_share_analytics.checks import check_app_model
from django_share_analytics.conf import (
    APP_LABEL,
    APP_MODEL_SETTING,
    SETTING,
    get_app_model,
    get_settings,
)
from django_share_analytics.host.endpoints import api_url
from django_share_analytics.host.names import APPS_WITH_NAMES_PATH, named_apps
from django_share_analytics.wording import describe

if TYPE_CHECKING:
    from django_share_analytics.conf import ShareAnalyticsSettings


def _readable_settings() -> ShareAnalyticsSettings | None:
    try:
        return get_settings()
    except ImproperlyConfigured:
        return None  # E002 says so


def check_cache_alias(**kwargs: Any) -> list[CheckMessage]:
    """E021: the cache that holds the counts is one of the project's."""
    ours = _readable_settings()
    if ours is None or ours.cache_alias in settings.CACHES:
        return []
    known = ", ".join(map(repr, settings.CACHES))
    return [
        Error(
            f'{SETTING}["CACHE_ALIAS"] is {ours.cache_alias!r}, and CACHES has no such entry. '
            f"It has: {known}.",
            hint="Name one of them, or add it to CACHES. Until then nothing is cached.",
            id="share_analytics.E021",
        )
    ]


def check_authentication_classes(**kwargs: Any) -> list[CheckMessage]:
    """E022: the classes that say who shares are there, and can say it."""
    ours = _readable_settings()
    paths = () if ours is None else ours.authentication_classes
    return [
        Error(
            f'{SETTING}["AUTHENTICATION_CLASSES"]: {problem}.',
            hint="Name classes of DRF's kind, such as "
            '"rest_framework.authentication.TokenAuthentication". Until then all are anonymous.',
            id="share_analytics.E022",
        )
        for path in paths
        if (problem := _no_authenticator(path))
    ]


def _no_authenticator(path: str) -> str:
    try:
        authenticator = import_string(path)()
    except Exception as error:  # whatever a module or a class of the host's raises
        return f"{path!r} can't be used ({describe(error)})"
    if not callable(getattr(authenticator, "authenticate", None)):
        return f"{path!r} has no authenticate()"
    return ""


def check_apps_with_names(**kwargs: Any) -> list[CheckMessage]:
    """E023: what says how names are read can be called, and gives a queryset of apps."""
    ours = _readable_settings()
    if ours is None or not ours.apps_with_names or check_app_model():
        return []
    try:
        named_apps()
    except ImproperlyConfigured as error:
        problem = str(error)
    except Exception as error:  # whatever the host's function raises
        problem = f"{APPS_WITH_NAMES_PATH} raises {describe(error)}"
    else:
        return []
    hint = (
        "Name a function that takes a queryset of your model and returns one, such as "
        'lambda apps: apps.select_related("publisher").'
    )
    return [Error(problem, hint=hint, id="share_analytics.E023")]


def check_app_address(**kwargs: Any) -> list[CheckMessage]:
    """W021: the shared model says where the page of each of its objects is."""
    if check_app_model() or hasattr(get_app_model(), "get_absolute_url"):
        return []
    label = get_app_model()._meta.label
    return [
        Warning(
            f"{label}, which {APP_MODEL_SETTING} names, has no get_absolute_url(): share buttons "
            "share the page that they stand on, which in a list is the same for all.",
            hint=f"Add {label}.get_absolute_url(). If you say {{% share_buttons … url=… %}} "
            'everywhere, or have no buttons, add "share_analytics.W021" to SILENCED_SYSTEM_CHECKS.',
            id="share_analytics.W021",
        )
    ]


def check_urls(**kwargs: Any) -> list[CheckMessage]:
    """W022: no pattern of the host's stands before ours and takes the shares."""
    try:
        address = api_url("shares")
        found = resolve(address)
    except Exception:
        # None of ours: a site may count from Python alone, and the tags say what they miss. What
        # else is wrong with URLs is Django's to say.
        return []
    if APP_LABEL in found.app_names:
        return []
    return [
        Warning(
            f"{address} leads to {found._func_path}, not to share analytics: no share is counted.",
            hint='Put path("api/", include("django_share_analytics.urls")) before the pattern '
            "that takes everything.",
            id="share_analytics.W022",
        )
    ]
