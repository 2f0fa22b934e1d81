"""To be filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest

    from django_share_analytics.events import Event


def refuse_too_many(event: Event, request: HttpRequest | None) -> None:
    """To be filled."""
