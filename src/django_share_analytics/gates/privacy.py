"""Only what the site wants to keep of a person goes on from here, and of some nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django_share_analytics.conf import get_settings
from django_share_analytics.events import LinkEvent, ShareEvent
from django_share_analytics.gates.referrers import kept_referrer
from django_share_analytics.links.clients import wants_to_be_nobody
from django_share_analytics.links.families import family_of
from django_share_analytics.sessions import kept_session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from django_share_analytics.events import Event

NOTHING_OF_A_SHARER: Mapping[str, Any] = {
    "user_id": None,
    "user_proof": "",
    "session_id": "",
    "user_agent": "",
    "referrer_url": None,
    "visitor": None,
}
NOTHING_OF_A_VISITOR: Mapping[str, Any] = {"visitor": None, "click_id": None}


def leave_out_personal_values(event: Event, request: HttpRequest | None) -> Event | None:
    """The event with no more in it than ``REFERRER``, ``USER_AGENT`` and ``SESSION_ID`` allow.

    It has nothing personal at all where the request says that nobody is to be followed and the site
    does as such requests say (``PRIVACY_SIGNALS``). It counts all the same. ``None`` where nothing
    is to be left out. What asks for any of it, such as a host's own gate, comes before this one.
    """
    is_nobodys = request is not None and wants_to_be_nobody(request.META)
    if isinstance(event, ShareEvent):
        return _changed(event, NOTHING_OF_A_SHARER if is_nobodys else _kept(event))
    if isinstance(event, LinkEvent) and is_nobodys:
        return _changed(event, NOTHING_OF_A_VISITOR)
    return None


def _kept(event: ShareEvent) -> Mapping[str, Any]:
    settings = get_settings()
    kept: dict[str, Any] = {"referrer_url": kept_referrer(event.referrer_url, settings.referrer)}
    if settings.session_id != "full":
        kept["session_id"] = kept_session(event.session_id)
    if settings.user_agent != "full":
        is_known = settings.user_agent == "family"
        kept["user_agent"] = family_of(event.user_agent) if is_known else ""
    return kept


def _changed(event: Any, values: Mapping[str, Any]) -> Event | None:
    """A copy takes longer than all the rest: none where it would be the same."""
    if all(getattr(event, name) == value for name, value in values.items()):
        return None
    changed: Event = replace(event, **values)
    return changed
