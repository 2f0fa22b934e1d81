"""What staff type of shares, as the database has it: it may lack characters for some of that."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django_share_analytics.events import ShareEvent
from django_share_analytics.models import Share
from django_share_analytics.sessions import kept_session
from django_share_analytics.sql.lookups import can_be_asked
from django_share_analytics.writing.charsets import as_it_is, in_ascii, in_three_bytes

NOBODYS = UUID(int=0)
"""Asked for along with the text: a look-up by key, whatever the text costs to find."""


def can_be_stored_text(field: str, value: Any, using: str) -> bool:
    """Whether the database can be asked for shares with this value. Without a query for ASCII."""
    if str(value).isascii():
        return True
    return can_be_asked(Share.objects.using(using).filter(pk=NOBODYS, **{field: value}))


def stored_sessions(text: str, using: str) -> list[str]:
    """What the shares of a session may have been stored with, in this database: as it was called,
    and what stands for that by now, as ``SESSION_ID`` may have been another then."""
    found = {text: None, kept_session(text): None}
    return [stored_session(each, using) for each in found if each]


def stored_session(text: str, using: str) -> str:
    """The spelling of a session id, or of what stands for it, in this database."""
    shares = (
        spell(ShareEvent(app_id=None, platform="", session_id=text))
        for spell in (as_it_is, in_three_bytes, in_ascii)
    )
    spellings = [share.session_id for share in shares]
    asked = (each for each in spellings if can_be_stored_text("session_id", each, using))
    return next(asked, spellings[-1])
