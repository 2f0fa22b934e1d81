"""The model that is shared: there is such a one, and its objects have pages."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ImproperlyConfigured

from django_share_analytics.conf import (
    APP_LABEL,
    APP_MODEL_SETTING,
    get_app_model,
    require_app_model_label,
)


def check_app_model(**kwargs: Any) -> list[CheckMessage]:
    """E001: the setting names a model that can be shared."""
    problem = _app_model_problem()
    hint = (
        f'Set {APP_MODEL_SETTING} = "app_label.ModelName" to a model of an installed app, neither '
        "abstract nor a proxy."
    )
    return [Error(problem, hint=hint, id="share_analytics.E001")] if problem else []


def _app_model_problem() -> str:
    try:
        label = require_app_model_label()
        meta = apps.get_model(label)._meta
    except ImproperlyConfigured as error:
        return f"{error}{_meant(str(getattr(settings, APP_MODEL_SETTING, '')))}"
    except LookupError:
        return f"{APP_MODEL_SETTING} is {label!r}, and there is no such model.{_meant(label)}"
    if meta.app_label == APP_LABEL:
        return f"{APP_MODEL_SETTING} is {label!r}, which is none of your models."
    if meta.proxy or not meta.managed or meta.swapped:
        return f"{APP_MODEL_SETTING} is {label!r}, which has no table of its own."
    return ""


def _meant(label: str) -> str:
    """The model that is likely to be meant: another case, a path for a label, a slip."""
    known = {model._meta.label.lower(): model._meta.label for model in apps.get_models()}
    name = label.rpartition(".")[2].lower()
    same_name = [lower for lower in known if lower.endswith(f".{name}")]
    close = same_name or get_close_matches(label.lower(), known, n=1)
    return f' Did you mean "{known[close[0]]}"?' if len(close) == 1 else ""


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
