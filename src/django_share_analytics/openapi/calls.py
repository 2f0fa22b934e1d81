"""What a schema says of a call, and nothing else knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drf_spectacular.utils import OpenApiExample

    from django_share_analytics.openapi.responses import Responses

PUBLIC_TAG, STAFF_TAG = "share_analytics", "share_analytics_staff"


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call. Bodies, filters and pages are those of its view, which may be a host's own."""

    operation_id: str
    """Where a view of ours is included once. Of any other one drf-spectacular makes it."""
    summary: str
    description: str
    responses: Responses
    parameters: Sequence[Any] = ()
    """Serializers, parameters and headers of answers, or functions that make one when asked."""
    examples: Sequence[OpenApiExample] = ()
    tag: str = PUBLIC_TAG
    looks_who_it_is: bool = False
    """Whether a stranger's session, or token, makes a difference."""
