"""The HTTP calls that read. None of them knows a table: they parse, ask, and answer."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import NotFound
from rest_framework.generics import ListAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from django_share_analytics.conf import get_settings
from django_share_analytics.exceptions import InvalidShare, UnknownApp
from django_share_analytics.keys import parse_app_key
from django_share_analytics.models import Share
from django_share_analytics.stats import CachedShareCount, cached_share_count, share_stats

from .filters import ShareFilterSet
from .negotiation import OnlyRenderer
from .pagination import NewestFirst
from .permissions import IsStaffWithPermission
from .serializers import ShareSerializer, StatsQuerySerializer, json_key, stats_document

if TYPE_CHECKING:
    from rest_framework.request import Request


class ShareCountView(APIView):
    """``GET apps/{id}/share-count``: the same for everyone, kept by every cache on the way."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = OnlyRenderer
    versioning_class = None

    def get(self, request: Request, app_id: str) -> HttpResponseBase:
        try:
            cached = cached_share_count(parse_app_key(app_id))
        except (InvalidShare, UnknownApp) as error:
            raise NotFound from error
        return _cacheable(request._request, cached)


def _cacheable(request: HttpRequest, cached: CachedShareCount) -> HttpResponseBase:
    count = cached.count
    document = {
        "appId": json_key(count.app_id),
        "totalShares": count.total,
        "byPlatform": count.by_platform,
    }
    body = json.dumps(document, ensure_ascii=False).encode()
    etag = quote_etag(hashlib.sha256(body).hexdigest()[:32])
    response = HttpResponse(body, "application/json")
    response["ETag"] = etag
    response["Cache-Control"] = _cache_control(request)
    answer = get_conditional_response(request, etag=etag, response=response)
    assert answer is not None  # there is a response to answer with
    answer["Age"] = str(cached.age)
    return answer


def _cache_control(request: HttpRequest) -> str:
    # With this setting the answer to someone with a session carries their cookie.
    sets_cookie = (
        settings.SESSION_SAVE_EVERY_REQUEST and settings.SESSION_COOKIE_NAME in request.COOKIES
    )
    scope = "private" if sets_cookie else "public"
    return f"{scope}, max-age={get_settings().share_count_cache_seconds}"


class ShareStatsView(APIView):
    """``GET admin/shares/stats``: totals, rankings and trends for staff."""

    permission_classes = (IsStaffWithPermission,)
    required_permission = "share_analytics.view_sharestatistics"
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = OnlyRenderer

    def get(self, request: Request) -> Response:
        query = StatsQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        stats = share_stats(**query.validated_data)
        return Response(stats_document(stats), headers={"Cache-Control": "private, no-store"})


class ShareListView(ListAPIView[Share]):
    """``GET admin/shares``: the shares themselves, for staff."""

    permission_classes = (IsStaffWithPermission,)
    required_permission = "share_analytics.view_share"
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = OnlyRenderer
    queryset = Share.objects.select_related("app")
    serializer_class = ShareSerializer
    pagination_class = NewestFirst
    filter_backends = (DjangoFilterBackend,)
    filterset_class = ShareFilterSet
