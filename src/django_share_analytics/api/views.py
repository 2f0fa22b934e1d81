"""The HTTP calls. None of them knows a table: they parse, ask, and answer."""

from __future__ import annotations

import hashlib
import json
import logging
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.signals import setting_changed
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.module_loading import import_string
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound
from rest_framework.generics import ListAPIView
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from django_share_analytics.conf import SETTING, get_settings
from django_share_analytics.exceptions import DispatcherUnavailable, InvalidShare, UnknownApp
from django_share_analytics.keys import parse_app_key
from django_share_analytics.models import Share
from django_share_analytics.stats import CachedShareCount, cached_share_count, share_stats
from django_share_analytics.tracking import make_event, submit

from .filters import ShareFilterSet
from .negotiation import OnlyRenderer
from .pagination import NewestFirst
from .parsers import JSONParser, PlainTextJSONParser
from .permissions import IsStaffWithPermission
from .serializers import (
    ShareSerializer,
    StatsQuerySerializer,
    TrackShareSerializer,
    json_key,
    stats_document,
)

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.authentication import BaseAuthentication
    from rest_framework.request import Request

logger = logging.getLogger(__name__)


class PayloadTooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The body is too large."
    default_code = "too_large"


class Unavailable(APIException):
    """The share was not taken. ``wait`` (seconds) becomes the header ``Retry-After``."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = "The share can't be taken now. Try again, with the same id."
    default_code = "unavailable"

    def __init__(self, wait: int) -> None:
        super().__init__()
        self.wait = wait


@lru_cache(maxsize=1)
def share_authenticators() -> list[BaseAuthentication]:
    """The objects that the setting ``AUTHENTICATION_CLASSES`` names."""
    return [import_string(path)() for path in get_settings().authentication_classes]


def _forget_authenticators(*, setting: str, **kwargs: Any) -> None:
    if setting == SETTING:
        share_authenticators.cache_clear()


setting_changed.connect(_forget_authenticators, dispatch_uid="share_analytics.authenticators")


class TrackShareView(APIView):
    """``POST shares``: takes a share from anyone, and writes nothing before it answers."""

    permission_classes = ()
    throttle_classes = ()
    parser_classes = (JSONParser, PlainTextJSONParser, FormParser, MultiPartParser)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = OnlyRenderer
    versioning_class = None
    serializer = TrackShareSerializer()
    """One for all requests: building its fields would take most of a request's time, and
    ``run_validation`` keeps nothing."""

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        # With ATOMIC_REQUESTS a database that is away would fail a request that needs none.
        return transaction.non_atomic_requests(super().as_view(**initkwargs))

    def get_authenticators(self) -> list[BaseAuthentication]:
        return share_authenticators()

    def perform_authentication(self, request: Request) -> None:
        try:
            super().perform_authentication(request)
        except Exception:
            # Bad credentials, or no database to look them up: the share counts all the same.
            logger.debug("Who shares could not be told", exc_info=True)
            request.user = AnonymousUser()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        _refuse_large_body(request._request)
        super().initial(request, *args, **kwargs)

    def post(self, request: Request) -> HttpResponse:
        share = self.serializer.run_validation(request.data)
        headers = request._request.headers
        event = make_event(
            share["appId"],
            share["platform"],
            id=share.get("id"),
            user_id=getattr(request.user, "pk", None),
            session_id=share.get("sessionId") or "",
            user_agent=headers.get("User-Agent", ""),
            referrer_url=headers.get("Referer"),
        )
        try:
            reason = submit(event)
        except DispatcherUnavailable as error:
            logger.warning("A share was refused: %s", error)
            raise Unavailable(error.retry_after) from error
        except Exception as error:
            logger.exception("A share could not be dispatched")
            raise Unavailable(wait=5) from error
        return _accepted(event.id, reason)


def _refuse_large_body(request: HttpRequest) -> None:
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > get_settings().max_body_bytes:
        raise PayloadTooLarge


def _accepted(share_id: UUID, reason: str | None) -> HttpResponse:
    # A plain response: a renderer would take longer than everything else here.
    response = HttpResponse(f'{{"id": "{share_id}"}}', "application/json", status=202)
    if reason:
        response["Share-Filtered"] = reason
    return response


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
