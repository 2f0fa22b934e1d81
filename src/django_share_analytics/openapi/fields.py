"""What our fields look like in a schema: some depend on the host's models, some on its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import CharField, IntegerField, UUIDField
from rest_framework import serializers

from django_share_analytics.api.contract import InstantField
from django_share_analytics.api.serializers import (
    AppKeyField,
    GoalField,
    NameField,
    PlacementField,
    PlacementsField,
    PlatformField,
    ViaField,
)
from django_share_analytics.conf import get_settings
from django_share_analytics.keys import app_key_field, user_key_field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import Field

COMPONENTS = {PlatformField: "Platform", PlacementField: "Placement", GoalField: "Goal"}
"""Those of these very classes: fields that were made of them may have other names."""


class UserKeyField(serializers.Field[Any, Any, Any, Any]):
    """A primary key of a user, in its own type."""


def schema_of(field: Any) -> dict[str, Any]:
    """The schema of a field of ours, or of one that a host made of it."""
    return next(schema(field) for cls, schema in SCHEMAS.items() if isinstance(field, cls))


def schema_of_key(field: Field[Any, Any]) -> dict[str, Any]:
    """The schema of the values of ``field``, a primary key, as our calls write them."""
    if isinstance(field, IntegerField):
        return {"type": "integer", "format": "int64"}
    if isinstance(field, UUIDField):
        return {"type": "string", "format": "uuid"}
    is_short = isinstance(field, CharField) and field.max_length
    return {"type": "string", **({"maxLength": field.max_length} if is_short else {})}


def names_component(field: Any) -> str | None:
    """How the names that ``field`` takes are called together; ``None``: they are not listed."""
    return COMPONENTS.get(type(field)) if _names_of(field) else None


def _names_of(field: PlatformField | NameField) -> Iterable[str]:
    if isinstance(field, NameField):
        return list(field.allowed())
    return get_settings().platforms.names


def _one_of_names(field: PlatformField | NameField) -> dict[str, Any]:
    names = _names_of(field)
    return {"type": "string", "enum": list(names)} if names else {"type": "string"}


def _placements(field: PlacementsField) -> dict[str, Any]:
    # No list of those that are: of a page that is older, others are left out.
    return {"type": "array", "items": {"type": "string"}, "minItems": 1}


SCHEMAS: dict[type, Callable[[Any], dict[str, Any]]] = {
    AppKeyField: lambda field: schema_of_key(app_key_field()),
    UserKeyField: lambda field: schema_of_key(user_key_field()),
    PlatformField: _one_of_names,
    NameField: _one_of_names,
    PlacementsField: _placements,
    ViaField: lambda field: {"type": "string"},
    InstantField: lambda field: {"type": "string", "format": "date-time"},
}
