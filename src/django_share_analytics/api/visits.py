"""``POST shares/<code>/visits`` and ``…/conversions``: what the script sees where a link led to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import NotFound

from django_share_analytics import steps
from django_share_analytics.api.serializers import ConversionSerializer, VisitSerializer
from django_share_analytics.api.taking import TakingView
from django_share_analytics.api.track import who_shares
from django_share_analytics.events import LinkEvent
from django_share_analytics.links.accepting import converted, seen
from django_share_analytics.links.addresses import are_on
from django_share_analytics.links.agents import agent_of
from django_share_analytics.links.clients import wants_to_be_nobody
from django_share_analytics.links.codes import share_id_of
from django_share_analytics.links.cookies import remember_link
from django_share_analytics.links.visitors import visitor_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


class StepView(TakingView[LinkEvent]):
    """Takes a step on the link of the share whose code is in the address."""

    def check(self, captured: Mapping[str, Any]) -> None:
        if not are_on() or share_id_of(captured["code"]) is None:
            raise NotFound

    def event_of(self, request: HttpRequest, values: Any, captured: Mapping[str, Any]) -> LinkEvent:
        share_id = share_id_of(captured["code"])
        assert share_id is not None, "see check()"
        return self.step_of(request, share_id, values)

    def step_of(self, request: HttpRequest, share_id: UUID, values: Any) -> LinkEvent:
        raise NotImplementedError


class VisitView(StepView):
    """Somebody looks at the page that the link led to."""

    serializer = VisitSerializer()

    def step_of(self, request: HttpRequest, share_id: UUID, values: Any) -> LinkEvent:
        agent = agent_of(request.META.get("HTTP_USER_AGENT", ""))
        return seen(
            request,
            share_id,
            steps.VISIT,
            values["appId"],
            detail=agent.network,
            client_id=values.get("id"),
        )

    def accepted(self, request: HttpRequest, event: LinkEvent, response: HttpResponse) -> None:
        remember_link(request, response, event.share_id)


class ConversionView(StepView):
    """Somebody who came by the link has done what the host wanted, and the script may say so."""

    serializer = ConversionSerializer()

    def step_of(self, request: HttpRequest, share_id: UUID, values: Any) -> LinkEvent:
        goal, app_id = values["goal"], values.get("appId")
        # An id that is made of the user would tell of them for ever.
        user_id = None if wants_to_be_nobody(request.META) else who_shares(request)[0]
        if user_id is not None:
            who = ("user", user_id)
            visitor = visitor_of(request)
            return converted(share_id, goal, who, app_id=app_id, visitor=visitor)
        return seen(
            request,
            share_id,
            steps.CONVERSION,
            app_id,
            detail=goal,
            client_id=values.get("id"),
        )
