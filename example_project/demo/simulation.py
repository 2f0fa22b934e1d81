"""Made-up sharing that looks like the real thing, and is the same each time.

Each day is drawn on its own, visit by visit, from a random sequence that only the day decides. A
share's id follows from its day and its number in the day: however often, and whenever, a day is
simulated, its shares are the same ones.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from django_share_analytics.events import ShareEvent
from django_share_analytics.periods import DayRange, local_day

from .visitors import PLACEMENTS, PLATFORMS, REFERRERS, USER_AGENTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import tzinfo

NAMESPACE = UUID("0d3c51be-2e0f-5c1b-9d0a-6b5f3a7c1e42")
DAYS = 90
VISITS_A_DAY = 300
"""On an ordinary day at the end; a visit is 1.4 shares on average. These are the seeds: what they
lead to is in :mod:`.travels`."""

# Quiet nights, lunch, and the long evening; the week starts on Monday, and the weekend is Friday
# and Saturday.
HOURS = dict(
    enumerate((3, 2, 1, 1, 2, 3, 4, 5, 5, 5, 6, 6, 8, 7, 5, 5, 6, 7, 8, 10, 12, 13, 10, 6))
)
WEEKDAYS = (0.9, 0.9, 0.95, 1.1, 1.35, 1.25, 0.95)
SHARES_A_VISIT = {1: 72, 2: 18, 3: 8, 4: 2}
LOGGED_IN = 0.12
"""The part of visits by somebody with an account."""
TAIL = 1.05
"""How steeply popularity falls with rank: the first app gets about a quarter of all shares."""
IN_THE_NEWS = 5
"""How much more the app of the day is shared than usual."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something that can be shared: its key, and its page's path."""

    key: Any
    path: str


class Crowd:
    """Visitors, some of them ``users``, who share ``items``, the first of them most."""

    def __init__(self, items: Sequence[Item], users: Sequence[Any], zone: tzinfo) -> None:
        self.items = items
        self.users = users
        self.zone = zone
        self._popularity = [1 / rank**TAIL for rank in range(1, len(items) + 1)]

    def shares(self, start: datetime, end: datetime) -> Iterator[ShareEvent]:
        """The shares after ``start`` up to ``end``, day by day."""
        last = local_day(end, self.zone)
        for day in DayRange(local_day(start, self.zone), last, self.zone):
            visits = round(VISITS_A_DAY * WEEKDAYS[day.weekday()] * _growth((last - day).days))
            yield from (share for share in self._day(day, visits) if start < share.timestamp <= end)

    def _day(self, day: date, visits: int) -> Iterator[ShareEvent]:
        draw = random.Random(f"sharing on {day.isoformat()}")
        weights = list(self._popularity)
        weights[draw.randrange(len(weights))] *= IN_THE_NEWS
        by_popularity = list(accumulate(weights))
        midnight = DayRange(day, day, self.zone).lower
        number = 0
        for _ in range(visits * draw.randrange(90, 111) // 100):
            for share in self._visit(draw, midnight, by_popularity):
                yield ShareEvent(id=uuid5(NAMESPACE, f"{day.isoformat()} {number}"), **share)
                number += 1

    def _visit(
        self, draw: random.Random, midnight: datetime, by_popularity: list[float]
    ) -> Iterator[dict[str, Any]]:
        """Somebody who comes by, and shares an app or a few within some minutes."""
        instant = midnight + timedelta(hours=_pick(draw, HOURS), seconds=draw.uniform(0, 3600))
        visitor = self.visitor(draw)
        for _ in range(_pick(draw, SHARES_A_VISIT)):
            (item,) = draw.choices(self.items, cum_weights=by_popularity)
            yield {
                "app_id": item.key,
                "timestamp": instant,
                "referrer_url": _pick(draw, REFERRERS).format(path=item.path),
                **self.tap(draw),
                **visitor,
            }
            instant += timedelta(seconds=draw.expovariate(1 / 90))

    def visitor(self, draw: random.Random) -> dict[str, Any]:
        """Somebody, and what they share with."""
        return {
            "session_id": f"{draw.getrandbits(80):020x}",
            "user_agent": _pick(draw, USER_AGENTS),
            "user_id": draw.choice(self.users) if draw.random() < LOGGED_IN else None,
        }

    def tap(self, draw: random.Random) -> dict[str, Any]:
        """The button that somebody taps."""
        return {"platform": _pick(draw, PLATFORMS), "placement": _pick(draw, PLACEMENTS)}


def _growth(days_ago: int) -> float:
    """Half as much sharing 90 days ago as now."""
    return max(0.5, 1 - 0.5 * days_ago / DAYS)


def _pick(draw: random.Random, weights: Mapping[Any, float]) -> Any:
    """One of the keys, by weight."""
    (picked,) = draw.choices(list(weights), weights=list(weights.values()))
    return picked
