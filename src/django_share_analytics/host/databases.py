"""Which databases the host has for our tables, for the shared model and for users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connections, router

from django_share_analytics.conf import APP_LABEL, get_app_model

if TYPE_CHECKING:
    from django.db.models import Model

PACKAGE = __name__.partition(".")[0]


def elsewhere() -> tuple[str, list[str]]:
    """The database that shares are written to, and the models that are not in it, each with why.

    As the host's routers say here and now. Where they say nothing of where this is, as a router of
    tenants outside of any, there is nothing to say either.
    """
    try:
        share = apps.get_model(APP_LABEL, "Share")
        using = router.db_for_write(share)
        # Of schemas, one may have tables of ours that refer to another's.
        is_whole = not _has_schemas(using) and router.allow_migrate_model(using, share)
        ours = apps.get_app_config(APP_LABEL).get_models()
        models = [get_app_model(), get_user_model(), *ours]
        found = {each._meta.label: _other_place(each, using, is_whole=is_whole) for each in models}
    except Exception:  # whatever a host's router raises
        return "", []
    return using, [f"{label} {problem}" for label, problem in found.items() if problem]


def _other_place(model: type[Model], using: str, *, is_whole: bool) -> str:
    if (written := router.db_for_write(model)) != using:
        return f"is written to {written!r}"
    # A view, say, or a table that somebody else makes, may well be there.
    if is_whole and model._meta.can_migrate(using) and not router.allow_migrate_model(using, model):
        return f"has no table in {using!r}"
    return ""


def schemas_of_tenants() -> list[str]:
    """The databases of which django-tenants makes a schema each, where shares are of tenants."""
    if not _is_of_tenants():
        return []
    return [alias for alias in connections if _has_schemas(alias)]


def _has_schemas(alias: str) -> bool:
    try:
        engine = type(connections[alias])
    except Exception:  # an engine that is mistyped, or not installed: Django says so
        return False
    return any(cls.__module__.startswith("django_tenants.") for cls in engine.__mro__)


def _is_of_tenants() -> bool:
    """Not if our tables, shared by all tenants, are in the public schema alone."""
    if getattr(settings, "HAS_MULTI_TYPE_TENANTS", False):
        types = getattr(settings, "TENANT_TYPES", {})
        public = getattr(settings, "PUBLIC_SCHEMA_NAME", "public")
        lists = [type_.get("APPS", ()) for name, type_ in types.items() if name != public]
    else:
        lists = [getattr(settings, "TENANT_APPS", ())]
    named = [app for names in lists for app in names]
    return not named or any(app.partition(".")[0] == PACKAGE for app in named)
