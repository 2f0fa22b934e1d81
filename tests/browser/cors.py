"""What django-cors-headers does by the settings that how-to/cors.md names, where it isn't there."""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse
from django.utils.cache import patch_vary_headers

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

MIDDLEWARE = (
    "corsheaders.middleware.CorsMiddleware"
    if find_spec("corsheaders")
    else "tests.browser.cors.CorsMiddleware"
)


class CorsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not re.match(getattr(settings, "CORS_URLS_REGEX", ""), request.path_info):
            return self.get_response(request)
        asks_before = "access-control-request-method" in request.headers
        response = HttpResponse() if asks_before else self.get_response(request)
        patch_vary_headers(response, ("origin",))
        if origin := _allowed(request.headers.get("Origin", "")):
            response["Access-Control-Allow-Origin"] = origin
            if getattr(settings, "CORS_ALLOW_CREDENTIALS", False):
                response["Access-Control-Allow-Credentials"] = "true"
            exposed = getattr(settings, "CORS_EXPOSE_HEADERS", ())
            response["Access-Control-Expose-Headers"] = ", ".join(exposed)
            if asks_before:
                response["Access-Control-Allow-Headers"] = "content-type"
                response["Access-Control-Allow-Methods"] = "GET, OPTIONS, POST"
        return response


def _allowed(origin: str) -> str:
    if getattr(settings, "CORS_ALLOW_ALL_ORIGINS", False):
        return "*"
    patterns = getattr(settings, "CORS_ALLOWED_ORIGIN_REGEXES", ())
    if origin in getattr(settings, "CORS_ALLOWED_ORIGINS", ()):
        return origin
    return origin if any(re.match(pattern, origin) for pattern in patterns) else ""
