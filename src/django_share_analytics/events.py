"""Shares, what is seen on their links, and of their buttons, on the way from a request to the
database.

Frozen values without a model.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_SESSION_LENGTH = 100
MAX_PLACEMENT_LENGTH = 50
MAX_TEXT_LENGTH = 500
"""Characters kept of a user agent and of a referrer."""


def new_id() -> UUID:
    """A fresh time-ordered UUID (version 7, RFC 9562 section 5.7).

    New shares are neighbours in the primary key's index, where random UUIDs would touch a page
    each. No time is ever read back from an id.
    """
    value = time.time_ns() // 1_000_000 << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


NO_IDS = frozenset({UUID(int=0), UUID(int=2**128 - 1)})
"""UUIDs that identify nothing (RFC 9562, sections 5.9 and 5.10): every client has the same."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def storable(text: str, length: int) -> str:
    """``text`` as every database takes it: no NUL, no lone surrogate, at most ``length`` long."""
    text = text[:length]
    if "\x00" in text:
        text = text.replace("\x00", "")
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return text


@dataclass(frozen=True, slots=True)
class ShareEvent:
    """A share that was accepted.

    ``app_id`` is the primary key of the shared object, in the type that its model uses;
    ``platform`` a registered name; ``timestamp`` the aware instant of acceptance. ``id`` is
    idempotency key and primary key: the same id counts once, however often it is submitted.
    """

    app_id: Any
    platform: str
    id: UUID = field(default_factory=new_id)
    timestamp: datetime = field(default_factory=utc_now)
    user_id: Any = None
    session_id: str = ""
    user_agent: str = ""
    referrer_url: str | None = None
    via: UUID | None = None
    """The share by whose link the sharer came to the app's page."""
    visitor: int | None = None
    """Who shares, as 63 bits that mean nothing after the day; ``None``: nobody can tell, and that
    equals nobody."""
    placement: str = ""
    """Which of a page's buttons it was, by a name of the setting ``PLACEMENTS``."""
    user_proof: str = ""
    """Where a session alone names the user: what the writer holds against them, before it takes
    its word. Empty: whoever made the event vouches."""
    using: str = ""
    """The alias of the database that it was accepted for; empty where there is but one."""
    tenant: str = ""
    """What the setting ``TENANT`` said when it was accepted."""
    database: str = field(default="", compare=False)
    """In tests alone, the name of the database that was then behind the alias: when they are over
    it is another's."""

    def __post_init__(self) -> None:
        if self.timestamp.tzinfo is None:
            raise ValueError("ShareEvent.timestamp must be an aware datetime.")


@dataclass(frozen=True, slots=True)
class LinkEvent:
    """Something that was seen on the link of a share, and accepted.

    ``kind`` is ``preview``, ``click``, ``visit`` or ``conversion``; ``app_id`` the key of the app
    whose page it was, and ``detail`` the network of a preview or of a visit's in-app browser, or
    the goal of a conversion.
    ``id`` says what happened and to whom: the same id counts once.
    """

    share_id: UUID
    kind: str
    app_id: Any
    id: UUID = field(default_factory=new_id)
    timestamp: datetime = field(default_factory=utc_now)
    detail: str = ""
    visitor: int | None = None
    """As that of a share: a step of the sharer's own is told by it."""
    click_id: UUID | None = None
    """Of a visit whose visitor is known, the id of the click that it brings along, if that was not
    seen: a page that a browser made ready in advance asks for its link before anybody clicks."""
    using: str = ""
    tenant: str = ""
    database: str = field(default="", compare=False)
    """Where it belongs, as of a share."""

    def __post_init__(self) -> None:
        if self.timestamp.tzinfo is None:
            raise ValueError("LinkEvent.timestamp must be an aware datetime.")


@dataclass(frozen=True, slots=True)
class ImpressionEvent:
    """Share buttons that came into sight on one page view of a sample, and were accepted.

    ``placements`` are names of the setting ``PLACEMENTS``, each once. The same ``id`` counts once.
    """

    placements: tuple[str, ...]
    weight: int
    """How many page views it stands for: the sample is one in so many. 0: a robot's."""
    id: UUID = field(default_factory=new_id)
    timestamp: datetime = field(default_factory=utc_now)
    using: str = ""
    tenant: str = ""
    database: str = field(default="", compare=False)
    """Where it belongs, as of a share."""

    def __post_init__(self) -> None:
        if self.timestamp.tzinfo is None:
            raise ValueError("ImpressionEvent.timestamp must be an aware datetime.")


Event = ShareEvent | LinkEvent | ImpressionEvent
"""What dispatchers carry: one batch may hold all."""
AnyEvent = TypeVar("AnyEvent", bound=Event)

BLANK: Mapping[str, Any] = {
    "user_id": None,
    "session_id": "",
    "user_agent": "",
    "referrer_url": None,
    "visitor": None,
}
"""What is personal in a share, as an attribute of its event and of its row, and how it is empty."""


def without_person(event: AnyEvent) -> AnyEvent:
    """``event`` with nothing in it that is somebody's. It counts as it did."""
    personal: Mapping[str, Any] = {}
    if isinstance(event, ShareEvent):
        personal = {**BLANK, "user_proof": ""}
    elif isinstance(event, LinkEvent):
        personal = {"visitor": None, "click_id": None}
    return replace(event, **personal)
