"""What a ranking says, and what it must not."""

from __future__ import annotations

import pytest

from django_share_analytics.admin.virality.report.ranking import (
    Ranked,
    build_ranking,
    leader_sentence,
)
from django_share_analytics.virality.results import NOTHING_KNOWN, Rate

AHEAD, BEHIND = Rate(0.062, 0.047, 0.081, 74), Rate(0.033, 0.02, 0.045, 39)


def ranked(*rates: Rate) -> list[Ranked]:
    return [Ranked(label=f"p{n}", rate=rate, cells=()) for n, rate in enumerate(rates)]


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ([BEHIND, NOTHING_KNOWN], "no other reaches that"),
        ([BEHIND, Rate(None, None, 0.04, 2)], "no other reaches that"),
        ([BEHIND, Rate(None, None, 0.155, 19)], "\u2068p2\u2069 may be as good"),
        ([Rate(None, None, 0.155, 19)], "\u2068p1\u2069 may be as good"),
    ],
)
def test_leader_sentence__at_most_may_be_more(others: list[Rate], said: str) -> None:
    assert said in leader_sentence(ranked(AHEAD, *others))


@pytest.mark.parametrize(
    ("highest", "labels", "is_dense"),
    [
        (1.2, "0 0.5 1.0 1.5", False),
        (1.7, "0 0.5 1.0 1.5 2.0", True),
        (4, "0 1 2 3 4", False),
        (55, "0 20 40 60", False),
        (0.013, "0 0.005 0.010 0.015", True),
    ],
)
def test_build_ranking__says_which_scales_are_dense(
    highest: float, labels: str, is_dense: bool
) -> None:
    ranking = build_ranking(("What", "Rate"), ranked(Rate(highest / 2, 0, highest, 90)))
    assert " ".join(label for label, *_ in ranking.ticks) == labels
    assert ranking.is_dense is is_dense


def test_build_ranking__no_rate_is_rounded_away() -> None:
    rows = build_ranking(
        ("What", "Rate"), ranked(Rate(3.1, 2.8, 3.4, 900), Rate(None, None, 0.0117, 5))
    ).rows
    assert [row.rate.value for row in rows] == ["3.1", "at most 0.0117"]
