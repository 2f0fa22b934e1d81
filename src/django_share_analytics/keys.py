"""The primary keys of the shared model, as strangers write them and as the database knows them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, IntegerField, Model

from django_share_analytics.conf import APP_MODEL_SETTING, get_app_model
from django_share_analytics.exceptions import InvalidShare

if TYPE_CHECKING:
    from django.db.models import Field


NO_TEXT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
"""Control characters and lone surrogates: some databases take them, others fail."""


@lru_cache(maxsize=1)
def app_key_field() -> Field[Any, Any]:
    """The field whose type an app's key has; for a child model the parent's key."""
    field = get_app_model()._meta.pk
    while isinstance(field, ForeignKey):
        field = field.target_field
    return field


def forget_app_key_field(*, setting: str, **kwargs: Any) -> None:
    """Receives ``setting_changed``."""
    if setting == APP_MODEL_SETTING:
        app_key_field.cache_clear()


def parse_app_key(value: object) -> Any:
    """``value``, from JSON or an address, as a primary key of the shared model.

    :raises InvalidShare: when no object can have this key. Whether one has it is not looked up.
    """
    field = app_key_field()
    types = (int, str) if isinstance(field, IntegerField) else str
    if not isinstance(value, types) or isinstance(value, bool):
        raise InvalidShare("This is not the id of an app.")
    if isinstance(value, str) and NO_TEXT.search(value):
        raise InvalidShare("This is not the id of an app.")
    try:
        return field.clean(value, None)
    except (ValidationError, ValueError, TypeError, OverflowError) as error:
        raise InvalidShare("This is not the id of an app.") from error


def app_key(app: object) -> Any:
    """The key of ``app``, which is an object of the shared model or its key.

    :raises InvalidShare: when it is neither.
    """
    if isinstance(app, Model):
        if not isinstance(app, get_app_model()) or app.pk is None:
            raise InvalidShare(f"{_kind(app)} is not a stored {get_app_model()._meta.label}.")
        return app.pk
    if isinstance(app, str | int):
        return parse_app_key(app)
    try:
        key = app_key_field().to_python(app)
    except (ValidationError, ValueError, TypeError):
        key = None
    if key is None or type(key) is not type(app):
        raise InvalidShare(f"{_kind(app)} is neither a {get_app_model()._meta.label} nor its key.")
    return key


def _kind(value: object) -> str:
    """What a value is, for messages; not its ``repr()``, which asks a model for its name."""
    return "None" if value is None else f"The {type(value).__name__}"
