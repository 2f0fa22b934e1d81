"""A share event as bytes, for queues, streams and files: one line of JSON.

Readers take what older versions wrote; a field is added, never renamed.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from django_share_analytics.events import ShareEvent
from django_share_analytics.exceptions import UnreadableShare
from django_share_analytics.keys import app_key_field, parse_user_key

NO_SHARE = (
    AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValidationError, ValueError
)  # fmt: skip
"""What reading something else runs into; a key of another type is a ``ValidationError``."""


def encode(event: ShareEvent) -> bytes:
    """``event`` as one line of ASCII, without the line's end."""
    values = {
        "id": event.id.hex,
        "app": _plain(event.app_id),
        "platform": event.platform,
        "at": event.timestamp.isoformat(),
        "user": _plain(event.user_id),
        "session": event.session_id,
        "agent": event.user_agent,
        "referrer": event.referrer_url,
    }
    if event.using:
        values["using"] = event.using
    if event.tenant:
        values["tenant"] = event.tenant
    if event.user_proof:
        values["proof"] = event.user_proof
    if event.database:
        values["database"] = event.database
    return json.dumps(values, separators=(",", ":")).encode()


def decode(line: bytes) -> ShareEvent:
    """The event that :func:`encode` made ``line`` of.

    :raises UnreadableShare: it made no such line, or not all of it is there.
    """
    try:
        values: dict[str, Any] = json.loads(line)
        return ShareEvent(
            id=UUID(hex=values["id"]),
            app_id=app_key_field().to_python(values["app"]),
            platform=values["platform"],
            timestamp=datetime.fromisoformat(values["at"]),
            user_id=None if values["user"] is None else parse_user_key(values["user"]),
            session_id=values["session"],
            user_agent=values["agent"],
            referrer_url=values["referrer"],
            user_proof=_text(values.get("proof", "")),
            using=_text(values.get("using", "")),
            tenant=_text(values.get("tenant", "")),
            database=_text(values.get("database", "")),
        )
    except NO_SHARE as error:
        raise UnreadableShare from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _plain(key: Any) -> Any:
    return key if key is None or isinstance(key, int) else str(key)
