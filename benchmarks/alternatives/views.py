"""What ``POST shares`` is measured against."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt
from rest_framework import generics, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from benchmarks.alternatives.models import PlainShare

if TYPE_CHECKING:
    from rest_framework.request import Request


@csrf_exempt
def empty_django_view(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=202)


def view_with_one_query(request: HttpRequest, key: str) -> HttpResponse:
    """The least that a view does which asks the database for one thing."""
    model = apps.get_model(settings.SHARE_ANALYTICS_APP_MODEL)
    return HttpResponseRedirect(model._default_manager.get(pk=key).get_absolute_url())


class EmptyDRFView(APIView):
    def post(self, request: Request) -> Response:
        return Response(status=status.HTTP_202_ACCEPTED)


class PlainShareSerializer(serializers.ModelSerializer[PlainShare]):
    appId = serializers.PrimaryKeyRelatedField(  # noqa: N815
        source="app", queryset=PlainShare._meta.get_field("app").related_model.objects.all()
    )
    sessionId = serializers.CharField(  # noqa: N815
        source="session_id", required=False, max_length=100
    )

    class Meta:
        model = PlainShare
        fields = ("id", "appId", "platform", "sessionId")


class CreateInRequestView(generics.CreateAPIView[PlainShare]):
    """The textbook way."""

    serializer_class = PlainShareSerializer

    def perform_create(self, serializer: serializers.BaseSerializer[PlainShare]) -> None:
        serializer.save(**from_request(self.request))


class ThreadPerRequestView(APIView):
    """The same, written by a thread that the request starts and doesn't wait for."""

    # Without a bound this uses up the database's connections within a second, and then it loses
    # shares instead of being slow.
    running = threading.BoundedSemaphore(32)

    def post(self, request: Request) -> Response:
        serializer = PlainShareSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        self.running.acquire()
        values = from_request(request)
        threading.Thread(target=self.create, args=(serializer, values)).start()
        return Response(status=status.HTTP_202_ACCEPTED)

    def create(self, serializer: PlainShareSerializer, values: dict[str, Any]) -> None:
        try:
            serializer.save(**values)
        finally:
            connection.close()
            self.running.release()


def from_request(request: Request) -> dict[str, Any]:
    return {
        "user": request.user if request.user.is_authenticated else None,
        "user_agent": request.headers.get("User-Agent", "")[:500],
        "referrer_url": request.headers.get("Referer", "")[:500] or None,
    }
