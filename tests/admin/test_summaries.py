"""The sentences below the charts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import translation

from django_share_analytics.admin import words
from django_share_analytics.admin.summaries import change_sentence
from django_share_analytics.series import Comparison

UNTIL = "Up to the last full hour that is"
MOMENT = datetime(2026, 3, 1, tzinfo=UTC)


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
    assert change_sentence(comparison(before, now), 30) == sentence


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
