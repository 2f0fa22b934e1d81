"""Primary keys, as strangers write them and as the database knows them: of apps, and of users."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import CharField, ForeignKey, IntegerField, Model, UUIDField

from django_share_analytics.conf import APP_MODEL_SETTING, get_app_model
from django_share_analytics.exceptions import InvalidShare

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import Field

    Key = UUID | int | str
    AppOrKey = Model | Key
    """An object of the shared model, or its key. Of a key of another type, give the object."""
    UserOrKey = Model | AnonymousUser | Key
    """A user, as of a request, or the key of one. An anonymous one is nobody."""

NO_TEXT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
"""Control characters and lone surrogates: some databases take them, others fail."""
INTEGERS = range(-(2**63), 2**63)
"""Those that a database can be asked for, whatever the range of the column."""
OUT_OF_RANGE = {"max_value", "min_value"}


@lru_cache(maxsize=1)
def app_key_field() -> Field[Any, Any]:
    """The field whose type an app's key has; for a child model the parent's key."""
    return _own(get_app_model()._meta.pk)


def user_key_field() -> Field[Any, Any]:
    """The field whose type a user's key has."""
    return _own(get_user_model()._meta.pk)


def _own(field: Field[Any, Any]) -> Field[Any, Any]:
    """The field that says which values ``field`` has."""
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
        return _cleaned(field, value)
    except (ValidationError, ValueError, TypeError, OverflowError) as error:
        raise InvalidShare("This is not the id of an app.") from error


def _cleaned(field: Field[Any, Any], value: object) -> Any:
    try:
        return field.clean(value, None)
    except ValidationError as error:
        # Columns of other databases are wider. It is a number, and the key of nothing.
        if {one.code for one in error.error_list} <= OUT_OF_RANGE:
            number = field.to_python(value)
            if number in INTEGERS:
                return number
        raise


def parse_user_key(value: object) -> Any:
    """``value`` as a primary key of a user. Whether one has it, or can have it, is not looked up.

    :raises InvalidShare: when it is of another type.
    """
    try:
        return user_key_field().to_python(value)
    except (ValidationError, ValueError, TypeError, OverflowError) as error:
        raise InvalidShare("This is not the key of a user.") from error


def can_be_stored(connection: BaseDatabaseWrapper, field: Field[Any, Any], key: Any) -> bool:
    """Whether the column of ``field`` can hold ``key``. Of a host's own fields nothing is known.

    Databases that are asked for another one find nothing, fail, or take it for yet another.
    """
    field = _own(field)
    if isinstance(field, IntegerField):
        is_whole = isinstance(key, int) and not isinstance(key, bool)
        return is_whole and key in _integers_of(connection, field)
    if isinstance(field, UUIDField):
        return isinstance(key, UUID)
    if isinstance(field, CharField):
        return isinstance(key, str) and _is_text(key)
    return True


def _integers_of(connection: BaseDatabaseWrapper, field: Field[Any, Any]) -> range:
    try:
        lowest, highest = connection.ops.integer_field_range(field.get_internal_type())
    except KeyError:  # a type of the host's own
        return INTEGERS
    return INTEGERS if lowest is None else range(lowest, highest + 1)


def _is_text(key: str) -> bool:
    try:
        key.encode()
    except UnicodeEncodeError:  # half of a character
        return False
    return "\x00" not in key


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
    except (ValidationError, ValueError, TypeError, OverflowError):
        key = None
    if key is None or type(key) is not type(app):
        raise InvalidShare(f"{_kind(app)} is neither a {get_app_model()._meta.label} nor its key.")
    return key


def _kind(value: object) -> str:
    """What a value is, for messages; not its ``repr()``, which asks a model for its name."""
    return "None" if value is None else f"The {type(value).__name__}"
