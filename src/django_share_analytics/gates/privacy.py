"""Only what the site wants to keep of a person goes on from here, and of some nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django_share_analytics.conf import get_settings
from django_share_analytics.events import ImpressionEvent, ShareEvent, without_person
from django_share_analytics.gates.referrers import kept_referrer
from django_share_analytics.links.clients import wants_to_be_nobody
from django_share_analytics.links.families import family_of
from django_share_analytics.sessions import kept_session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from django_share_analytics.events import Event


def leave_out_personal_values(event: Event, request: HttpRequest | None) -> Event | None:
    """The event with no more in it than ``REFERRER``, ``USER_AGENT`` and ``SESSION_ID`` allow.

    It has nothing personal at all where the request says that nobody is to be followed and the site
    does as such requests say (``PRIVACY_SIGNALS``). It counts all the same. ``None`` where nothing
    is to be left out. What asks for any of it, such as a host's own gate, comes before this one.
    """
    if isinstance(event, ImpressionEvent):
        return None
    if request is not None and wants_to_be_nobody(request.META):
        blank = without_person(event)
        return None if blank == event else blank
    return _changed(event, _kept(event)) if isinstance(event, ShareEvent) else None


def _kept(event: ShareEvent) -> Mapping[str, Any]:
    settings = get_settings()
    kept: dict[str, Any] = {"referrer_url": kept_referrer(event.referrer_url, settings.referrer)}
    if settings.session_id != "full":
        kept["session_id"] = kept_session(event.session_id)
    if settings.user_agent != "full":
        is_known = settings.user_agent == "family"
        kept["user_agent"] = family_of(event.user_agent) if is_known else ""
    return kept


def _changed(event: ShareEvent, values: Mapping[str, Any]) -> ShareEvent | None:
    """A copy takes longer than all the rest: none where it would be the same."""
    if all(getattr(event, name) == value for name, value in values.items()):
        return None
    return replace(event, **values)
