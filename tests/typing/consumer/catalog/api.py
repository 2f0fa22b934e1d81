from __future__ import annotations

from dataclasses import replace
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle

from catalog.models import App
from django_share_analytics import ShareEvent
from django_share_analytics.api.export import ShareExportView
from django_share_analytics.api.filters import ShareFilterSet
from django_share_analytics.api.permissions import IsStaffWithPermission
from django_share_analytics.api.serializers import ShareSerializer, TrackShareSerializer
from django_share_analytics.api.track import TrackShareView
from django_share_analytics.api.views import ShareCountView, ShareListView, ShareStatsView
from django_share_analytics.models import Share


class SessionShareSerializer(TrackShareSerializer):
    sessionId = serializers.CharField(max_length=100)


class TrackView(TrackShareView):
    serializer = SessionShareSerializer()

    def event_of(self, request: HttpRequest, values: Any, captured: Any) -> ShareEvent:
        event = super().event_of(request, values, captured)
        return replace(event, referrer_url=request.headers.get("X-Screen", event.referrer_url))


class LongShareSerializer(ShareSerializer):
    appUrl = serializers.CharField(source="app.get_absolute_url")

    class Meta(ShareSerializer.Meta):
        fields = (*ShareSerializer.Meta.fields, "appUrl")


class PlacementFilterSet(ShareFilterSet):
    placement = django_filters.CharFilter("placement", "exact")


class Shares(ShareListView):
    serializer_class = LongShareSerializer
    filterset_class = PlacementFilterSet


class PlacedShares(ShareExportView):
    filterset_class = PlacementFilterSet

    def get_queryset(self) -> QuerySet[Share]:
        return super().get_queryset().exclude(placement="")


class IsPublisher(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        mine = App.objects.filter(pk=view.kwargs["app_id"], publisher=request.user.pk)
        return request.user.is_authenticated and mine.exists()


class PublisherStats(ShareStatsView):
    permission_classes = [IsPublisher | IsStaffWithPermission]
    renderer_classes = [JSONRenderer]
    throttle_classes = [AnonRateThrottle]
    required_permission = ("share_analytics.view_sharestatistics", "catalog.view_app")

    def known_parameters(self) -> set[str]:
        return super().known_parameters() - {"app"}

    def asked(self, request: Request) -> dict[str, Any]:
        return {**super().asked(request), "app": self.kwargs["app_id"]}


class Count(ShareCountView):
    authentication_classes = [SessionAuthentication]
    permission_classes = [IsPublisher]
