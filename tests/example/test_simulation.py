from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from example_project.demo.simulation import Crowd, Item

pytestmark = pytest.mark.once

RIYADH = ZoneInfo("Asia/Riyadh")
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
MONTH_AGO = NOW - timedelta(days=28)
ITEMS = [Item(number, f"/apps/{number}/") for number in range(40)]
CROWD = Crowd(ITEMS, [7, 8, 9], RIYADH)


@pytest.fixture(scope="module")
def month() -> list:
    return list(CROWD.shares(MONTH_AGO, NOW))


def test_shares__the_same_each_time(month: list) -> None:
    assert list(CROWD.shares(MONTH_AGO, NOW)) == month
    assert len({share.id for share in month}) == len(month)


def test_shares__within_the_time_asked_for(month: list) -> None:
    assert all(MONTH_AGO < share.timestamp <= NOW for share in month)


def test_shares__two_halves_are_the_whole() -> None:
    """Up to the shares of days that the growth makes a little larger when seen from later on."""
    noon = NOW - timedelta(days=1)
    whole = {share.id for share in CROWD.shares(NOW - timedelta(days=2), NOW)}
    first = {share.id for share in CROWD.shares(NOW - timedelta(days=2), noon)}
    second = {share.id for share in CROWD.shares(noon, NOW)}
    assert not first & second
    assert whole <= first | second
    assert len(first | second) < 1.02 * len(whole)


def test_shares__heavy_tail(month: list) -> None:
    ranked = [n for _, n in Counter(share.app_id for share in month).most_common()]
    assert len(ranked) == len(ITEMS)
    assert ranked[0] > 10 * ranked[len(ranked) // 2]


def test_shares__daily_rhythm(month: list) -> None:
    hours = Counter(share.timestamp.astimezone(RIYADH).hour for share in month)
    assert hours[21] > 5 * hours[3]


def test_shares__weekly_rhythm(month: list) -> None:
    days = Counter(share.timestamp.astimezone(RIYADH).strftime("%A") for share in month)
    assert days["Friday"] > 1.2 * days["Tuesday"]


def test_shares__growth(month: list) -> None:
    middle = NOW - timedelta(days=14)
    assert sum(s.timestamp > middle for s in month) > 1.05 * sum(
        s.timestamp <= middle for s in month
    )


def test_shares__some_by_people_with_an_account(month: list) -> None:
    users = Counter(share.user_id for share in month)
    assert set(users) == {None, 7, 8, 9}
    assert 0.8 < users[None] / len(month) < 0.95
