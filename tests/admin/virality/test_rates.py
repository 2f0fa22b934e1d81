"""Rates in words."""

from __future__ import annotations

import pytest

from django_share_analytics.admin.charts import interval_scale
from django_share_analytics.admin.virality.durations import span_of
from django_share_analytics.admin.virality.rates import RateText, rate_text
from django_share_analytics.virality.results import NOTHING_KNOWN, Rate


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (NOTHING_KNOWN, RateText("", "")),
        (Rate(None, None, 0.0123, 3), RateText("at most 0.0123", "")),
        (Rate(0.8, 0.75, 0.86, 900), RateText("0.80", "0.75 to 0.86")),
        (Rate(1.5, 1.0, 2.5, 90), RateText("1.50", "1.00 to 2.50")),
        (Rate(30.0, 29.62, 30.41, 9_000), RateText("30.0", "29.6 to 30.4")),
        (Rate(1234.5, 1000.0, 1500.0, 90), RateText("1,234", "1,000 to 1,500")),
    ],
)
def test_rate_text(rate: Rate, text: RateText) -> None:
    assert rate_text(rate) == text


@pytest.mark.parametrize(
    ("rate", "decimals", "text"),
    [
        (Rate(None, None, 0.149, 3), 1, RateText("at most 0.2", "")),
        (Rate(None, None, 1.49, 3), 0, RateText("at most 2", "")),
        (Rate(None, None, 0.3, 3), 1, RateText("at most 0.3", "")),
        (Rate(0.14, 0.06, 0.249, 30), 1, RateText("0.140", "0.060 to 0.249")),
        (Rate(0.5, 0.3, 0.7, 30), 1, RateText("0.5", "0.3 to 0.7")),
    ],
)
def test_rate_text__beside_others(rate: Rate, decimals: int, text: RateText) -> None:
    """With as many decimals as they have: no "at most" becomes less, no interval is lost."""
    assert rate_text(rate, decimals=decimals) == text


def test_rate_text__of_a_part() -> None:
    assert rate_text(Rate(0.34, 0.31, 0.37, 420), is_part=True) == RateText("34%", "31% to 37%")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(5, "1 min"), (5_400, "1.5 h"), (86_400, "24 h"), (172_800, "2 days"), (2_592_000, "30 days")],
)
def test_span_of(seconds: float, said: str) -> None:
    assert span_of(seconds) == said


def test_interval_scale__is_round_and_holds_all_but_giants() -> None:
    scale = interval_scale([(0.8, 0.92), (0.9, 1.1), (None, 0.13), (None, None)])
    assert scale.ticks == [(0.0, "0%"), (0.5, "33.33%"), (1.0, "66.67%"), (1.5, "100%")]
    assert scale.mark(0.75, 0.3, 1.5).dot == "50%"
    bound = scale.mark(None, None, 0.15)
    assert (bound.start, bound.end, bound.dot) == ("0%", "10%", "")
    assert interval_scale([(1.0, 90.0)]).top == 3.0
    assert interval_scale([]).mark(None, None, None).end == "0%"
