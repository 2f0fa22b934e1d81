"""What the two pages have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from django_share_analytics.admin import words

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.admin import AdminSite
    from django.http import HttpRequest
    from django.template.response import TemplateResponse

    from django_share_analytics.admin.access import ReadOnlyAdmin
    from django_share_analytics.upkeep.look_alikes import Asked

MAY_DISCARD = "share_analytics.discard_share"
LOOK_URL, DISCARD_URL = "share_analytics_share_look_alikes", "share_analytics_share_discard"


def look_alikes_url(site: AdminSite, name: str = LOOK_URL, **query: Any) -> str:
    """The address of the page, or of the one that discards."""
    return reverse(f"admin:{name}", current_app=site.name, query=query or None)


def framed(
    of: ReadOnlyAdmin, request: HttpRequest, template: str, context: dict[str, Any]
) -> TemplateResponse:
    """A page of the admin of shares."""
    return of.framed(request, f"admin/share_analytics/share/{template}.html", context)


def day_context(asked: Asked, now: datetime) -> dict[str, str]:
    """The day, its zone, and until when was looked while it isn't over."""
    zone = asked.day.zone
    return {
        "day": words.full_day(asked.day.start),
        "zone": asked.day.time_zone,
        "as_of": words.clock(now.astimezone(zone)) if now < asked.day.upper else "",
    }
