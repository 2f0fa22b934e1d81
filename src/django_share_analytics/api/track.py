"""``POST shares``: the one call whose speed every visitor feels.

DRF's serializer says what a share looks like, and its authentication classes say who shares where a
host has named some.
"""

from __future__ import annotations

import json
import logging
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils.module_loading import import_string
from rest_framework.request import Request

from django_share_analytics.api.authentication import (
    SessionUser,
    SessionUserAuthentication,
    session_user,
)
from django_share_analytics.api.serializers import TrackShareSerializer
from django_share_analytics.api.taking import TakingView
from django_share_analytics.conf import get_settings
from django_share_analytics.events import ShareEvent, new_id
from django_share_analytics.links.addresses import are_on, whole_link_of
from django_share_analytics.links.visitors import visitor_of
from django_share_analytics.tracking import make_event, user_key
from django_share_analytics.wording import describe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest
    from rest_framework.authentication import BaseAuthentication

    from django_share_analytics.session_proofs import SessionProof

logger = logging.getLogger(__name__)


class TrackShareView(TakingView[ShareEvent]):
    """Takes a share from anyone, and writes nothing before it answers."""

    serializer = TrackShareSerializer()

    def event_of(
        self, request: HttpRequest, values: Any, captured: Mapping[str, Any]
    ) -> ShareEvent:
        headers, share_id = request.META, values.get("id") or new_id()
        user_id, proof = who_shares(request)
        return make_event(
            values["appId"],
            values["platform"],
            id=share_id,
            user_id=user_id,
            user_proof=proof.of(share_id) if proof else "",
            session_id=values.get("sessionId") or "",
            user_agent=headers.get("HTTP_USER_AGENT", ""),
            referrer_url=headers.get("HTTP_REFERER"),
            placement=values.get("placement") or "",
            via=values.get("via"),
            visitor=visitor_of(request) if are_on() else None,
        )

    def answer(self, request: HttpRequest, event: ShareEvent) -> HttpResponse:
        text = f'{{"id": "{event.id}"}}'
        if link := whole_link_of(event.id, event.app_id, request):
            text = json.dumps({"id": str(event.id), "link": link})
        return HttpResponse(text, "application/json", status=202)


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
