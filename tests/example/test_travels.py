from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from statistics import mean, median, variance
from zoneinfo import ZoneInfo

import pytest

from django_share_analytics.events import LinkEvent, ShareEvent
from example_project.demo import travels
from example_project.demo.simulation import Crowd, Item
from example_project.demo.travels import Travels

pytestmark = pytest.mark.once

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
CROWD = Crowd([Item(n, f"/apps/{n}/") for n in range(40)], [7, 8], ZoneInfo("Asia/Riyadh"))
R = travels.CLICKS * travels.SEEN * travels.SHARED_ON


@pytest.fixture(scope="module")
def seeds() -> list[ShareEvent]:
    return list(CROWD.shares(NOW - timedelta(days=14), NOW))


@pytest.fixture(scope="module")
def all_of_them(seeds: list[ShareEvent]) -> list[ShareEvent | LinkEvent]:
    return [event for seed in seeds for event in (seed, *Travels(CROWD).of(seed))]


def test_of__the_same_each_time(seeds: list[ShareEvent]) -> None:
    one, other = Travels(CROWD), Travels(CROWD)
    assert [list(one.of(seed)) for seed in seeds[:500]] == [
        list(other.of(seed)) for seed in seeds[:500]
    ]


def test_of__each_event_once(all_of_them: list[ShareEvent | LinkEvent]) -> None:
    assert len({event.id for event in all_of_them}) == len(all_of_them)


def test_of__children_of_a_share(all_of_them: list[ShareEvent | LinkEvent]) -> None:
    """R on average, and spread as the parameters say."""
    shares = [event for event in all_of_them if isinstance(event, ShareEvent)]
    children = Counter(share.via for share in shares)
    numbers = [children[share.id] for share in shares]
    assert mean(numbers) == pytest.approx(R, rel=0.1)
    assert variance(numbers) == pytest.approx(R + R * R / travels.SPREAD, rel=0.35)
    assert len(shares) == pytest.approx(children[None] / (1 - R), rel=0.1)


def test_of__steps_come_after_their_share(all_of_them: list[ShareEvent | LinkEvent]) -> None:
    when = {share.id: share for share in all_of_them if isinstance(share, ShareEvent)}
    delays = []
    for event in all_of_them:
        of = event.share_id if isinstance(event, LinkEvent) else event.via
        if of:
            share = when[of]
            assert share.timestamp < event.timestamp
            assert share.app_id == event.app_id
            if isinstance(event, LinkEvent) and event.kind == "click":
                delays.append(event.timestamp - share.timestamp)
    assert median(delays) == pytest.approx(travels.HALF_CLICK_WITHIN, rel=0.1)
    assert max(delays) <= travels.LONGEST


def test_of__each_step_is_rarer_than_the_one_before(
    all_of_them: list[ShareEvent | LinkEvent],
) -> None:
    kinds = Counter(event.kind for event in all_of_them if isinstance(event, LinkEvent))
    assert set(kinds) == {"preview", "click", "visit", "conversion"}
    assert kinds["visit"] / kinds["click"] == pytest.approx(travels.SEEN, abs=0.03)
    assert kinds["conversion"] / kinds["visit"] == pytest.approx(travels.CONVERTED, abs=0.02)
