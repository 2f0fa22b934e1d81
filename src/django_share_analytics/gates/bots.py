"""Robots count as nobody, by what they call themselves: see :mod:`..links.agents`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django_share_analytics import outcomes, steps
from django_share_analytics.conf import get_settings
from django_share_analytics.events import LinkEvent
from django_share_analytics.links.agents import AgentKind, agent_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from django_share_analytics.events import Event

MACHINES = {AgentKind.ROBOT, AgentKind.PREVIEW}
"""What runs a page's scripts and is no visitor. A library's name alone may be a native app's."""


def refuse_robots(event: Event, request: HttpRequest | None) -> str | None:
    """``bot`` for what a robot sends, or a network's fetcher that does more than fetch."""
    if request is None or (isinstance(event, LinkEvent) and event.kind == steps.PREVIEW):
        return None
    user_agent = str(request.META.get("HTTP_USER_AGENT") or "")
    if not user_agent.strip():
        return outcomes.BOT if get_settings().empty_user_agent == "refuse" else None
    return outcomes.BOT if agent_of(user_agent).kind in MACHINES else None
