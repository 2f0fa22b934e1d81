"""The sentences below the charts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from django_share_analytics.admin import words
from django_share_analytics.admin.statistics.report.changes import change_between
from django_share_analytics.admin.statistics.report.summaries import change_sentence
from django_share_analytics.stats.comparison import Comparison

UNTIL = "Compared up to the end of Feb. 28, 2026:"
ZONE = ZoneInfo("Asia/Riyadh")
MOMENT = datetime(2026, 2, 28, 21, tzinfo=UTC)


def comparison(before: int, now: int) -> Comparison:
    return Comparison(
        start=date(2026, 1, 30),
        end=date(2026, 2, 28),
        total=before,
        compared_total=now,
        compared_from=MOMENT,
        compared_until=MOMENT,
    )


@pytest.mark.parametrize(
    ("before", "now", "sentence"),
    [
        (0, 10, "There were none in the 30 days before."),
        (0, 0, "There were none in the 30 days before."),
        (10, 10, f"{UNTIL} 10, as many as in the 30 days before."),
        (1_100, 1_234, f"{UNTIL} 1,234, 12.2% more than in the 30 days before (1,100)."),
        (10, 0, f"{UNTIL} 0, 100.0% fewer than in the 30 days before (10)."),
        (1, 5_000, f"{UNTIL} 5,000, 499,900.0% more than in the 30 days before (1)."),
        (
            10**6,
            10**6 + 1,
            f"{UNTIL} 1,000,001, <0.1% more than in the 30 days before (1,000,000).",
        ),
    ],
)
def test_change_sentence(before: int, now: int, sentence: str) -> None:
    assert change_sentence(comparison(before, now), 30, ZONE) == sentence


@pytest.mark.parametrize(("days", "end"), [(1, "the day before"), (30, "in the 30 days before")])
def test_change_sentence__when_all_before_came_later(days: int, end: str) -> None:
    said = change_sentence(comparison(0, 10), days, ZONE, whole_before=93)
    assert said == f"{UNTIL} none {end}."


@pytest.mark.parametrize(
    ("language", "number", "per_cent"),
    [("en", "1,234,567", "12.5%"), ("de", "1.234.567", "12,5%")],
)
def test_words__in_a_language(language: str, number: str, per_cent: str) -> None:
    with translation.override(language):
        assert words.number(1_234_567) == number
        assert words.per_cent(0.125) == per_cent


@pytest.mark.parametrize(("count", "said"), [(0, "0 shares"), (1, "1 share"), (2, "2 shares")])
def test_words__count(count: int, said: Any) -> None:
    assert words.shares(count) == said


@pytest.mark.parametrize(
    ("before", "now", "end"),
    [
        (0, 1, "There were none the day before."),
        (4, 4, "4, as many as the day before."),
        (4, 5, "5, 25.0% more than the day before (4)."),
        (4, 3, "3, 25.0% fewer than the day before (4)."),
    ],
)
def test_change_sentence__of_a_single_day(before: int, now: int, end: str) -> None:
    assert change_sentence(comparison(before, now), 1, ZONE).endswith(end)


@pytest.mark.parametrize(
    ("instant", "said"),
    [
        (MOMENT, "the end of Feb. 28, 2026"),
        (datetime(2026, 3, 1, 11, tzinfo=UTC), "March 1, 2026, 2 p.m."),
    ],
)
def test_words__ending(instant: datetime, said: str) -> None:
    assert words.ending(instant, ZONE) == said


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (date(2026, 2, 1), date(2026, 2, 28), "Feb 1 \N{EN DASH} Feb 28"),
        (date(2026, 2, 28), date(2026, 2, 28), "Feb 28"),
        (date(2025, 12, 31), date(2026, 1, 1), "Dec 31, 2025 \N{EN DASH} Jan 1, 2026"),
        (date(2025, 12, 30), date(2025, 12, 31), "Dec 30, 2025 \N{EN DASH} Dec 31, 2025"),
    ],
)
def test_words__short_range(start: date, end: date, said: str) -> None:
    shown = words.short_range(start, end, today=date(2026, 3, 1))
    assert shown.replace("\N{NO-BREAK SPACE}", " ").replace("\N{WORD JOINER}", "") == said


def test_words__short_range__breaks_nowhere_but_between_two_years() -> None:
    today = date(2026, 3, 1)
    assert " " not in words.short_range(date(2026, 2, 1), date(2026, 2, 28), today)
    assert words.short_range(date(2025, 12, 31), date(2026, 1, 1), today).count(" ") == 1


def test_words__short_range__from_right_to_left() -> None:
    with translation.override("ar"):
        said = words.short_range(date(2026, 2, 1), date(2026, 2, 28), today=date(2026, 3, 1))
    assert (
        said == "\u20671/2\N{NO-BREAK SPACE}\N{EN DASH}\N{WORD JOINER}\N{NO-BREAK SPACE}28/2\u2069"
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Feb. 28, 2026, 9 p.m."),
        ("ar", "28 فبراير 2026، 9:00 م"),
        ("de", "28. Februar 2026 21:00"),
    ],
)
def test_words__day_and_clock(language: str, said: str) -> None:
    with translation.override(language):
        assert words.day_and_clock(datetime(2026, 2, 28, 21, tzinfo=UTC)) == said


@pytest.mark.parametrize(
    ("fraction", "said"),
    [(0.25, "+25.0%"), (-0.5, "\N{MINUS SIGN}50.0%"), (0, "0.0%"), (1e-9, "+<0.1%")],
)
def test_words__signed_per_cent(fraction: float, said: str) -> None:
    assert words.signed_per_cent(fraction) == said


@pytest.mark.parametrize(
    ("before", "after", "kind", "sign", "said"),
    [
        (0, 0, "none", "none", "none before either"),
        (0, 5, "new", "new", "none before"),
        (4, 4, "same", "0.0%", "as many as before (4)"),
        (1_000, 1_250, "more", "+25.0%", "more than 1,000"),
        (100, 999, "more", "+899.0%", "more than 100"),
        (100, 1_000, "more", "\N{MULTIPLICATION SIGN}10", "more than 100"),
        (1, 12_345, "more", "\N{MULTIPLICATION SIGN}12,345", "more than 1"),
        (4, 0, "fewer", "\N{MINUS SIGN}100.0%", "fewer than 4"),
    ],
)
def test_change__in_a_sign_and_in_words(
    before: int, after: int, kind: str, sign: str, said: str
) -> None:
    change = change_between(before, after)
    assert (change.kind, change.sign, change.words) == (kind, sign, said)


@pytest.mark.parametrize(
    ("before", "after", "whole_before", "kind", "said"),
    [
        (673, 717, 700, "more", "717 by 9 p.m., 673 before"),
        (717, 717, 717, "same", "717 by 9 p.m., 717 before"),
        (0, 10, 0, "new", "none before"),
        (0, 10, 93, "none", "10 by 9 p.m., none before by then"),
    ],
)
def test_change__up_to_an_hour(
    before: int, after: int, whole_before: int, kind: str, said: str
) -> None:
    change = change_between(before, after, until="by 9 p.m.", whole_before=whole_before)
    assert (change.kind, change.words) == (kind, said)


@pytest.mark.parametrize(
    ("instant", "said"),
    [
        (MOMENT, "to\N{NO-BREAK SPACE}Feb\N{NO-BREAK SPACE}28"),
        (datetime(2026, 3, 1, 18, tzinfo=UTC), "by\N{NO-BREAK SPACE}9\N{NO-BREAK SPACE}p.m."),
    ],
)
def test_words__short_ending(instant: datetime, said: str) -> None:
    assert words.short_ending(instant, ZONE) == said
