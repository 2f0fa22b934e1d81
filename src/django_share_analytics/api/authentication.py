"""Who shares: a visitor's own session, read without a query for the user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, get_user_model
from rest_framework.authentication import BaseAuthentication

from django_share_analytics.host.origins import is_from_trusted_origin
from django_share_analytics.session_proofs import SessionProof, proof_of

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request


@dataclass(frozen=True, slots=True)
class SessionUser:
    """The user that a session names. Nothing but the key is known of them.

    Whether the session still proves it, after a new password say, is asked when the share is
    written: ``proof`` is for that. So this is for ``POST shares`` alone, and no view of yours.
    """

    pk: Any
    proof: SessionProof
    is_authenticated: bool = True
    is_anonymous: bool = False
    is_active: bool = True

    @property
    def id(self) -> Any:
        return self.pk


class SessionUserAuthentication(BaseAuthentication):
    """The user of the session, if the request comes from a page of this site.

    Asks for no CSRF token: another site can make a visitor's browser send this request, cookie
    and all. Such a request is taken, as anybody's is, but not in the visitor's name.
    """

    def authenticate(self, request: Request) -> tuple[SessionUser, None] | None:
        user = session_user(request._request)
        return None if user is None else (user, None)


def session_user(request: HttpRequest) -> SessionUser | None:
    """The user that the session names, if it can be. One query at most: the session's."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not is_from_trusted_origin(request):
        return None
    session = getattr(request, "session", None)
    if session is None or SESSION_KEY not in session:
        return None
    proof = proof_of(session)
    key = get_user_model()._meta.pk.to_python(session[SESSION_KEY])
    return None if proof is None else SessionUser(key, proof)
