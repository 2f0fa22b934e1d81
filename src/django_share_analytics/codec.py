"""An event as bytes, for queues, streams and files: one line of JSON.

Readers take what older versions wrote; a field is added, never renamed. A line says which version
of this format it takes to read it: none is 1, and what an old reader understands stays that. So a
share is version 1 whatever is added to it: readers pass over fields that they don't know, and what
is lost on them is less than the share. A :class:`.events.LinkEvent` is version 2, and an
:class:`.events.ImpressionEvent` version 3: readers from before these leave them waiting.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError

from django_share_analytics.events import Event, ImpressionEvent, LinkEvent, ShareEvent
from django_share_analytics.exceptions import NewerShare, UnreadableShare
from django_share_analytics.keys import app_key_field, parse_user_key
from django_share_analytics.steps import ROBOT, SEEN

if TYPE_CHECKING:
    from collections.abc import Callable

NO_SHARE = (
    AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValidationError, ValueError
)  # fmt: skip
"""What reading something else runs into; a key of another type is a ``ValidationError``."""

VERSION = 3
"""The newest that this reads."""
LINK_VERSION, IMPRESSION_VERSION = 2, 3
LINK, IMPRESSION = "link", "impression"
"""What a line of these versions says that it is."""
PLACE = ("using", "tenant", "database")
"""Where an event belongs: fields of each, left out where they are empty."""
KINDS = {*SEEN, ROBOT}
VISITORS = range(2**63)

_to_json = json.JSONEncoder(separators=(",", ":")).encode


def encode(event: Event) -> bytes:
    """``event`` as one line of ASCII, without the line's end."""
    if isinstance(event, ShareEvent):
        values = _of_share(event)
    elif isinstance(event, LinkEvent):
        values = _of_link(event)
    else:
        values = _of_impression(event)
    return _to_json(values).encode()


def decode(line: bytes) -> Event:
    """The event that :func:`encode` made ``line`` of.

    :raises UnreadableShare: it made no such line, or not all of it is there.
    :raises NewerShare: that of a newer version may have made it.
    """
    try:
        values: dict[str, Any] = json.loads(line)
        version = values.get("v", 1)
        if type(version) is not int or version < 1:
            raise ValueError
        if version > VERSION:
            raise NewerShare
        return _READERS[version](values)
    except NO_SHARE as error:
        raise UnreadableShare from error


def _of_share(event: ShareEvent) -> dict[str, Any]:
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
    if event.via is not None:
        values["via"] = event.via.hex
    if event.visitor is not None:
        values["visitor"] = event.visitor
    if event.placement:
        values["placement"] = event.placement
    return values


def _of_link(event: LinkEvent) -> dict[str, Any]:
    values = {
        "v": LINK_VERSION,
        "event": LINK,
        "id": event.id.hex,
        "share": event.share_id.hex,
        "kind": event.kind,
        "app": _plain(event.app_id),
        "at": event.timestamp.isoformat(),
    }
    if event.detail:
        values["detail"] = event.detail
    if event.visitor is not None:
        values["visitor"] = event.visitor
    if event.click_id is not None:
        values["click"] = event.click_id.hex
    if event.using:
        values["using"] = event.using
    if event.tenant:
        values["tenant"] = event.tenant
    if event.database:
        values["database"] = event.database
    return values


def _of_impression(event: ImpressionEvent) -> dict[str, Any]:
    values = {
        "v": IMPRESSION_VERSION,
        "event": IMPRESSION,
        "id": event.id.hex,
        "placements": event.placements,
        "weight": event.weight,
        "at": event.timestamp.isoformat(),
    }
    return values | {name: said for name in PLACE if (said := getattr(event, name))}


def _share(values: dict[str, Any]) -> ShareEvent:
    return ShareEvent(
        id=UUID(hex=values["id"]),
        app_id=app_key_field().to_python(values["app"]),
        platform=values["platform"],
        timestamp=datetime.fromisoformat(values["at"]),
        user_id=None if values["user"] is None else parse_user_key(values["user"]),
        session_id=values["session"],
        user_agent=values["agent"],
        referrer_url=values["referrer"],
        via=_id(values.get("via")),
        visitor=_visitor(values.get("visitor")),
        placement=_text(values.get("placement", "")),
        user_proof=_text(values.get("proof", "")),
        **_place(values),
    )


def _link(values: dict[str, Any]) -> LinkEvent:
    if values["event"] != LINK or values["kind"] not in KINDS:
        raise ValueError
    return LinkEvent(
        id=UUID(hex=values["id"]),
        share_id=UUID(hex=values["share"]),
        kind=values["kind"],
        app_id=app_key_field().to_python(values["app"]),
        timestamp=datetime.fromisoformat(values["at"]),
        detail=_text(values.get("detail", "")),
        visitor=_visitor(values.get("visitor")),
        click_id=_id(values.get("click")),
        **_place(values),
    )


def _impression(values: dict[str, Any]) -> ImpressionEvent:
    placements, weight = values["placements"], values["weight"]
    if values["event"] != IMPRESSION or type(weight) is not int or weight < 0:
        raise ValueError
    if not isinstance(placements, list):
        raise TypeError
    return ImpressionEvent(
        id=UUID(hex=values["id"]),
        placements=tuple(map(_text, placements)),
        weight=weight,
        timestamp=datetime.fromisoformat(values["at"]),
        **_place(values),
    )


_READERS: dict[int, Callable[[dict[str, Any]], Event]] = {
    1: _share,
    LINK_VERSION: _link,
    IMPRESSION_VERSION: _impression,
}


def _place(values: dict[str, Any]) -> dict[str, str]:
    return {name: _text(values.get(name, "")) for name in PLACE}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _id(value: Any) -> UUID | None:
    return None if value is None else UUID(hex=value)


def _visitor(value: Any) -> int | None:
    if value is None or (type(value) is int and value in VISITORS):
        return value
    raise ValueError


def _plain(key: Any) -> Any:
    return key if key is None or isinstance(key, int) else str(key)
