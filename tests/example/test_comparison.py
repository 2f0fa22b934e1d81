from __future__ import annotations

from collections import Counter

import pytest

pytest.importorskip("httpx", reason="needs the dependency group 'example'")

from example_project.replay.comparison import SHOWN, TOTAL, Difference, differences, table
from example_project.replay.site import Shares

pytestmark = pytest.mark.once


def served(**by_platform: int) -> Shares:
    return Shares.of(Counter(by_platform))


def test_differences__equal() -> None:
    assert list(differences("a", Counter(facebook=2), served(facebook=2))) == []


def test_differences__a_platform_with_nothing_is_no_difference() -> None:
    assert list(differences("a", Counter(facebook=2, line=0), served(facebook=2, sms=0))) == []


def test_differences__missing_and_unexpected() -> None:
    found = list(differences("a", Counter(facebook=3, line=1), served(facebook=1, sms=2)))
    assert found == [
        Difference("a", TOTAL, 4, 3),
        Difference("a", "facebook", 3, 1),
        Difference("a", "line", 1, 0),
        Difference("a", "sms", 0, 2),
    ]


def test_differences__a_total_that_is_not_the_sum() -> None:
    assert list(differences("a", Counter(sms=2), Shares(3, Counter(sms=2)))) == [
        Difference("a", TOTAL, 2, 3)
    ]


def test_shares__added_since() -> None:
    before, after = served(facebook=1), served(facebook=4, sms=2)
    assert after - before == served(facebook=3, sms=2)


def test_table() -> None:
    assert table([Difference("a", TOTAL, 1200, 1199), Difference("item", "sms", 0, 12)]) == (
        "where  platform  expected  served  difference\n"
        "a      (total)      1,200   1,199          -1\n"
        "item   sms              0      12         +12"
    )


def test_table__many() -> None:
    lines = table([Difference("a", "sms", 1, 2)] * (SHOWN + 3)).splitlines()
    assert len(lines) == 1 + SHOWN + 1
    assert lines[-1] == "… and 3 more"
