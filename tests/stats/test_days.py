from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_share_analytics.stats.days import most_first, percentages

counts = st.dictionaries(st.text(max_size=3), st.integers(0, 10**12), max_size=12)


@pytest.mark.parametrize(
    ("given_counts", "places", "wanted"),
    [
        ({"a": 1, "b": 1, "c": 1}, 1, {"a": 33.4, "b": 33.3, "c": 33.3}),
        ({"a": 1, "b": 1, "c": 1}, 0, {"a": 34.0, "b": 33.0, "c": 33.0}),
        ({"a": 2, "b": 1}, 1, {"a": 66.7, "b": 33.3}),
        ({"a": 999_999, "b": 1}, 1, {"a": 100.0, "b": 0.0}),
        ({"a": 5, "b": 0}, 1, {"a": 100.0, "b": 0.0}),
        ({"a": 0}, 1, {"a": 0.0}),
        ({}, 1, {}),
    ],
)
def test_percentages(given_counts, places, wanted):
    assert percentages(given_counts, places) == wanted


@given(counts, st.integers(0, 2))
def test_percentages__add_up_to_100(given_counts, places):
    parts = percentages(given_counts, places)
    total = sum(given_counts.values())
    assert sum(Decimal(str(part)) for part in parts.values()) == (100 if total else 0)
    for name, n in given_counts.items():
        assert abs(parts[name] - (100 * n / total if total else 0)) <= 10**-places


@given(counts)
def test_percentages__keep_the_order(given_counts):
    ranked = sorted(given_counts, key=lambda name: -given_counts[name])
    parts = percentages({name: given_counts[name] for name in ranked})
    assert list(parts.values()) == sorted(parts.values(), reverse=True)


def test_most_first__sums_up_and_leaves_zeros_out():
    found = most_first([{"b": 1, "a": 1, "z": 0}, {"c": 5, "y": 2}, {"y": -2}])
    assert list(found.items()) == [("c", 5), ("a", 1), ("b", 1)]
