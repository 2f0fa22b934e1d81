"""Bodies as forms: those of JSON without null, which no form can say.

They have components of their own. Programs that make clients tell by its component how a body is
to be sent, so that one for all would be sent in all ways at once.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema_serializer

from django_share_analytics.openapi.names import name_of_ours

if TYPE_CHECKING:
    from rest_framework.serializers import Serializer


@cache
def form_of(body: type[Serializer[Any]]) -> type[Serializer[Any]]:
    """The form that says what ``body`` says: always the same, as one component has one class."""

    class Form(body):  # type: ignore[valid-type, misc]
        def get_fields(self) -> Any:
            fields = super().get_fields()
            for field in fields.values():
                field.allow_null = False
            return fields

    name = name_of_ours(body) or body.__name__.removesuffix("Serializer")
    Form.__doc__ = body.__doc__
    described: type[Serializer[Any]] = extend_schema_serializer(component_name=f"{name}Form")(Form)
    return described
