"""What drf-spectacular finds: it takes every subclass of its classes for an extension.

Targets are named, and what describes our calls is imported when a schema is made. Who has
drf-spectacular pays for the import of its extensions when Django starts.
"""

from __future__ import annotations

from inspect import getdoc
from typing import TYPE_CHECKING, Any

from drf_spectacular.extensions import (
    OpenApiSerializerExtension,
    OpenApiSerializerFieldExtension,
    OpenApiViewExtension,
)

from django_share_analytics.openapi.names import component_name, name_of_ours

if TYPE_CHECKING:
    from drf_spectacular.openapi import AutoSchema
    from drf_spectacular.utils import Direction
    from rest_framework.views import APIView

API = "django_share_analytics.api"


class TakenCallExtension(OpenApiViewExtension):
    """The calls that take something, which are no views of DRF."""

    target_class = f"{API}.taking.TakenCall"
    match_subclasses = True

    def view_replacement(self) -> type[APIView]:
        from django_share_analytics.openapi.views import described_taker

        return described_taker(self.target)


class ReadingViewExtension(OpenApiViewExtension):
    """The calls that read, and those that a host made of them."""

    target_class = f"{API}.contract.ContractView"
    match_subclasses = True
    priority = -1

    def view_replacement(self) -> type[APIView]:
        from django_share_analytics.openapi.views import described

        return described(self.target)


class _SerializerExtension(OpenApiSerializerExtension):
    match_subclasses = True

    def get_name(self, auto_schema: AutoSchema, direction: Direction) -> str | None:
        return name_of_ours(type(self.target))

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        schema: dict[str, Any] = auto_schema._map_serializer(
            self.target, direction, bypass_extensions=True
        )
        return schema


class BodyExtension(_SerializerExtension):
    target_class = f"{API}.serializers.ClosedSerializer"


class ShareExtension(_SerializerExtension):
    target_class = f"{API}.serializers.ShareSerializer"

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        from django_share_analytics.openapi.fields import UserKeyField

        schema = super().map_serializer(auto_schema, direction)
        if "userId" in schema["properties"]:  # a method of a serializer can't say what it gives
            field = UserKeyField(allow_null=True, read_only=True, help_text="Null for a stranger.")
            schema["properties"]["userId"] = auto_schema._map_serializer_field(field, direction)
        return schema


class DocumentExtension(_SerializerExtension):
    target_class = "django_share_analytics.openapi.documents.Document"

    def get_name(self, auto_schema: AutoSchema, direction: Direction) -> str:
        return component_name(type(self.target).__name__.removesuffix("Document"))

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        as_is = getattr(self.target, "as_is", None)
        if as_is is None:
            return super().map_serializer(auto_schema, direction)
        return {**as_is, "description": getdoc(type(self.target))}


class _FieldExtension(OpenApiSerializerFieldExtension):
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        from django_share_analytics.openapi.fields import schema_of

        return schema_of(self.target)


class AppKeyExtension(_FieldExtension):
    target_class = f"{API}.serializers.AppKeyField"


class UserKeyExtension(_FieldExtension):
    target_class = "django_share_analytics.openapi.fields.UserKeyField"


class ViaExtension(_FieldExtension):
    target_class = f"{API}.serializers.ViaField"


class InstantExtension(_FieldExtension):
    target_class = f"{API}.contract.InstantField"


class PlacementsExtension(_FieldExtension):
    target_class = f"{API}.serializers.PlacementsField"


class _NamesExtension(_FieldExtension):
    """Names as a component of its own: a host's enums are called after their fields, and ours with
    the same name would change what they are called."""

    def get_name(self) -> str | None:
        from django_share_analytics.openapi.fields import names_component

        short = names_component(self.target)
        return component_name(short) if short else None


class PlatformExtension(_NamesExtension):
    target_class = f"{API}.serializers.PlatformField"


class NamesExtension(_NamesExtension):
    target_class = f"{API}.serializers.NameField"
