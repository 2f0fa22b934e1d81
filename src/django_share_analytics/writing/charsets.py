"""Texts that a database has no characters for, in those that every one has.

Whoever shares says what his session is called, with which browser, and from where: a table of three
bytes a character, or a database in Latin-1, must not make an operator's business of that.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django_share_analytics.events import MAX_SESSION_LENGTH, MAX_TEXT_LENGTH

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django_share_analytics.events import ShareEvent

    Spelling = Callable[[ShareEvent], ShareEvent]

FOUR_BYTES = re.compile("[\U00010000-\U0010ffff]")
NOT_ASCII = re.compile("[^\x00-\x7f]")
LENGTHS = {
    "app_id": None,
    "user_id": None,
    "session_id": MAX_SESSION_LENGTH,
    "user_agent": MAX_TEXT_LENGTH,
    "referrer_url": MAX_TEXT_LENGTH,
}
"""Where a stranger's text is, and how much of it is kept. A key that is spelt in another way is one
that nobody has: no app and no user can have it in such a database."""


def as_it_is(event: ShareEvent) -> ShareEvent:
    return event


def in_three_bytes(event: ShareEvent) -> ShareEvent:
    """Without emoji and their kind, which MySQL's ``utf8`` does not have."""
    return _spelt(event, FOUR_BYTES)


def in_ascii(event: ShareEvent) -> ShareEvent:
    return _spelt(event, NOT_ASCII)


def next_spelling(spelling: Spelling, events: Sequence[ShareEvent]) -> Spelling | None:
    """What to try where ``spelling`` was refused for these; ``None`` when texts are not the reason.

    One that needs no more than ASCII takes no letters from those beside it.
    """
    if spelling is as_it_is and any(in_three_bytes(event) is not event for event in events):
        return in_three_bytes
    is_alone = len(events) == 1 and spelling is not in_ascii
    return in_ascii if is_alone and in_ascii(events[0]) is not events[0] else None


def _spelt(event: ShareEvent, missing: re.Pattern[str]) -> ShareEvent:
    changed: dict[str, Any] = {}
    for name, length in LENGTHS.items():
        text = getattr(event, name)
        if isinstance(text, str) and missing.search(text):
            changed[name] = missing.sub(_escaped, text)[:length]
    return replace(event, **changed) if changed else event


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("ascii", "backslashreplace").decode()
