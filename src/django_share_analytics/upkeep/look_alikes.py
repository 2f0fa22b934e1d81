"""Shares that look alike: of one app on one day, by who shared and with what.

The rows themselves are read, with one query, and no more of them than :data:`MOST_SHARES`: nothing
is kept for a question that is asked when a number looks odd. They are counted here and not by the
database, as MariaDB takes texts for equal that are not.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django_share_analytics.models import Share

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from uuid import UUID

    from django_share_analytics.periods import DayRange

MOST_SHARES = 100_000
"""So many shares are looked at, the newest of the day."""
GROUPS = 10
"""So many of the largest groups are told apart."""
NOTICED_FROM = 50
"""Of fewer shares than that, more than half by one visitor mean nothing."""

VISITOR, NO_VISITOR, AGENT = "visitor", "no visitor", "agent"


class Mark(NamedTuple):
    """What shares have in common."""

    kind: str
    """:data:`VISITOR`; :data:`NO_VISITOR`: the user agent of shares of which no visitor is known;
    or :data:`AGENT`: the user agent, whoever shared."""
    value: Any

    @property
    def name(self) -> str:
        """The same in few characters, for an address: what is in it is a stranger's text."""
        return hashlib.sha256(f"{self.kind} {self.value}".encode()).hexdigest()[:16]


class Looked(NamedTuple):
    """What is read of a share."""

    id: UUID
    visitor: int | None
    user_agent: str
    platform: str
    timestamp: datetime

    @property
    def who(self) -> Mark | None:
        """``None``: nothing is kept that would tell."""
        if self.visitor is not None:
            return Mark(VISITOR, self.visitor)
        return Mark(NO_VISITOR, self.user_agent) if self.user_agent else None

    @property
    def agent(self) -> Mark | None:
        return Mark(AGENT, self.user_agent) if self.user_agent else None


class Asked(NamedTuple):
    """Which shares are looked at: those of an app and a day, as of an instant."""

    app: Any
    """The key of the app."""
    day: DayRange
    until: datetime
    """What was shared from then on is left out: it wasn't there to be looked at."""


@dataclass(slots=True)
class Alike:
    """A group of shares that have a mark in common."""

    mark: Mark
    n: int
    first: datetime
    last: datetime
    platforms: Counter[str] = field(default_factory=Counter)
    visitors: set[int] = field(default_factory=set)
    user_agents: set[str] = field(default_factory=set)

    def add(self, share: Looked) -> None:
        """Take in a share that is no newer than those before."""
        self.first = share.timestamp
        self.platforms[share.platform] += 1
        self.user_agents.add(share.user_agent)
        if share.visitor is not None:
            self.visitors.add(share.visitor)


@dataclass(frozen=True, slots=True)
class LookAlikes:
    """The groups of the shares that were looked at, the largest first."""

    asked: Asked
    n: int
    """How many shares were looked at."""
    has_more: bool
    """Whether there are older ones on that day, which were not."""
    unknown: int
    """Shares of which neither a visitor nor a user agent is kept: no group of their own."""
    by_visitor: list[Alike]
    """Where no visitor is known, by user agent."""
    by_agent: list[Alike]
    visitor_groups: int
    """How many groups of two or more there are in all."""
    agent_groups: int
    chosen: Alike | None
    """The group that was asked for by its name; ``None``: no share is of it."""

    @property
    def suspect(self) -> Alike | None:
        """The visitor with more than half of the shares; no one where there are few."""
        first = self.by_visitor[0] if self.by_visitor else None
        is_most = first and self.n >= NOTICED_FROM and 2 * first.n > self.n
        return first if is_most else None


def look_alikes(asked: Asked, name: str = "") -> LookAlikes:
    """What of these shares looks alike. One query, whatever there is.

    ``name``: that of a mark whose group is wanted, however small.
    """
    looked = list(_looked_at(asked, MOST_SHARES + 1))
    shares = looked[:MOST_SHARES]
    by_visitor = Counter(mark for share in shares if (mark := share.who))
    by_agent = Counter(mark for share in shares if (mark := share.agent))
    mark, chosen = _having(shares, name)
    return LookAlikes(
        asked,
        n=len(shares),
        has_more=len(looked) > MOST_SHARES,
        unknown=len(shares) - by_visitor.total(),
        by_visitor=_grouped(_largest(by_visitor), shares),
        by_agent=_grouped(_largest(by_agent), shares),
        visitor_groups=_groups(by_visitor),
        agent_groups=_groups(by_agent),
        chosen=_grouped({mark: len(chosen)}, chosen)[0] if mark else None,
    )


def having(asked: Asked, name: str, using: str) -> tuple[Mark | None, list[Looked]]:
    """The mark of this name, and the shares that have it, newest first: of those looked at."""
    return _having(list(_looked_at(asked, MOST_SHARES, using)), name)


def _having(shares: list[Looked], name: str) -> tuple[Mark | None, list[Looked]]:
    marks = {mark for share in shares for mark in (share.who, share.agent) if mark and name}
    mark = next((mark for mark in marks if mark.name == name), None)
    return mark, [share for share in shares if mark and mark in (share.who, share.agent)]


def _looked_at(asked: Asked, limit: int, using: str | None = None) -> Iterator[Looked]:
    lower, upper = asked.day.lower, asked.day.upper
    rows = Share.objects.using(using).for_app(asked.app).in_time()
    rows = rows.between(lower, max(lower, min(upper, asked.until)))
    texts: dict[str, str] = {}  # a text that comes a thousand times is kept once
    read = rows.values_list(*Looked._fields)[:limit]
    for id, visitor, agent, platform, timestamp in read.iterator():
        yield Looked(id, visitor, texts.setdefault(agent, agent), platform, timestamp)


def _largest(counts: Counter[Mark]) -> dict[Mark, int]:
    return {mark: n for mark, n in counts.most_common(GROUPS) if n > 1}


def _grouped(largest: Mapping[Mark, int], shares: Iterable[Looked]) -> list[Alike]:
    groups: dict[Mark, Alike] = {}
    for share in shares:
        for mark in (share.who, share.agent):
            if mark and mark in largest:
                at = share.timestamp
                groups.setdefault(mark, Alike(mark, largest[mark], at, at)).add(share)
    return [groups[mark] for mark in largest]


def _groups(counts: Counter[Mark]) -> int:
    return sum(n > 1 for n in counts.values())
