from __future__ import annotations

from typing import Any

from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle

from django_share_analytics.api.filters import ShareFilterSet
from django_share_analytics.api.permissions import IsStaffWithPermission
from django_share_analytics.api.serializers import ShareSerializer
from django_share_analytics.api.track import TrackShareView
from django_share_analytics.api.views import ShareCountView, ShareListView, ShareStatsView


class TrackView(TrackShareView):
    pass


class Filters(ShareFilterSet):
    pass


class Serializer(ShareSerializer):
    def to_representation(self, instance: Any) -> Any:
        return {**super().to_representation(instance), "source": "shop"}


class Shares(ShareListView):
    serializer_class = Serializer
    filterset_class = Filters


class InTheOffice(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        return str(request.META.get("REMOTE_ADDR")).startswith("10.")


class Stats(ShareStatsView):
    permission_classes = [InTheOffice | IsStaffWithPermission]
    renderer_classes = [JSONRenderer]
    throttle_classes = [AnonRateThrottle]
    required_permission = ("share_analytics.view_sharestatistics", "catalog.view_app")

    def asked(self, request: Request) -> dict[str, Any]:
        return {**super().asked(request), "platform": "copy"}


class Count(ShareCountView):
    authentication_classes = [SessionAuthentication]
    permission_classes = [InTheOffice]
