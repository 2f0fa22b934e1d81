"""The HTTP calls that read. None of them knows a table: they parse, ask, and answer."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import NotFound
from rest_framework.generics import ListAPIView
from rest_framework.response import Response

from django_share_analytics.api.contract import ContractView
from django_share_analytics.api.filters import ShareFilterSet
from django_share_analytics.api.pagination import NewestFirst
from django_share_analytics.api.permissions import AskingView, StaffView
from django_share_analytics.api.serializers import (
    ShareSerializer,
    StatsQuerySerializer,
    asked_app_keys,
    count_document,
    stats_document,
)
from django_share_analytics.conf import get_settings
from django_share_analytics.exceptions import InvalidShare, UnknownApp
from django_share_analytics.host.names import prefetch_named_apps
from django_share_analytics.keys import parse_app_key
from django_share_analytics.models import Share
from django_share_analytics.stats import cached_share_count, cached_share_counts, share_stats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet
    from rest_framework.authentication import BaseAuthentication
    from rest_framework.permissions import _PermissionClass
    from rest_framework.request import Request
    from rest_framework.serializers import Serializer


class PublicCountView(ContractView):
    """An answer that is the same for everyone, kept by every cache on the way.

    Outside of ``ATOMIC_REQUESTS``, which would ask a database for what a cache holds.
    """

    authentication_classes: Sequence[type[BaseAuthentication]] = ()
    permission_classes: Sequence[_PermissionClass] = ()

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        return transaction.non_atomic_requests(super().as_view(**initkwargs))


class ShareCountView(PublicCountView):
    """``GET apps/{id}/share-count``."""

    def get(self, request: Request, *args: Any, app_id: str, **kwargs: Any) -> HttpResponseBase:
        try:
            cached = cached_share_count(parse_app_key(app_id), public=True)
        except (InvalidShare, UnknownApp) as error:
            raise NotFound from error
        return _cacheable(request._request, count_document(cached.count), cached.age)


class ShareCountsView(PublicCountView):
    """``GET apps/share-counts?ids=a,b``: what ``share-count`` says of many, in one answer."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        keys = asked_app_keys(request.query_params)
        found = cached_share_counts(keys, public=True).values()
        document = {"counts": [count_document(cached.count) for cached in found]}
        age = max((cached.age for cached in found), default=0)
        return _cacheable(request._request, document, age)


def _cacheable(request: HttpRequest, document: dict[str, Any], age: int) -> HttpResponseBase:
    body = json.dumps(document, ensure_ascii=False).encode()
    etag = quote_etag(hashlib.sha256(body).hexdigest()[:32])
    response = HttpResponse(body, "application/json")
    response["ETag"] = etag
    response["Cache-Control"] = _cache_control(request, age)
    answer = get_conditional_response(request, etag=etag, response=response)
    assert answer is not None  # there is a response to answer with
    return answer


def _cache_control(request: HttpRequest, age: int) -> str:
    # What is left, and no Age: shared caches ignore that one, or write another over it.
    left = max(0, get_settings().share_count_cache_seconds - age)
    # With this setting the answer to someone with a session carries their cookie.
    sets_cookie = (
        settings.SESSION_SAVE_EVERY_REQUEST and settings.SESSION_COOKIE_NAME in request.COOKIES
    )
    scope = "private" if sets_cookie else "public"
    return f"{scope}, max-age={left}"


class ShareStatsView(AskingView):
    """``GET admin/shares/stats``: totals, rankings and trends for staff."""

    required_permission: str | tuple[str, ...] = "share_analytics.view_sharestatistics"
    query_serializer_class: type[Serializer[Any]] = StatsQuerySerializer

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(stats_document(share_stats(**self.asked(request))))


class ShareListView(StaffView, ListAPIView[Share]):
    """``GET admin/shares``: the shares themselves, for staff."""

    required_permission: str | tuple[str, ...] = "share_analytics.view_share"
    queryset = Share.objects.all()
    serializer_class = ShareSerializer
    pagination_class = NewestFirst
    filter_backends = (DjangoFilterBackend,)
    filterset_class: type[ShareFilterSet] = ShareFilterSet

    def get_queryset(self) -> QuerySet[Share]:
        return prefetch_named_apps(super().get_queryset())

    def known_parameters(self) -> set[str]:
        return self.filterset_class.known_parameters(self.request) | set(NewestFirst.parameters)
