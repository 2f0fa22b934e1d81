"""``POST shares``: the one call whose speed every visitor feels.

A plain Django view: what DRF does around a view (negotiating, wrapping, rendering) takes longer
than everything that is done here. DRF's serializer says what a share looks like, and its
authentication classes say who shares where a host has named some.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.utils.module_loading import import_string
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from django_share_analytics.api.authentication import (
    SessionUser,
    SessionUserAuthentication,
    session_user,
)
from django_share_analytics.api.bodies import read_body
from django_share_analytics.api.serializers import TrackShareSerializer
from django_share_analytics.conf import get_settings
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.events import new_id
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.outcomes import FOUND_IN_WRITING
from django_share_analytics.repeats import repeats
from django_share_analytics.tracking import make_event, user_key
from django_share_analytics.wording import describe, traced

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest
    from rest_framework.authentication import BaseAuthentication

    from django_share_analytics.session_proofs import SessionProof

logger = logging.getLogger(__name__)

RETRY_SECONDS = 5
"""When a client may try again after an error that nobody foresaw."""


class TrackShareView(View):
    """Takes a share from anyone, and writes nothing before it answers."""

    http_method_names = ["post", "options"]
    serializer = TrackShareSerializer()
    """One for all requests: building its fields would take most of a request's time, and
    ``run_validation`` keeps nothing."""

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        # With ATOMIC_REQUESTS a database that is away would fail a request that needs none.
        view = transaction.non_atomic_requests(super().as_view(**initkwargs))
        return csrf_exempt(login_not_required(view))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            body = read_body(request, max_bytes=get_settings().max_body_bytes)
            share = self.serializer.run_validation(body)
        except APIException as error:
            return _refused(error)
        except (ImproperlyConfigured, LookupError):
            # Not the visitor's fault: a share that comes again later may find it corrected.
            logger.exception("A share was refused: share analytics is set up wrongly")
            return _unavailable(RETRY_SECONDS)
        headers, share_id = request.META, share.get("id") or new_id()
        user_id, proof = who_shares(request)
        event = make_event(
            share["appId"],
            share["platform"],
            id=share_id,
            user_id=user_id,
            user_proof=proof.of(share_id) if proof else "",
            session_id=share.get("sessionId") or "",
            user_agent=headers.get("HTTP_USER_AGENT", ""),
            referrer_url=headers.get("HTTP_REFERER"),
        )
        try:
            return _accepted(event.id, dispatchers.submit(event))
        except DispatcherUnavailable as error:
            if n := repeats.of("refused by a request"):
                logger.warning("%d share(s) were refused: %s", n, error)
            return _unavailable(error.retry_after)
        except Exception as error:
            if n := repeats.of("not dispatched"):
                logger.error("%d share(s) could not be dispatched: %s", n, traced(error))
            return _unavailable(RETRY_SECONDS)


def who_shares(request: HttpRequest) -> tuple[Any, SessionProof | None]:
    """The key of the user who shares, and what it rests on where that is a session alone.

    Any failure means nobody: the share counts all the same.
    """
    authenticators = share_authenticators(get_settings().authentication_classes)
    try:
        if authenticators is None:
            user: Any = session_user(request)
        else:
            user = Request(request, authenticators=authenticators).user
        return user_key(user), user.proof if isinstance(user, SessionUser) else None
    except Exception as error:
        logger.debug("Who shares could not be told: %s", describe(error))
        return None, None


@lru_cache(maxsize=1)
def share_authenticators(paths: tuple[str, ...]) -> list[BaseAuthentication] | None:
    """What these paths name; ``None`` for the session alone, which needs no DRF.

    Nothing where one can't be used: who shares is then not known, and said once.
    """
    try:
        classes = [import_string(path) for path in paths]
        return None if classes == [SessionUserAuthentication] else [cls() for cls in classes]
    except Exception:  # whatever a module or a class of the host's raises
        logger.exception("AUTHENTICATION_CLASSES can't be used: everyone is anonymous")
        return []


def _accepted(share_id: UUID, reason: str | None) -> HttpResponse:
    response = HttpResponse(f'{{"id": "{share_id}"}}', "application/json", status=202)
    if reason and not _gives_drafts_away(reason):
        response["Share-Filtered"] = reason
    return response


def _gives_drafts_away(reason: str) -> bool:
    """Whether the reason would be another for an app that only some may know of.

    A duplicate, too: only a share of an app that is there can be one.
    """
    return reason in FOUND_IN_WRITING and bool(get_settings().public_apps)


def _refused(error: APIException) -> HttpResponse:
    detail = error.detail if isinstance(error.detail, dict) else {"detail": error.detail}
    return JsonResponse(detail, status=error.status_code)


def _unavailable(seconds: int) -> HttpResponse:
    detail = "The share can't be taken now. Try again, with the same id."
    response = JsonResponse({"detail": detail}, status=503)
    response["Retry-After"] = str(seconds)
    return response
