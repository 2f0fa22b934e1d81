"""Texts that a database has no characters for, in those that every one has.

Whoever shares says what his session is called, with which browser, and from where: a table of three
bytes a character, or a database in Latin-1, must not make an operator's business of that.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django_share_analytics.events import (
    MAX_PLACEMENT_LENGTH,
    MAX_SESSION_LENGTH,
    MAX_TEXT_LENGTH,
)
from django_share_analytics.steps import MAX_DETAIL_LENGTH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from django_share_analytics.events import Event
    from django_share_analytics.places import EventT

    Spelling = Callable[[Event], Event]

FOUR_BYTES = re.compile("[\U00010000-\U0010ffff]")
NOT_ASCII = re.compile("[^\x00-\x7f]")
LENGTHS = {
    "app_id": None,
    "user_id": None,
    "session_id": MAX_SESSION_LENGTH,
    "user_agent": MAX_TEXT_LENGTH,
    "referrer_url": MAX_TEXT_LENGTH,
    "placement": MAX_PLACEMENT_LENGTH,
    "detail": MAX_DETAIL_LENGTH,
}
"""Where a stranger's text is, or a host's, and how much of it is kept."""
KEYS = {"app_id", "user_id"}
"""Of these, what a host has given. Where the database has no characters for one, no app and no user
has it: spelt in another way it is one that nobody has."""


def as_it_is(event: EventT) -> EventT:
    return event


def in_three_bytes(event: EventT) -> EventT:
    """Without emoji and their kind, which MySQL's ``utf8`` does not have."""
    return _spelt(event, FOUR_BYTES)


def in_ascii(event: EventT) -> EventT:
    """Without what a database in Latin-1 may not have. It may well have the keys."""
    return _spelt(event, NOT_ASCII, LENGTHS.keys() - KEYS)


def all_in_ascii(event: EventT) -> EventT:
    return _spelt(event, NOT_ASCII)


def next_spelling(spelling: Spelling, events: Sequence[Event]) -> Spelling | None:
    """What to try where ``spelling`` was refused for these; ``None`` when texts are not the reason.

    One that needs no more than ASCII takes no letters from those beside it.
    """
    if spelling is as_it_is and any(in_three_bytes(event) is not event for event in events):
        return in_three_bytes
    if len(events) > 1:
        return None
    plainer = (in_ascii, all_in_ascii)
    for other in plainer[plainer.index(spelling) + 1 :] if spelling in plainer else plainer:
        if other(events[0]) != events[0]:
            return other
    return None


def _spelt(
    event: EventT, missing: re.Pattern[str], names: Iterable[str] = tuple(LENGTHS)
) -> EventT:
    changed: dict[str, Any] = {}
    for name in names:
        text, length = getattr(event, name, None), LENGTHS[name]
        if isinstance(text, str) and missing.search(text):
            changed[name] = missing.sub(_escaped, text)[:length]
    return replace(event, **changed) if changed else event


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("ascii", "backslashreplace").decode()
