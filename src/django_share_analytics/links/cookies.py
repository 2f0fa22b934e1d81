"""The one cookie: by which link a visitor came last. Set only where ``LINK_COOKIE_SECONDS`` is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django_share_analytics.conf import get_settings
from django_share_analytics.links.clients import wants_to_be_nobody
from django_share_analytics.links.codes import code_of, share_id_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

LINK_COOKIE = "share_link"


def remember_link(request: HttpRequest, response: HttpResponse, share_id: UUID) -> None:
    """Have the browser keep the code of the link by which this visitor came, and nothing else.

    The last link wins. Not of who asks not to be followed.
    """
    seconds = get_settings().link_cookie_seconds
    if not seconds or wants_to_be_nobody(request.META):
        return
    response.set_cookie(
        LINK_COOKIE,
        code_of(share_id),
        max_age=seconds,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def remembered_link(request: HttpRequest) -> UUID | None:
    """The share by whose link the visitor came, as the cookie says. One that was set before its
    visitor asked not to be followed is not read any more."""
    if wants_to_be_nobody(request.META):
        return None
    return share_id_of(request.COOKIES.get(LINK_COOKIE, ""))
