"""What asks for a link, and whether that is a step of its share."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django_share_analytics import steps
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.exceptions import DispatcherUnavailable, Throttled
from django_share_analytics.gates.chain import pass_gates
from django_share_analytics.links.accepting import seen
from django_share_analytics.links.agents import AgentKind, agent_of
from django_share_analytics.repeats import repeats
from django_share_analytics.wording import traced

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

logger = logging.getLogger("django_share_analytics")

PURPOSES = ("HTTP_SEC_PURPOSE", "HTTP_X_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_MOZ")
"""Headers in which browsers and scripts say that nobody has clicked yet."""

KIND_OF_AGENT = {
    AgentKind.BROWSER: steps.CLICK,
    AgentKind.PREVIEW: steps.PREVIEW,
    AgentKind.ROBOT: steps.CLICK,  # unless a gate turns it away
}
"""What it is when one of these asks. Of what has none of these names nothing can be said."""


def notice(request: HttpRequest, share_id: UUID, app_id: Any) -> None:
    """Hand what this request is to the dispatcher, if it is anything. Never raises: whoever came by
    the link is not to wait for it, nor to see that it went wrong."""
    if not is_somebody_here(request):
        return
    agent = agent_of(request.META.get("HTTP_USER_AGENT", ""))
    if (kind := KIND_OF_AGENT.get(agent.kind)) is None:
        return
    detail = agent.network if kind == steps.PREVIEW else ""
    try:
        event = pass_gates(seen(request, share_id, kind, app_id, detail=detail), request)
        if not isinstance(event, str):
            dispatchers.submit(event)
    except Throttled:
        return  # counted already, and to come again would be no other click
    except DispatcherUnavailable as error:
        if n := repeats.of("refused by a redirect"):
            logger.warning("%d step(s) on share links were refused: %s", n, error)
    except Exception as error:
        if n := repeats.of("not dispatched by a redirect"):
            logger.error("%d step(s) on share links were not dispatched: %s", n, traced(error))


def is_somebody_here(request: HttpRequest) -> bool:
    """Whether the page is asked for to be shown: not fetched in advance, nor by a script."""
    meta = request.META
    if meta.get("HTTP_SEC_FETCH_DEST", "document") != "document":
        return False
    return not any("prefetch" in meta.get(name, "").lower() for name in PURPOSES)
