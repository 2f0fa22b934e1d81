from __future__ import annotations

from collections import Counter
from uuid import UUID

import pytest

pytest.importorskip("httpx", reason="needs the dependency group 'example'")

from example_project.replay import comparison
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


class CachingSite:
    """Serves a count from before the end for a while, as a worker with a warm cache does."""

    def __init__(self, *answers: Shares) -> None:
        self.answers = list(answers)

    def share_count(self, app_id: UUID) -> Shares:
        return self.answers.pop(0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Every pause takes no time, and is noted; the clock stands at 1,000 seconds."""
    pauses: list[float] = []
    monkeypatch.setattr(comparison.time, "sleep", pauses.append)
    monkeypatch.setattr(comparison.time, "monotonic", lambda: 1_000 + sum(pauses))
    return pauses


RIGHT, SETTLED = Counter(sms=2), 990.0


def test_counted_after__a_wrong_one_from_before_is_asked_for_again(clock: list[float]) -> None:
    old, fresh = Shares(1, Counter(sms=1), age=250), Shares(3, Counter(sms=3), age=0)
    site = CachingSite(old, fresh)
    assert comparison.counted_after(SETTLED, site, UUID(int=1), RIGHT) == fresh
    assert clock == [350]


def test_counted_after__a_wrong_one_from_after_is_wrong(clock: list[float]) -> None:
    wrong = Shares(1, Counter(sms=1), age=9)
    assert comparison.counted_after(SETTLED, CachingSite(wrong), UUID(int=1), RIGHT) == wrong
    assert clock == []


def test_counted_after__a_right_one_may_be_old(clock: list[float]) -> None:
    right = Shares(2, Counter(sms=2), age=500)
    assert comparison.counted_after(SETTLED, CachingSite(right), UUID(int=1), RIGHT) == right
    assert clock == []
