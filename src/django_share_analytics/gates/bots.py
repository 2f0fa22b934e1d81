"""Robots count as nobody, by what they call themselves: see :mod:`..links.agents`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django_share_analytics import outcomes, steps
from django_share_analytics.conf import get_settings
from django_share_analytics.events import LinkEvent
from django_share_analytics.links.agents import agent_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from django_share_analytics.events import Event


def refuse_robots(event: Event, request: HttpRequest | None) -> str | None:
    """``bot`` for what a robot sends, or a network's fetcher that does more than fetch.

    A library's name alone is none: native apps are made with it.
    """
    if request is None or (isinstance(event, LinkEvent) and event.kind == steps.PREVIEW):
        return None
    user_agent = str(request.META.get("HTTP_USER_AGENT") or "")
    if not user_agent.strip():
        return outcomes.BOT if get_settings().empty_user_agent == "refuse" else None
    return outcomes.BOT if agent_of(user_agent).is_machine else None
