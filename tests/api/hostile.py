"""What a host may set for its own views, and would be the end of ours: it changes, or fails."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.utils import timezone
from rest_framework import negotiation, pagination, parsers, permissions, renderers, throttling
from rest_framework.exceptions import ParseError
from rest_framework.filters import BaseFilterBackend
from rest_framework.metadata import BaseMetadata
from rest_framework.response import Response
from rest_framework.versioning import NamespaceVersioning


class Renderer(renderers.BaseRenderer):
    media_type, format = "text/plain", "text"

    def render(self, data, *args, **kwargs):
        return b"rendered by the host"


class Parser(parsers.BaseParser):
    media_type = "*/*"

    def parse(self, *args, **kwargs):
        raise ParseError("parsed by the host")


class Permission(permissions.BasePermission):
    def has_permission(self, request, view):
        return False


class Throttle(throttling.BaseThrottle):
    def allow_request(self, request, view):
        return False


class Negotiation(negotiation.BaseContentNegotiation):
    def select_parser(self, request, parsers):
        raise ParseError("negotiated by the host")

    def select_renderer(self, request, renderers, format_suffix=None):
        raise ParseError("negotiated by the host")


class Metadata(BaseMetadata):
    def determine_metadata(self, request, view):
        return {"described": "by the host"}


class Versioning(NamespaceVersioning):
    """Ours are in the namespace ``share_analytics``, which is no version that is allowed."""


class Pagination(pagination.LimitOffsetPagination):
    def get_paginated_response(self, data):
        return Response({"pages": "of the host"})


class FilterBackend(BaseFilterBackend):
    def filter_queryset(self, request, queryset, view):
        return queryset.none()


def name_view(view):
    return "named by the host"


def describe_view(view, html=False):
    return "described by the host"


def handle(exc, context):
    return Response({"handled": "by the host"}, status=418)


def elsewhere(get_response):
    """A middleware: each visitor has a time zone of their own."""

    def middleware(request):
        with timezone.override(ZoneInfo("Pacific/Auckland")):
            return get_response(request)

    return middleware
