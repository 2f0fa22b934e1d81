"""The bodies that ``POST shares`` takes: JSON, JSON called text, and forms."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType

if TYPE_CHECKING:
    from django.http import HttpRequest

JSON_TYPES = ("application/json", "text/plain")
"""The latter is what ``navigator.sendBeacon`` calls a string."""
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
REFUSALS = (BadRequest, MultiPartParserError, SuspiciousOperation, UnreadablePostError)
"""What Django raises where it reads no further, as with more fields than a site allows. Left alone,
most of it becomes a page in HTML, and a mail to the site's admins each time."""


class PayloadTooLarge(APIException):
    status_code = 413
    default_detail = "The body is too large."
    default_code = "too_large"


class LengthRequired(APIException):
    status_code = 411
    default_detail = "Say how long the body is: Content-Length is missing, so it can't be read."
    default_code = "length_required"


def read_body(request: HttpRequest, *, max_bytes: int) -> Any:
    """What the body says: any JSON value, or the fields of a form.

    :raises APIException: it is too large, of another type, or not what its type says.
    """
    is_form = request.content_type in FORM_TYPES
    length = _content_length(request)
    if length is None and (is_form or _is_hidden(request)):
        raise LengthRequired
    if length is not None and length > max_bytes:
        raise PayloadTooLarge
    try:
        if is_form:
            return request.POST
        if length is None:
            # Not all of it, whatever comes; and to be read again, as by a host's authentication.
            request._body = request.read(max_bytes + 1)
        body = request.body
    except RequestDataTooBig as error:
        raise PayloadTooLarge from error
    except REFUSALS as error:
        raise ParseError(str(error)) from error
    if len(body) > max_bytes:
        raise PayloadTooLarge
    if body and request.content_type not in JSON_TYPES:
        raise UnsupportedMediaType(request.content_type or "")
    return _read_json(body)


def _content_length(request: HttpRequest) -> int | None:
    """``None`` where it isn't said.

    :raises ParseError: it is said in other words than a number.
    """
    text: str = request.META.get("CONTENT_LENGTH") or ""
    # No longer than any body: Python reads thousands of digits slowly, or not at all.
    if not ((text.isascii() and text.isdigit() and len(text) < 20) or not text):
        raise ParseError("Content-Length is not a number.")
    return int(text) if text else None


def _is_hidden(request: HttpRequest) -> bool:
    """Whether a body comes in chunks, of which Django shows nothing under WSGI."""
    return "wsgi.input" in request.META and "HTTP_TRANSFER_ENCODING" in request.META


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
