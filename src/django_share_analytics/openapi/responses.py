"""Answers that several calls have in common, and the headers of all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from django_share_analytics.openapi.documents import EMPTY_OBJECT, DetailDocument, ErrorsDocument

Responses = Mapping[Any, Any]
"""By status, or by status and media type."""


def detail_response(description: str) -> OpenApiResponse:
    """One that says why not."""
    return OpenApiResponse(DetailDocument, description)


WRONG = {400: OpenApiResponse(ErrorsDocument, "Something is wrong with a field or a parameter.")}
STRANGERS_STAY_OUT = {
    401: detail_response("Nobody is logged in, and the project says how to."),
    403: detail_response("Nobody is logged in, or somebody who may not see this."),
}
NOT_CHANGED = {304: OpenApiResponse(None, "The `ETag` is that of `If-None-Match`.")}
NOT_TAKEN: Responses = {
    411: detail_response("`Content-Length` is missing, so that the body can't be read."),
    413: detail_response("The body is too large."),
    415: detail_response("The body is of a type that is not taken."),
    429: detail_response("This client did too much at once. Send it again, with the same `id`."),
    503: detail_response("It can't be taken now. Send it again, with the same `id`."),
}
TAKEN = {202: OpenApiResponse(EMPTY_OBJECT, "Accepted.")}


def csv_file(description: str) -> Responses:
    """A file that is sent while it is written."""
    return {(200, "text/csv"): OpenApiResponse({"type": "string"}, description)}


def _header(
    name: str, statuses: tuple[int, ...], description: str, **schema: Any
) -> OpenApiParameter:
    return OpenApiParameter(
        name,
        {"type": "string", **schema},
        OpenApiParameter.HEADER,
        response=list(statuses),
        description=description,
        required=True,
    )


FILTERED = OpenApiParameter(
    "Share-Filtered",
    str,
    OpenApiParameter.HEADER,
    response=[202],
    description="It is known already that it will not be recorded, and why: `bot`, `cross_site`,"
    " `duplicate`, `unknown_app`, or a reason of the project's own.",
)
RETRY_AFTER = _header("Retry-After", (429, 503), "Seconds until then.", type="integer", minimum=0)


def _asking_header(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=description)


USER_AGENT = _asking_header("User-Agent", "The client's name. Robots are not counted.")
REFERRER = _asking_header("Referer", "The page; how much of it is kept, the project says.")
SAYS_NO = _asking_header("Sec-GPC", "`1`: nothing personal is kept. `DNT: 1` says the same.")
IF_NONE_MATCH = _asking_header("If-None-Match", "An `ETag` that was got before.")
TAKING = (USER_AGENT, FILTERED, RETRY_AFTER)
CACHING = (
    _header("ETag", (200, 304), "Of the counts."),
    _header("Cache-Control", (200, 304), "`public`, and how long the counts may still be kept."),
)
KEPT_BY_NOBODY = _header(
    "Cache-Control", (200, 400, 401, 403), "Always this.", enum=["private, no-store"]
)
FILE = (
    _header("Content-Disposition", (200,), "The file's name: with its days, and their zone."),
    _header("Share-Time-Zone", (200,), "The zone of the days and times in the file."),
)
COOKIE = OpenApiParameter(
    "Set-Cookie",
    str,
    OpenApiParameter.HEADER,
    response=[202],
    description="`share_link`: the code, with the setting `LINK_COOKIE_SECONDS`.",
)
