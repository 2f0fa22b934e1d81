"""What all calls have in common that take something from anyone: a body, an event, an answer.

Plain Django views: what DRF does around a view (negotiating, wrapping, rendering) takes longer than
everything that is done here. DRF's serializers say what bodies look like.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.apps import apps
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.http import JsonResponse
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import APIException

from django_share_analytics.api.bodies import read_body
from django_share_analytics.api.contract import ContractView
from django_share_analytics.conf import get_settings
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.events import ImpressionEvent, LinkEvent, ShareEvent
from django_share_analytics.exceptions import DispatcherUnavailable, Throttled
from django_share_analytics.gates.chain import pass_gates
from django_share_analytics.outcomes import FOUND_IN_WRITING
from django_share_analytics.repeats import repeats, said_already
from django_share_analytics.wording import traced

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse
    from rest_framework.request import Request
    from rest_framework.response import Response
    from rest_framework.serializers import Serializer

_Taken = TypeVar("_Taken", ShareEvent, LinkEvent, ImpressionEvent)

logger = logging.getLogger("django_share_analytics")

RETRY_SECONDS = 5
"""When a client may try again after an error that nobody foresaw."""


class TakenCall(ContractView):
    """Stands for a call that takes something where views of DRF are looked for: programs that
    describe an API know no others. No request comes here."""

    authentication_classes = ()
    permission_classes = ()
    taker: type[TakingView[Any]]
    body: Serializer[Any]

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        raise NotImplementedError


class TakingView(View, Generic[_Taken]):
    """Takes an event from anyone, and writes nothing before it answers."""

    http_method_names = ["post", "options"]
    serializer: Serializer[Any]
    """One for all requests: building its fields would take most of a request's time, and
    ``run_validation`` keeps nothing."""

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        # With ATOMIC_REQUESTS a database that is away would fail a request that needs none.
        plain = transaction.non_atomic_requests(super().as_view(**initkwargs))
        view: Any = csrf_exempt(login_not_required(plain))
        # Nobody else is to take it for a view of DRF; nor does drf-spectacular where the host's
        # subclass says ``schema = None``.
        if apps.is_installed("drf_spectacular") and getattr(cls, "schema", cls) is not None:
            stands_for = {"taker": cls, "body": initkwargs.get("serializer", cls.serializer)}
            view.cls, view.initkwargs = type(cls.__name__, (TakenCall,), stands_for), {}
        return view

    def check(self, captured: Mapping[str, Any]) -> None:
        """Before the body is read.

        :raises APIException: nothing can be taken at this address.
        """

    def event_of(self, request: HttpRequest, values: Any, captured: Mapping[str, Any]) -> _Taken:
        """The event that the ``values`` of a body are, and what the urls capture.

        :raises APIException: it can be none.
        """
        raise NotImplementedError

    def answer(self, request: HttpRequest, event: _Taken) -> HttpResponse:
        """To what could be read, whether it is recorded or not."""
        return JsonResponse({}, status=202)

    def accepted(self, request: HttpRequest, event: _Taken, response: HttpResponse) -> None:
        """What the answer to an event says that no gate turned away."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.check(kwargs)
            body = read_body(request, max_bytes=get_settings().max_body_bytes)
            event = self.event_of(request, self.serializer.run_validation(body), kwargs)
        except APIException as error:
            return _refused(error)
        except (ImproperlyConfigured, LookupError) as error:
            # Not the visitor's fault: what comes again later may find it corrected.
            if n := repeats.of("set up wrongly"):
                logger.error(
                    "%d share(s) were refused, share analytics is set up wrongly: %s",
                    n,
                    traced(error),
                )
            return _unavailable(RETRY_SECONDS, is_news=bool(n))
        try:
            passed = pass_gates(event, request)
            reason = passed if isinstance(passed, str) else dispatchers.submit(passed)
        except Throttled as error:
            return _throttled(error)
        except DispatcherUnavailable as error:
            if n := repeats.of("refused by a request"):
                logger.warning("%d share(s) were refused: %s", n, error)
            return _unavailable(error.retry_after, is_news=bool(n))
        except Exception as error:
            if n := repeats.of("not dispatched"):
                logger.error("%d share(s) could not be dispatched: %s", n, traced(error))
            return _unavailable(RETRY_SECONDS, is_news=bool(n))
        response = self.answer(request, event)
        if not isinstance(passed, str):
            self.accepted(request, passed, response)
        if reason and not _gives_drafts_away(reason):
            response["Share-Filtered"] = reason
        return response


def _gives_drafts_away(reason: str) -> bool:
    """Whether the reason would be another for an app that only some may know of.

    A duplicate, too: only a share of an app that is there can be one.
    """
    return reason in FOUND_IN_WRITING and bool(get_settings().public_apps)


def _refused(error: APIException) -> HttpResponse:
    detail = error.detail if isinstance(error.detail, dict) else {"detail": error.detail}
    return JsonResponse(detail, status=error.status_code)


def _throttled(error: Throttled) -> HttpResponse:
    detail = f"That is too much at once. Try again in {error.retry_after} s, with the same id."
    response = JsonResponse({"detail": detail}, status=429)
    response["Retry-After"] = str(error.retry_after)
    return response


def _unavailable(seconds: int, *, is_news: bool) -> HttpResponse:
    detail = "The share can't be taken now. Try again, with the same id."
    response = JsonResponse({"detail": detail}, status=503)
    response["Retry-After"] = str(seconds)
    return response if is_news else said_already(response)
