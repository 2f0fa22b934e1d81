"""CSV files as answers that are sent while they are written, under WSGI and ASGI alike."""

from __future__ import annotations

import logging
from itertools import chain
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from django_share_analytics.conf import reporting_zone
from django_share_analytics.events import utc_now
from django_share_analytics.periods import local_day
from django_share_analytics.wording import traced

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from datetime import date

    from django.http import HttpRequest

logger = logging.getLogger(__name__)

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes UTF-8 for the code page of the country."""
INCOMPLETE = "\r\nERROR: this file is incomplete. Something failed while it was written.\r\n"
"""The last line of a file that broke off. The connection breaks off after it, too, but not every
proxy passes that on."""


def csv_response(
    request: HttpRequest, chunks: Iterator[str], *, filename: str, for_spreadsheet: bool = False
) -> StreamingHttpResponse:
    """``chunks`` as a file to download. The first is made at once, so that what fails at the start
    is an error like any other.

    ``for_spreadsheet`` puts a byte order mark in front, which people's programs need and others
    stumble over.
    """
    if request.method == "HEAD":
        chunks = iter(())
    first = next(chunks, "")
    start = BYTE_ORDER_MARK + first if for_spreadsheet else first
    body = _to_the_end(start, chunks)
    # Under ASGI, Django would read a plain iterator into a list before it sends anything.
    is_async = isinstance(request, ASGIRequest)
    response = StreamingHttpResponse(
        _in_a_thread(body) if is_async else body, content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = content_disposition_header(True, filename)
    response["Cache-Control"] = "private, no-store"
    response["Share-Time-Zone"] = str(reporting_zone())
    return response


def csv_filename(name: str, start: date | None, end: date | None) -> str:
    """``shares_2026-03-10_2026-03-11_Asia-Riyadh.csv``: what, of which days, and of which zone."""
    zone = reporting_zone()
    last = (end or local_day(utc_now(), zone)).isoformat()
    days = f"{start.isoformat()}_{last}" if start else f"until_{last}"
    return f"{name}_{days}_{str(zone).replace('/', '-')}.csv"


def _to_the_end(start: str, chunks: Iterator[str]) -> Iterator[bytes]:
    try:
        for chunk in chain([start], chunks):
            # What a host's names are made of is not ours to know: nothing is worth failing for.
            yield chunk.encode("utf-8", "backslashreplace")
    except Exception as error:
        logger.error("A download broke off: %s", traced(error))
        yield INCOMPLETE.encode()
        # The server can't take back its 200, but it closes a connection that it has not finished.
        raise


async def _in_a_thread(body: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each chunk is made in the request's own thread, whose database connection Django closes."""
    next_chunk = sync_to_async(_next)
    while (chunk := await next_chunk(body)) is not None:
        yield chunk


def _next(body: Iterator[bytes]) -> bytes | None:
    return next(body, None)  # StopIteration can't leave a coroutine
