"""From "this was shared" to an accepted event in the hands of a dispatcher."""

from __future__ import annotations

import inspect
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.core.exceptions import SynchronousOnlyOperation

from django_share_analytics import outcomes
from django_share_analytics.conf import get_settings
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.events import (
    MAX_SESSION_LENGTH,
    MAX_TEXT_LENGTH,
    NO_IDS,
    ShareEvent,
    new_id,
    storable,
    utc_now,
)
from django_share_analytics.exceptions import DispatcherUnavailable, InvalidShare, Throttled
from django_share_analytics.gates.chain import pass_gates
from django_share_analytics.keys import app_key, parse_user_key
from django_share_analytics.links.accepting import share_named
from django_share_analytics.links.addresses import are_on
from django_share_analytics.links.visitors import visitor_of
from django_share_analytics.repeats import repeats
from django_share_analytics.sql.coroutines import outside_of_the_loop
from django_share_analytics.wording import traced

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import datetime
    from uuid import UUID

    from django.http import HttpRequest

    from django_share_analytics.keys import AppOrKey, UserOrKey

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a share so far."""

    id: UUID
    reason: str | None = None
    """``None`` for a share that was accepted, else why it was not (one of ``outcomes``)."""

    @property
    def accepted(self) -> bool:
        return self.reason is None


def track_share(
    app: AppOrKey,
    platform: str,
    *,
    request: HttpRequest | None = None,
    user: UserOrKey | None = None,
    session_id: str = "",
    id: UUID | None = None,
    user_agent: str = "",
    referrer_url: str | None = None,
    timestamp: datetime | None = None,
    placement: str = "",
    via: UUID | str | None = None,
) -> Receipt:
    """Count a share from Python code.

    ``app`` is an object of the shared model, or its key; ``platform`` a name or alias from the
    setting ``PLATFORMS``; ``user`` a user or a user's key. ``request`` fills in user agent and
    referrer. The same ``id`` counts once, however often this is called with it. ``placement`` is a
    name from the setting ``PLACEMENTS``, ``via`` the id or the code of the share by whose link the
    sharer came; one that is none is left out.

    Never raises: a share that can't be tracked must not break the page it was made on. What went
    wrong is in the receipt's ``reason`` and in the log.
    """
    share_id = id or new_id()
    try:
        headers = request.headers if request else {}
        event = make_event(
            app_key(app),
            platform,
            id=share_id,
            user_id=user_key(user),
            session_id=session_id,
            user_agent=user_agent or headers.get("User-Agent", ""),
            referrer_url=referrer_url or headers.get("Referer"),
            timestamp=timestamp,
            placement=placement,
            via=share_named(via),
            visitor=visitor_of(request) if request and are_on() else None,
        )
        passed = pass_gates(event, request)
        reason = passed if isinstance(passed, str) else dispatchers.submit(passed)
        return Receipt(share_id, reason)
    except Throttled:
        return Receipt(share_id, outcomes.LIMITED)
    except InvalidShare as error:
        if n := repeats.of("not a share"):
            logger.warning("%d call(s) made no share: %s", n, error)
        return Receipt(share_id, outcomes.INVALID)
    except DispatcherUnavailable as error:
        if n := repeats.of("refused"):
            logger.error("%d share(s) were refused: %s", n, error)
        return Receipt(share_id, outcomes.UNAVAILABLE)
    except Exception as error:
        if n := repeats.of("not tracked"):
            logger.error("%d share(s) could not be tracked: %s", n, traced(error))
        return Receipt(share_id, outcomes.UNAVAILABLE)


def takes_the_same_as(
    function: Callable[P, R],
) -> Callable[[Callable[..., Coroutine[Any, Any, R]]], Callable[P, Coroutine[Any, Any, R]]]:
    """Decorates what is ``function`` for coroutines: with its parameters, told to type checkers,
    editors and ``help()`` alike."""

    def decorate(
        coroutine: Callable[..., Coroutine[Any, Any, R]],
    ) -> Callable[P, Coroutine[Any, Any, R]]:
        coroutine.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
        return coroutine

    return decorate


@takes_the_same_as(track_share)
async def atrack_share(*args: Any, **values: Any) -> Receipt:
    """:func:`track_share` for coroutines: takes the same, and never holds up the event loop."""
    return await sync_to_async(track_share)(*args, **values)


def make_event(
    app_id: Any,
    platform: str,
    *,
    id: UUID | None = None,
    user_id: Any = None,
    user_proof: str = "",
    session_id: str = "",
    user_agent: str = "",
    referrer_url: str | None = None,
    timestamp: datetime | None = None,
    placement: str = "",
    via: UUID | None = None,
    visitor: int | None = None,
) -> ShareEvent:
    """The event for these values, with texts cut to what is stored.

    :raises InvalidShare: the platform is none of the setting ``PLATFORMS``, the placement none of
        ``PLACEMENTS``, or the id is none.
    """
    if id in NO_IDS:
        raise InvalidShare(f"{id} identifies no share.")
    registered = get_settings().platforms.find(platform)
    if registered is None:
        raise InvalidShare(f"{platform!r:.100} is not a platform of this site.")
    if placement and placement not in get_settings().placements:
        raise InvalidShare(f"{placement!r:.100} is not a placement of this site.")
    return ShareEvent(
        app_id=app_id,
        platform=registered.name,
        id=id or new_id(),
        timestamp=timestamp or utc_now(),
        user_id=user_id,
        user_proof=user_proof,
        session_id=storable(session_id, MAX_SESSION_LENGTH),
        user_agent=storable(user_agent, MAX_TEXT_LENGTH),
        referrer_url=storable(referrer_url, MAX_TEXT_LENGTH) if referrer_url else None,
        via=None if via == id else via,  # nobody came by a share that they are yet to make
        visitor=visitor,
        placement=placement,
    )


def user_key(user: Any) -> Any:
    """The key of a user object, or ``user`` as one; ``None`` for nobody, and for what is no key."""
    if user is None:
        return None
    try:
        key = getattr(user, "pk", user)
    except SynchronousOnlyOperation:
        # ``request.user`` in a coroutine: who that is has not been asked before.
        key = outside_of_the_loop(lambda: user.pk)
    try:
        return None if key is None else parse_user_key(key)
    except InvalidShare as error:
        if n := repeats.of("shared by nobody"):
            logger.warning("%d share(s) are by nobody: %s", n, error)
        return None
