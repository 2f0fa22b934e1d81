"""Classes of a REST API that wants everything its own way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAcceptable
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.response import Response

if TYPE_CHECKING:
    from rest_framework.request import Request


class NobodyElseGetsIn(BaseAuthentication):
    def authenticate(self, request: Request) -> Any:
        raise AuthenticationFailed("a token of ours is needed")


class Enveloped(BaseRenderer):
    media_type = "application/vnd.host+json"
    format = "host"

    def render(self, data: Any, *arguments: Any, **options: Any) -> bytes:
        return json.dumps({"data": data}, default=str).encode()


class Uppercase(BaseParser):
    media_type = "application/vnd.host+json"

    def parse(self, stream: Any, *arguments: Any, **options: Any) -> Any:
        return json.loads(stream.read().upper())


class Refusing(BaseContentNegotiation):
    def select_parser(self, request: Request, parsers: Any) -> Any:
        return None

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        raise NotAcceptable


def explain(error: Exception, context: Any) -> Response:
    """Every error is a success, and says so elsewhere."""
    return Response({"error": type(error).__name__}, status=200)
