"""What consumers of a stream write down beside it, for the status that any process tells.

A hash that expires. It is a courtesy: where Redis refuses it, for want of memory or of a
permission, shares go on as before.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django_share_analytics.events import MAX_TEXT_LENGTH, utc_now

if TYPE_CHECKING:
    from collections.abc import Sequence

KEEP_SECONDS = 24 * 60 * 60


def key_of(stream: str) -> str:
    return f"{stream}:consumers"


def note(pipeline: Any, stream: str, *, error: str = "") -> None:
    """Add to ``pipeline`` that shares were written just now, or, with an ``error``, not."""
    values = {"error": error[:MAX_TEXT_LENGTH]}
    if not error:
        values["written_at"] = utc_now().isoformat()
    pipeline.hset(key_of(stream), mapping=values)
    pipeline.expire(key_of(stream), KEEP_SECONDS)


def ask(pipeline: Any, stream: str) -> None:
    """Add to ``pipeline`` the question for which :func:`read` understands the answer."""
    pipeline.hmget(key_of(stream), "written_at", "error")


def read(answer: Sequence[bytes | None] | Exception) -> tuple[datetime | None, str]:
    """When shares were written last, and the error since then, as far as anybody wrote it down."""
    if isinstance(answer, Exception):
        return None, ""
    written_at, error = ((value or b"").decode(errors="replace") for value in answer)
    with suppress(ValueError):
        return datetime.fromisoformat(written_at), error
    return None, error


def replies(pipeline: Any, needed: int) -> list[Any]:
    """What Redis answers. Only errors among the first ``needed`` commands are raised."""
    answers: list[Any] = pipeline.execute(raise_on_error=False)
    for answer in answers[:needed]:
        if isinstance(answer, Exception):
            raise answer
    return answers
