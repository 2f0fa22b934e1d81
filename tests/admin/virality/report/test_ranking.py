"""What a ranking says, and what it must not."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings

from django_share_analytics.admin.virality.report.days import first_numbers
from django_share_analytics.admin.virality.report.networks import count_networks
from django_share_analytics.admin.virality.report.ranking import (
    Ranked,
    build_ranking,
    leader_sentence,
)
from django_share_analytics.admin.virality.report.sentence import _part
from django_share_analytics.virality.cohort import cohort_of
from django_share_analytics.virality.results import NOTHING_KNOWN, Rate

AHEAD, BEHIND = Rate(0.062, 0.047, 0.081, 74), Rate(0.033, 0.02, 0.045, 39)


def ranked(*rates: Rate) -> list[Ranked]:
    return [Ranked(label=f"p{n}", rate=rate, cells=()) for n, rate in enumerate(rates)]


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ([BEHIND], "no other reaches that"),
        ([BEHIND, NOTHING_KNOWN], "of those that can be told"),
        ([BEHIND, Rate(None, None, 0.04, 2)], "no other reaches that"),
        ([BEHIND, Rate(None, None, 0.155, 19)], "\u2068p2\u2069 may be as good"),
        ([Rate(None, None, 0.155, 19)], "\u2068p1\u2069 may be as good"),
        ([Rate(0.05, 0.04, 0.07, 40), Rate(None, None, 0.155, 19)], "2 others may be as good"),
    ],
)
def test_leader_sentence__at_most_may_be_more(others: list[Rate], said: str) -> None:
    assert said in leader_sentence(ranked(AHEAD, *others))


def test_leader_sentence__where_others_are_left_out() -> None:
    assert "of those that can be told" in leader_sentence(ranked(AHEAD, BEHIND), is_all=False)


def test_build_ranking__nothing_drawn_has_no_scale() -> None:
    assert build_ranking(("What", "Rate"), ranked(NOTHING_KNOWN)).ticks == []
    assert build_ranking(("What", "Rate"), ranked(NOTHING_KNOWN, AHEAD)).ticks


def test_networks__of_one_name_are_added_up() -> None:
    (found,) = count_networks({"x": 10, "X": 3, "twitter": 5})
    assert (found.label, found.times) == ("X", "18")


@pytest.mark.parametrize(
    ("reproduction", "part"),
    [
        (Rate(0.09, 0.08, 0.1, 900), "a tenth"),
        (Rate(0.305, 0.29, 0.32, 900), "two fifths"),  # a share leads to 1.44 in all
        (Rate(0.4, 0.38, 0.42, 900), "two thirds"),
        (Rate(0.305, 0.2, 0.45, 900), ""),
        (Rate(1.2, 1.1, 1.3, 900), ""),
        (Rate(0.9, 0.8, 1.1, 900), ""),
        (NOTHING_KNOWN, ""),
    ],
)
def test_part__is_what_the_multiplier_says(reproduction: Rate, part: str) -> None:
    assert _part(reproduction) == part


@pytest.mark.parametrize(
    ("zone", "day", "first"),
    [
        ("Asia/Riyadh", date(2026, 3, 25), "April 2, 2026"),
        ("Europe/Berlin", date(2026, 3, 25), "April 3, 2026"),
    ],
)
def test_first_numbers__when_the_day_is_over(zone: str, day: date, first: str) -> None:
    """Where clocks are set forward meanwhile the last hour takes a day more."""
    with override_settings(TIME_ZONE=zone):
        now = datetime.combine(day, time(12), ZoneInfo(zone))
        cohort = cohort_of(start=day, end=day, now=now)
        assert first in first_numbers(cohort)
        said = {n: cohort_of(start=day, end=day, now=now + timedelta(days=n)) for n in (7, 8, 9)}
        told = min(n for n, each in said.items() if each.matured)
        assert first_numbers(cohort).count(str((day + timedelta(days=told)).day))


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
