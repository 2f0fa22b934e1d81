from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django_share_analytics.events import Event, ShareEvent
from django_share_analytics.exceptions import Throttled

if TYPE_CHECKING:
    from django.http import HttpRequest

BUSY = {"is_busy": False}


def leave_out_the_office(event: Event, request: HttpRequest | None) -> Event | str | None:
    if request is not None and str(request.META["REMOTE_ADDR"]).startswith("10.1."):
        return "office"
    if isinstance(event, ShareEvent) and event.placement == "support":
        return replace(event, user_id=None, session_id="")
    if BUSY["is_busy"]:
        raise Throttled(30)
    return None
