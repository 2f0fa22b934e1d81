"""``POST shares/impressions``: which placements came into sight, of a sample of page views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import NotFound

from django_share_analytics.api.serializers import ImpressionSerializer
from django_share_analytics.api.taking import TakingView
from django_share_analytics.conf import get_settings
from django_share_analytics.events import ImpressionEvent, new_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest


class ImpressionView(TakingView[ImpressionEvent]):
    """Takes what a page view of the sample reports. Of who saw it nothing is looked at."""

    serializer = ImpressionSerializer()

    def check(self, captured: Mapping[str, Any]) -> None:
        settings = get_settings()
        if not settings.impression_sample or not settings.placements:
            raise NotFound

    def event_of(
        self, request: HttpRequest, values: Any, captured: Mapping[str, Any]
    ) -> ImpressionEvent:
        return ImpressionEvent(
            placements=tuple(dict.fromkeys(values["placements"])),
            weight=get_settings().impression_sample,
            id=values.get("id") or new_id(),
        )
