"""A line of a CSV file as a share: what each column means, and what can be wrong with it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django_share_analytics.conf import get_settings
from django_share_analytics.counts.rollups import EPOCH
from django_share_analytics.counts.state import CLOCKS_MAY_DIFFER
from django_share_analytics.events import (
    MAX_PLACEMENT_LENGTH,
    MAX_SESSION_LENGTH,
    MAX_TEXT_LENGTH,
    ShareEvent,
    storable,
    utc_now,
)
from django_share_analytics.exceptions import InvalidShare
from django_share_analytics.files.cells import unescape_formula
from django_share_analytics.keys import parse_app_key, parse_user_key
from django_share_analytics.periods import FIRST_DAY
from django_share_analytics.platforms import MAX_NAME_LENGTH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

SHARE_COLUMNS = (
    "id", "appId", "platform", "userId", "sessionId", "timestamp", "userAgent", "referrerUrl",
    "placement",
)  # fmt: skip
REQUIRED = ("appId", "platform", "timestamp")
TEXTS = {
    "session_id": ("sessionId", MAX_SESSION_LENGTH),
    "user_agent": ("userAgent", MAX_TEXT_LENGTH),
    "referrer_url": ("referrerUrl", MAX_TEXT_LENGTH),
    "placement": ("placement", MAX_PLACEMENT_LENGTH),
}
"""In which column of a line each is, and how much of it is kept."""
UUID_VERSION = 7
"""That of an id that starts with a time; MariaDB refuses half of those of version 8."""


class BadLine(ValueError):  # noqa: N818 - names a thing, not an error
    """This line is no share; the message says why."""


class BadHeader(ValueError):  # noqa: N818
    """The columns of the file are not those of shares."""


@dataclass(frozen=True, slots=True)
class Layout:
    """In which column of a file each value stands."""

    places: Mapping[str, int]
    width: int
    ignored: tuple[str, ...]
    """Columns that mean nothing here."""

    @classmethod
    def of(
        cls,
        header: Sequence[str],
        names: Mapping[str, str] | None = None,
        columns: Sequence[str] = SHARE_COLUMNS,
        required: Sequence[str] = REQUIRED,
    ) -> Layout:
        """The layout that a header line describes: ``appId``, ``app_id`` and ``APP ID`` are one.

        ``names`` says what columns are called that have other names: ours → the file's.

        :raises BadHeader: a required column is missing, or one is there twice.
        """
        ours = {_plain(column): column for column in columns}
        ours |= {"app": "appId", "user": "userId"}
        ours |= {_plain(theirs): column for column, theirs in (names or {}).items()}
        places: dict[str, int] = {}
        ignored = []
        for place, title in enumerate(header):
            column = ours.get(_plain(title))
            if column is None or _plain((names or {}).get(column, title)) != _plain(title):
                ignored.append(title)
            elif column in places:
                raise BadHeader(f"The file has two columns for {column}.")
            else:
                places[column] = place
        if missing := [column for column in required if column not in places]:
            raise BadHeader(
                f"The file has no column {', '.join(missing)}. Its columns are: "
                f"{', '.join(header) or 'none'}."
            )
        return cls(places, len(header), tuple(ignored))

    def values(self, row: Sequence[str]) -> dict[str, str]:
        """The cells of a line by our names, as they were before they were escaped."""
        if len(row) != self.width:
            raise BadLine(f"has {len(row)} cells, where the header has {self.width}")
        return {column: unescape_formula(row[place]) for column, place in self.places.items()}


def _plain(title: str) -> str:
    return "".join(filter(str.isalnum, title)).lower()


class LineReader:
    """Makes events of lines.

    ``zone`` is that of times without an offset; ``namespace`` keeps lines without an id apart from
    the same lines of another source; ``any_platform`` takes platforms that the site doesn't have.
    """

    def __init__(
        self,
        layout: Layout,
        *,
        zone: tzinfo | None = None,
        namespace: str = "",
        any_platform: bool = False,
    ) -> None:
        self.layout = layout
        self.zone = zone
        self.namespace = namespace
        self.any_platform = any_platform
        self.latest = utc_now() + CLOCKS_MAY_DIFFER

    def event(self, row: Sequence[str]) -> ShareEvent:
        """The share of a line.

        :raises BadLine: it is none.
        """
        values = self.layout.values(row)
        facts = {
            "app_id": _app_key(values["appId"]),
            "platform": self._platform(values["platform"]),
            "timestamp": instant_in(values["timestamp"].strip(), self.zone, self.latest),
            "user_id": _user_key(values.get("userId", "")),
            **{name: values.get(column, "") for name, (column, _) in TEXTS.items()},
        }
        given = values.get("id", "").strip()
        id = uuid_in(given) if given else self._id_of(facts)  # of whole texts, not of cut ones
        facts |= {name: storable(facts[name], length) for name, (_, length) in TEXTS.items()}
        facts["referrer_url"] = facts["referrer_url"] or None
        return ShareEvent(id=id, **facts)

    def _platform(self, text: str) -> str:
        registered = get_settings().platforms.find(text)
        if registered is not None:
            return registered.name
        name = storable(text, MAX_NAME_LENGTH + 1).strip().lower()
        if not self.any_platform or not 0 < len(name) <= MAX_NAME_LENGTH:
            raise BadLine(f"{text[:60]!r} is not a platform of this site")
        return name

    def _id_of(self, facts: Mapping[str, Any]) -> UUID:
        """An id that the same line always gets, beside those of its time in the index."""
        # The column is younger than the ids of lines without one: an empty cell changes none.
        said = (value for name, value in facts.items() if value or name != "placement")
        text = json.dumps([self.namespace, *said], default=str)
        digest = hashlib.sha256(text.encode()).digest()
        milliseconds = (facts["timestamp"] - EPOCH) // timedelta(milliseconds=1)
        value = milliseconds << 80 | int.from_bytes(digest[:10], "big")
        value = value & ~(0xF << 76) | UUID_VERSION << 76
        return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def instant_in(text: str, zone: tzinfo | None, latest: datetime) -> datetime:
    """The time that a cell says, in UTC; one without an offset is of ``zone``.

    :raises BadLine: it says none, or one after ``latest``.
    """
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            if zone is None:
                raise BadLine("the time has no offset, and no --time-zone is given")
            at = at.replace(tzinfo=zone)
        at = at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        if isinstance(error, BadLine):
            raise
        raise BadLine(f"{text[:60]!r} is not a time as ISO 8601 writes it") from error
    if at > latest:
        raise BadLine("the time is in the future")
    if at.date() < FIRST_DAY:
        raise BadLine(f"the time is before {FIRST_DAY.year}")
    return at


@lru_cache(maxsize=10_000)
def _app_key(text: str) -> Any:
    try:
        return parse_app_key(text)
    except InvalidShare as error:
        raise BadLine(f"{text[:60]!r} is not the key of an app") from error


@lru_cache(maxsize=10_000)
def _user_key(text: str) -> Any:
    if not text:
        return None
    try:
        return parse_user_key(text)
    except InvalidShare as error:
        raise BadLine("the userId is not the key of a user") from error


def uuid_in(text: str) -> UUID:
    """:raises BadLine: it is none."""
    try:
        return UUID(text)
    except ValueError as error:
        raise BadLine(f"{text[:60]!r} is not an id: a UUID") from error
