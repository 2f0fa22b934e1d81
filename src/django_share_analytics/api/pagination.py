"""Pages of shares, newest first, that cost the same however far one turns.

A cursor names the share at a page's edge by its time and id, so that shares that come in meanwhile
shift nothing. (DRF's own cursor counts rows where several have the same time.)
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

if TYPE_CHECKING:
    from rest_framework.request import Request

    from django_share_analytics.models import Share, ShareQuerySet

EARLIEST, LATEST = (
    datetime.min.replace(tzinfo=UTC) + timedelta(days=1),
    datetime.max.replace(tzinfo=UTC) - timedelta(days=1),
)
"""What Python can write down in every zone, as it has to for some databases."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The edge of a page, and which way to go from it."""

    is_older: bool
    timestamp: datetime
    id: UUID

    def __str__(self) -> str:
        text = f"{'o' if self.is_older else 'n'}{self.timestamp.isoformat()}|{self.id.hex}"
        return urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """:raises ValueError: this is no cursor."""
        decoded = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        timestamp, separator, key = decoded[1:].partition("|")
        edge = cls(decoded[0] == "o", datetime.fromisoformat(timestamp), UUID(hex=key))
        is_whole = str(edge) == text and separator and edge.timestamp.tzinfo
        if not is_whole or not EARLIEST <= edge.timestamp <= LATEST:
            raise ValueError("not a cursor")
        return edge

    def select(self, shares: ShareQuerySet) -> ShareQuerySet:
        """The shares beyond the edge, the nearest first."""
        return shares.beyond(self.timestamp, self.id, newest_first=self.is_older)


class NewestFirst(BasePagination):
    """``?limit=`` shares a page (100, at most 1,000), and ``?cursor=`` from ``next``."""

    default_limit, max_limit = 100, 1_000
    parameters = ("cursor", "limit")

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.url = request.build_absolute_uri()
        cursor = self._cursor(request)
        limit = self._limit(request)
        if cursor is None:
            found = list(queryset.in_time()[: limit + 1])
        else:
            found = list(cursor.select(queryset)[: limit + 1])
        page = found[:limit]
        goes_on, came_from = len(found) > limit, cursor is not None
        if cursor is not None and not cursor.is_older:
            page.reverse()
            goes_on, came_from = came_from, goes_on
        self.older = self._edge(page[-1:], is_older=True) if goes_on else None
        self.newer = self._edge(page[:1], is_older=False) if came_from else None
        return page

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.older, "previous": self.newer, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The same for programs that describe APIs."""
        page = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": {**page, "description": "The address of the page with older shares."},
                "previous": {**page, "description": "The address of the page with newer shares."},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        bounds = {"minimum": 1, "maximum": self.max_limit, "default": self.default_limit}
        return [
            {
                "name": "cursor",
                "in": "query",
                "description": "Where a page begins, as in `next` and `previous`.",
                "schema": {"type": "string"},
            },
            {
                "name": "limit",
                "in": "query",
                "description": "Shares a page.",
                "schema": {"type": "integer", **bounds},
            },
        ]

    def _edge(self, shares: list[Share], *, is_older: bool) -> str | None:
        for share in shares:
            cursor = Cursor(is_older, share.timestamp, share.id)
            return replace_query_param(self.url, "cursor", str(cursor))
        return None

    def _cursor(self, request: Request) -> Cursor | None:
        text = request.query_params.get("cursor")
        try:
            return Cursor.parse(text) if text else None
        except (ValueError, IndexError) as error:
            raise ValidationError({"cursor": [_("This is not a cursor.")]}) from error

    def _limit(self, request: Request) -> int:
        text = request.query_params.get("limit") or str(self.default_limit)
        # No longer than it has to be: Python reads thousands of digits slowly, or not at all.
        is_number = text.isascii() and text.isdigit() and len(text) <= len(str(self.max_limit))
        if not (is_number and 1 <= int(text) <= self.max_limit):
            raise ValidationError({"limit": [_("Must be a number from 1 to 1000.")]})
        return int(text)
