"""Somebody asks what is stored about them, or that it be forgotten.

A person is a user, or a session. Of a visitor's number nobody can tell whose it was: what it was
made with is gone the day after.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypedDict, cast

from django.db import router
from django.db.models import Count, Model

from django_share_analytics.conf import get_settings
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.events import ShareEvent
from django_share_analytics.keys import parse_user_key
from django_share_analytics.models import LinkStep, Share
from django_share_analytics.sql.statements import chunks
from django_share_analytics.sql.transactions import in_transaction
from django_share_analytics.stats.stored_texts import stored_sessions
from django_share_analytics.upkeep.blanking import blank_rows
from django_share_analytics.upkeep.leftovers import blank_payload, set_aside_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from uuid import UUID

    from django_share_analytics.events import Event
    from django_share_analytics.keys import UserOrKey
    from django_share_analytics.models import SetAside

    Progress = Callable[[int, int], None]
    """Called with the shares done and all that there are to do."""

FLUSH_SECONDS = 10.0
KEYS_WIDTH = 30
"""A thousand shares at a time."""
EXPORTED = {
    "id": "id",
    "appId": "app_id",
    "platform": "platform",
    "timestamp": "timestamp",
    "userId": "user_id",
    "sessionId": "session_id",
    "userAgent": "user_agent",
    "referrerUrl": "referrer_url",
    "visitor": "visitor",
    "placement": "placement",
}
"""What is stored of a share, by the names that calls and files have for it."""


class ExportedShare(TypedDict):
    """What is stored of one share, as it goes into JSON."""

    id: str
    appId: int | str
    platform: str
    timestamp: str
    """ISO 8601."""
    userId: int | str | None
    sessionId: str
    userAgent: str
    referrerUrl: str | None
    visitor: int | None
    placement: str
    steps: dict[str, int]
    """How often what became of it."""


class PersonExport(TypedDict):
    """All that is stored of somebody."""

    userId: int | str | None
    sessionId: str
    shares: list[ExportedShare]
    """The oldest first."""
    setAside: list[str]
    """What of theirs could not be stored, as it lies there."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom it is about: one of both."""

    user_id: Any = None
    session: str = ""
    sessions: frozenset[str] = frozenset()
    """All that it may have been stored as."""

    def shares(self, using: str) -> Any:
        rows = Share.objects.using(using).order_by("timestamp", "id")
        if self.user_id is not None:
            return rows.filter(user=self.user_id)
        return rows.filter(session_id__in=self.sessions)

    def is_who_shares(self, user_id: Any, session: Any) -> bool:
        """Some databases find a session by one that is spelt alike: that is somebody else's."""
        if self.user_id is not None:
            return bool(user_id == self.user_id)
        return session in self.sessions


@dataclass(frozen=True, slots=True)
class Erased:
    """What was done, and what could not be."""

    shares: int
    """Rows that had something personal in them."""
    set_aside: int
    """The same, of what could not be stored."""
    unreadable: int
    """Rows that were set aside of which nobody can tell whose they are."""
    waiting: int | None
    """Shares, whosever, that were accepted and are not written yet, as far as this process can see:
    there may be some of theirs among them. ``None``: that can't be known."""


def erase_person(
    *, user: UserOrKey | None = None, session: str = "", progress: Progress | None = None
) -> Erased:
    """Forget somebody: in all their shares user, session, agent, referrer and visitor are emptied,
    also in what is set aside. Rows and counts stay.

    ``user`` is a user or the key of one; ``session`` a session id. What waits in this process is
    written first. What waits elsewhere is not reached: run it again when that is written, which
    changes nothing else. Safe to interrupt and to run again.

    ``progress`` is called with the shares dealt with, and how many there are.

    :raises ValueError: not one of both is given, or the key is none.
    """
    using = router.db_for_write(Share)
    person = _person(user, session, using)
    dispatchers.flush(FLUSH_SECONDS)
    emptied = 0
    for keys in _some_at_a_time(person, using, progress):
        emptied += in_transaction(using, partial(blank_rows, keys, using))
    set_aside = unreadable = 0
    for row, event in set_aside_rows():
        if event is None:
            gone = _is_named_in(row, person) and bool(row.delete()[0])
            set_aside, unreadable = set_aside + gone, unreadable + (not gone)
        elif _is_by(event, person):
            set_aside += blank_payload(row, event)
    return Erased(emptied, set_aside, unreadable, _waiting())


