"""To be filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest

    from django_share_analytics.events import Event


def leave_out_personal_values(event: Event, request: HttpRequest | None) -> Event | None:
    """To be filled."""
    return None
