"""Functions of the host that a setting names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from collections.abc import Callable


def function_at(path: str, setting: str) -> Callable[..., Any]:
    """The function at ``path``, which ``setting`` names.

    :raises ImproperlyConfigured: there is none.
    """
    try:
        function: object = import_string(path)
    except ImportError as error:
        raise ImproperlyConfigured(f"{setting}: {error}") from error
    if not callable(function):
        raise ImproperlyConfigured(f"{setting}: {path!r} is not a function.")
    return function


def call_with_apps(path: str, apps: QuerySet[Any], setting: str) -> QuerySet[Any]:
    """What the host's function at ``path``, which ``setting`` names, makes of a queryset of apps.

    :raises ImproperlyConfigured: it is no function, or makes something else of it.
    """
    found = function_at(path, setting)(apps)
    if not isinstance(found, QuerySet) or not issubclass(found.model, apps.model):
        raise ImproperlyConfigured(
            f"{setting}: {path!r} must return a queryset of {apps.model._meta.label}, "
            f"not {type(found).__name__}."
        )
    if form := _cannot_be_narrowed(found):
        raise ImproperlyConfigured(
            f"{setting}: {path!r} must return a queryset that can be filtered, not one with {form}."
        )
    return found


def _cannot_be_narrowed(apps: QuerySet[Any]) -> str:
    """What keeps a queryset from being filtered and read as objects; empty for a good one."""
    if apps.query.combinator:
        return f"{apps.query.combinator}()"
    if apps.query.is_sliced:
        return "a slice"
    return "values()" if apps._fields is not None else ""  # type: ignore[attr-defined]
