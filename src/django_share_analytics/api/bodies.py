"""The bodies that ``POST shares`` takes: JSON, JSON called text, and forms."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType

if TYPE_CHECKING:
    from django.http import HttpRequest

JSON_TYPES = ("application/json", "text/plain")
"""The latter is what ``navigator.sendBeacon`` calls a string."""
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


class PayloadTooLarge(APIException):
    status_code = 413
    default_detail = "The body is too large."
    default_code = "too_large"


def read_body(request: HttpRequest, *, max_bytes: int) -> Any:
    """What the body says: any JSON value, or the fields of a form.

    :raises APIException: it is too large, of another type, or not what its type says.
    """
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > max_bytes:
            raise PayloadTooLarge
        if request.content_type in FORM_TYPES:
            return request.POST
        if len(request.body) > max_bytes:  # a body may come without saying how long it is
            raise PayloadTooLarge
    except (ValueError, MultiPartParserError, UnreadablePostError) as error:
        raise ParseError(str(error)) from error
    if request.body and request.content_type not in JSON_TYPES:
        raise UnsupportedMediaType(request.content_type or "")
    return _read_json(request.body)


def _read_json(body: bytes) -> Any:
    """JSON as the standard has it: no ``NaN``, and no nesting deep enough to end the process."""
    if not body:
        return {}
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"Not JSON: {error}") from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
