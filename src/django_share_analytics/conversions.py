"""Conversions: the host says that somebody who came by a share's link did what it wanted."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async

from django_share_analytics import outcomes, steps
from django_share_analytics.conf import get_settings
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.events import LinkEvent, new_id
from django_share_analytics.exceptions import DispatcherUnavailable, Throttled
from django_share_analytics.gates.chain import pass_gates
from django_share_analytics.links.accepting import converted, seen, share_named
from django_share_analytics.links.clients import wants_to_be_nobody
from django_share_analytics.links.cookies import remembered_link
from django_share_analytics.links.visitors import visitor_of
from django_share_analytics.repeats import repeats
from django_share_analytics.tracking import Receipt, takes_the_same_as, user_key
from django_share_analytics.wording import traced

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from django_share_analytics.keys import UserOrKey

logger = logging.getLogger(__name__)


def track_conversion(
    request: HttpRequest | None,
    goal: str,
    *,
    via: UUID | str | None = None,
    key: object = None,
    user: UserOrKey | None = None,
) -> Receipt:
    """Count a conversion: who made ``request`` came by a share's link and reached a goal.

    ``goal`` is a name from the setting ``GOALS``. ``via`` is the share's id or the code of its
    link; without it the cookie says, where ``LINK_COOKIE_SECONDS`` is set. A conversion counts once
    for each ``key``, such as an order's number; without one for each user (``user``, else that of
    the request), else for each visitor and day. Of who sends ``Sec-GPC`` or ``DNT``
    nobody is told apart: without a ``key`` theirs count each time.

    Never raises. Who came by no link makes no conversion: that is the ``reason``
    ``unknown_share``, and no error.
    """
    try:
        share_id = share_named(via)
        if share_id is None and via is None and request is not None:
            share_id = remembered_link(request)
        if goal not in get_settings().goals:
            if n := repeats.of("not a goal"):
                logger.warning(
                    "%d conversion(s) were none: %.100r is not a goal of this site.", n, goal
                )
            return Receipt(new_id(), outcomes.INVALID)
        if share_id is None:
            return Receipt(new_id(), outcomes.UNKNOWN_SHARE)
        event = _conversion(request, share_id, goal, key, user)
        passed = pass_gates(event, request)
        reason = passed if isinstance(passed, str) else dispatchers.submit(passed)
        return Receipt(event.id, reason)
    except Throttled:
        return Receipt(new_id(), outcomes.LIMITED)
    except DispatcherUnavailable as error:
        if n := repeats.of("conversion refused"):
            logger.error("%d conversion(s) were refused: %s", n, error)
    except Exception as error:
        if n := repeats.of("conversion not tracked"):
            logger.error("%d conversion(s) could not be tracked: %s", n, traced(error))
    return Receipt(new_id(), outcomes.UNAVAILABLE)


@takes_the_same_as(track_conversion)
async def atrack_conversion(*args: Any, **values: Any) -> Receipt:
    """:func:`track_conversion` for coroutines: takes the same, and never holds up the event
    loop."""
    return await sync_to_async(track_conversion)(*args, **values)


def _conversion(
    request: HttpRequest | None, share_id: UUID, goal: str, key: object, user: Any
) -> LinkEvent:
    if who := _who(request, key, user):
        visitor = visitor_of(request) if request else None
        return converted(share_id, goal, who, app_id=None, visitor=visitor)
    if request is None:
        return LinkEvent(share_id, steps.CONVERSION, None, detail=goal)
    return seen(request, share_id, steps.CONVERSION, None, detail=goal)


def _who(request: HttpRequest | None, key: object, user: Any) -> tuple[str, Any] | None:
    """What tells a conversion from others of the same goal; ``None``: the visitor alone."""
    if key is not None:
        return "key", key
    if request is not None and wants_to_be_nobody(request.META):
        return None
    user_id = user_key(getattr(request, "user", None) if user is None else user)
    return None if user_id is None else ("user", user_id)
