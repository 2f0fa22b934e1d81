"""Our views as drf-spectacular takes them: with all that is known of their calls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.utils.module_loading import import_string
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.drainage import isolate_view_method
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import append_meta
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import AllowAny
from rest_framework.settings import api_settings

from django_share_analytics.api import filters
from django_share_analytics.api.authentication import SessionUserAuthentication
from django_share_analytics.api.bodies import FORM_TYPES, JSON_TYPES
from django_share_analytics.api.permissions import StaffView
from django_share_analytics.api.serializers import AppKeyField
from django_share_analytics.conf import get_settings
from django_share_analytics.host.endpoints import mounts_of
from django_share_analytics.openapi.examples import with_keys_of_this_project
from django_share_analytics.openapi.fields import UserKeyField
from django_share_analytics.openapi.forms import form_of
from django_share_analytics.openapi.public_calls import PUBLIC_CALLS
from django_share_analytics.openapi.staff_calls import STAFF_CALLS

if TYPE_CHECKING:
    from rest_framework.views import APIView

    from django_share_analytics.api.taking import TakenCall

CALLS = {**PUBLIC_CALLS, **STAFF_CALLS}

# Where a type is said, drf-spectacular asks a filter for no words of its own.
PLATFORM = {"type": "string", "description": "On one platform, by name or alias, in any case."}
extend_schema_field(AppKeyField(help_text="Of one app, by its key."))(filters.AppKeyFilter)
extend_schema_field(UserKeyField(help_text="Of one user, by their key."))(filters.UserKeyFilter)
extend_schema_field(PLATFORM)(filters.PlatformNameFilter)


def described(view: type[APIView]) -> type[APIView]:
    """``view``, with what is known of the call that it is, or was made of."""
    ours = _class_of_ours(view)
    if ours is None:
        return view
    extra: dict[str, Any] = {}
    if not isinstance(view.schema, AutoSchema):  # the host's DEFAULT_SCHEMA_CLASS is for others
        extra["schema"] = AutoSchema()
    if not issubclass(view, StaffView):
        extra["permission_classes"] = (AllowAny,)
    if pagination_class := getattr(view, "pagination_class", None):
        extra["pagination_class"] = _with_nulls_as_written(pagination_class)
    return _with(type(view.__name__, (view,), extra), "get", view, _schema_class(view, ours))


def described_taker(view: type[TakenCall]) -> type[APIView]:
    """``view``, with what is known of the call that it stands for."""
    ours = _class_of_ours(view.taker)
    assert ours is not None, "all that can be taken is a TakingView"
    extra = {
        "authentication_classes": _authenticators() if CALLS[ours].looks_who_it_is else (),
        "permission_classes": (AllowAny,),
    }
    schema = _schema_class(view.taker, ours, body=view.body)
    return _with(type(view.__name__, (view,), extra), "post", view.taker, schema)


def _with(
    view: type[APIView], method: str, origin: type, schema: type[AutoSchema]
) -> type[APIView]:
    """``view``, of whose ``method`` this is said, after what ``origin`` says of that itself."""
    own = getattr(getattr(origin, method), "kwargs", {}).get("schema")
    handler: Any = isolate_view_method(view, method)
    handler.kwargs = {"schema": type(own.__name__, (own, schema), {}) if own else schema}
    return view


def _class_of_ours(view: type) -> type | None:
    return next((cls for cls in view.__mro__ if cls in CALLS), None)


def _authenticators() -> tuple[type, ...]:
    """Who shares is told by these; and by a session, which needs no proof against other sites."""
    paths = get_settings().authentication_classes
    classes = [import_string(path) for path in paths]
    return tuple(SessionAuthentication if c is SessionUserAuthentication else c for c in classes)


def _with_nulls_as_written(pagination_class: type[Any]) -> type[Any]:
    """The same, with what may be null said as the version of the schema has it."""

    class Pagination(pagination_class):  # type: ignore[misc]
        def get_paginated_response_schema(self, schema: Any) -> Any:
            page = super().get_paginated_response_schema(schema)
            properties = page.get("properties", {})
            nulls = {name: append_meta(one, {}) for name, one in properties.items()}
            return {**page, "properties": nulls}

    return Pagination


def _schema_class(origin: type, ours: type, *, body: Any = None) -> type[AutoSchema]:
    """What is said of ``origin``, which is ``ours`` or a host's.

    What the host says itself, with ``extend_schema``, comes first.
    """
    base: Any = api_settings.DEFAULT_SCHEMA_CLASS
    if not issubclass(base, AutoSchema):
        base = AutoSchema
    call, is_ours = CALLS[ours], origin is ours

    class CallSchema(base):  # type: ignore[misc]
        def get_operation_id(self) -> str:
            if not is_ours:
                return str(super().get_operation_id())
            return call.operation_id + _where_of_several(self.path)

        def get_summary(self) -> str:
            return call.summary

        def get_description(self) -> str:
            needed = getattr(self.view, "required_permission", ())
            needed = (needed,) if isinstance(needed, str) else needed
            says = " and ".join(f"`{one}`" for one in needed)
            return f"{call.description}\n\nStaff with {says}." if says else call.description

        def get_tags(self) -> list[str]:
            return [call.tag]

        def get_override_parameters(self) -> list[Any]:
            ours_ = [one() if _is_function(one) else one for one in call.parameters]
            return [*super().get_override_parameters(), *ours_, *_more_parameters(self.view, ours)]

        def get_filter_backends(self) -> list[Any]:
            has_filters = hasattr(self.view, "filterset_class")
            return [DjangoFilterBackend] if has_filters else list(super().get_filter_backends())

        def get_request_serializer(self) -> Any:
            if body is None:
                return super().get_request_serializer()
            form = form_of(body.__class__)
            return {**dict.fromkeys(JSON_TYPES, body), FORM_TYPES[0]: form}

        def get_response_serializers(self) -> Any:
            if any(str(one).startswith("2") for one in _statuses(call.responses)):
                return call.responses
            return {200: self._get_serializer(), **call.responses}

        def get_examples(self) -> list[Any]:
            return [*super().get_examples(), *map(with_keys_of_this_project, call.examples)]

    theirs = type(getattr(origin, "schema", None))
    if issubclass(theirs, AutoSchema) and theirs is not base:
        return type("ExtendedCallSchema", (theirs, CallSchema), {})
    return CallSchema


def _is_function(parameter: Any) -> bool:
    return callable(parameter) and not isinstance(parameter, type)


def _statuses(responses: Any) -> list[int]:
    return [key[0] if isinstance(key, tuple) else key for key in responses]


def _more_parameters(view: Any, ours: type) -> list[OpenApiParameter]:
    """Those that a host's view names beside ours. What they mean, the host may say."""
    if not isinstance(view, StaffView):
        return []
    more = view.known_parameters() - ours.known_parameters(view)  # type: ignore[attr-defined]
    return [OpenApiParameter(name) for name in sorted(more)]


def _where_of_several(path: str) -> str:
    """Where our urls are included more than once, which of them it is; else nothing."""
    return "_" + "_".join(re.findall(r"\w+", path)) if len(mounts_of("shares")) > 1 else ""