def export_person(
    *, user: UserOrKey | None = None, session: str = "", progress: Progress | None = None
) -> PersonExport:
    """Everything that is stored about somebody, ready for JSON.

    ``shares`` has all of theirs, the oldest first, each with how often what became of it, and
    ``setAside`` what of theirs could not be stored, as it lies there. Texts are as they are stored.
    ``progress`` is called with the shares read, and how many there are.

    :raises ValueError: not one of both is given, or the key is none.
    """
    using = router.db_for_read(Share)
    person = _person(user, session, using)
    return {
        "userId": _plain(person.user_id),
        "sessionId": person.session,
        "shares": list(_exported(person, using, progress)),
        "setAside": [
            row.payload
            for row, event in set_aside_rows()
            if (_is_named_in(row, person) if event is None else _is_by(event, person))
        ],
    }


def _person(user: UserOrKey | None, session: str, using: str) -> Person:
    if (user is None) == (not session):
        raise ValueError("Say whom it is about: user=… or session=….")
    if session:
        return Person(None, session, frozenset({session, *stored_sessions(session, using)}))
    if isinstance(user, Model) and user.pk is None:
        raise ValueError("This user is not stored.")
    return Person(parse_user_key(user.pk if isinstance(user, Model) else user))


def _keys_of(person: Person, using: str) -> list[UUID]:
    rows = person.shares(using).values_list("pk", "user_id", "session_id")
    return [pk for pk, *who in rows.iterator() if person.is_who_shares(*who)]


def _some_at_a_time(
    person: Person, using: str, progress: Progress | None
) -> Iterator[Sequence[UUID]]:
    """The keys of theirs. ``progress`` hears of those that were dealt with."""
    done, found = 0, _keys_of(person, using)
    for keys in chunks(found, KEYS_WIDTH):
        yield keys
        done += len(keys)
        if progress:
            progress(done, len(found))


def _exported(person: Person, using: str, progress: Progress | None) -> Iterator[ExportedShare]:
    for keys in _some_at_a_time(person, using, progress):
        rows = Share.objects.using(using).filter(pk__in=keys).order_by("timestamp", "id")
        steps: defaultdict[UUID, dict[str, int]] = defaultdict(dict)
        counted = LinkStep.objects.using(using).filter(share__in=keys).order_by("kind")
        for share, kind, n in counted.values_list("share", "kind").annotate(n=Count("pk")):
            steps[share][kind] = n
        for share, *values in rows.values_list("pk", *EXPORTED.values()):
            named = zip(EXPORTED, map(_plain, values), strict=True)
            yield cast("ExportedShare", {**dict(named), "steps": steps.get(share, {})})


def _is_by(event: Event, person: Person) -> bool:
    if not isinstance(event, ShareEvent):
        return False
    return person.is_who_shares(event.user_id, event.session_id)


def _is_named_in(row: SetAside, person: Person) -> bool:
    """Whether what is no share, but was meant as one, says that it is theirs."""
    try:
        said = json.loads(row.payload)
        who = str(said["user"]), said["session"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
    return person.session == who[1] if person.session else str(person.user_id) == who[0]


def _waiting() -> int | None:
    try:
        waiting = [dispatchers.status_of(alias).waiting for alias in get_settings().dispatchers]
    except Exception:  # whatever a broker's client raises: then nobody knows
        return None
    return None if None in waiting else sum(filter(None, waiting))


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, int | str):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
