"""Rates and their intervals, held against scipy, numpy and what is known without them."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from django_share_analytics.virality.distributions import (
    poisson_upper,
    t_quantile,
    t_tail,
    wilson,
)
from django_share_analytics.virality.intervals import (
    cycle_time,
    differ,
    holm,
    rate,
    rate_of_shares,
)
from django_share_analytics.virality.results import Rate

pytestmark = pytest.mark.once

DICE = np.random.default_rng(12)
FEW, MORE, MANY = (DICE.poisson(mean, 90).tolist() for mean in (3, 6, 40))


# Distributions


@pytest.mark.parametrize("degrees", [1, 1.01, 1.7, 2.5, 4, 9.9, 10, 11.3, 30, 88.4, 1_000])
def test_t__as_scipy_has_it(degrees):
    assert t_quantile(degrees) == pytest.approx(stats.t.isf(0.025, degrees), rel=5e-6)
    for t in (0, 1e-9, 0.3, 0.999, 1, 1.7, 4, 60):
        assert t_tail(t, degrees) == pytest.approx(stats.t.sf(t, degrees), rel=1e-8, abs=1e-200)


@pytest.mark.parametrize("tail", [0.4, 0.05, 0.005, 0.0005])
def test_t_quantile__of_other_tails(tail):
    for degrees in (1.2, 5, 9):
        assert t_quantile(degrees, tail) == pytest.approx(stats.t.isf(tail, degrees), rel=1e-9)


def test_poisson_upper__as_scipy_has_it():
    bounds = [poisson_upper(events) for events in range(40)]
    assert bounds == pytest.approx([stats.chi2.isf(0.025, 2 * n + 2) / 2 for n in range(40)])
    assert poisson_upper(0, 0.05) == pytest.approx(-math.log(0.05))


@pytest.mark.parametrize(("events", "of"), [(0, 10), (1, 10), (10, 10), (37, 150), (5_000, 9_000)])
def test_wilson__as_scipy_has_it(events, of):
    expected = stats.binomtest(events, of).proportion_ci(method="wilson")
    assert wilson(events, of) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_counts_that_have_drifted__nothing_is_said():
    drifted = [MORE[0] - sum(MORE), *MORE[1:]]
    nothing = Rate(None, None, None, sum(drifted))
    assert rate(drifted, MANY) == rate(drifted, MANY, is_proportion=True) == nothing
    assert rate(MORE, [-n for n in MANY], MANY) == Rate(None, None, None, sum(MORE))
    assert rate(MORE, MANY, [sum(MANY), *MANY[2:], -MANY[0]]) == Rate(None, None, None, sum(MORE))
    assert differ((drifted, MANY), (FEW, MANY)) == 1.0
    assert cycle_time([[-1, 30]] * 9, [60, 120]).median is None


# Intervals, against an independent computation


def blocks_of(numbers, size):
    """Blocks of as many days, the last of which ends with the last day."""
    starts = range(len(numbers) % size, len(numbers), size)
    return np.array([chunk.sum() for chunk in np.split(numbers, starts)])


def half_width(events, bases, size, scale):
    e, b = (blocks_of(np.array(numbers, dtype=float), size) for numbers in (events, bases))
    e, b = e[b > 0], b[b > 0]
    without = scale(e.sum() - e, b.sum() - b)
    degrees = b.sum() ** 2 / (b**2).sum() - 1
    return stats.t.isf(0.025, degrees) * standard_error(without)


def standard_error(without):
    away = without - without.mean()
    covariance = max(away[1:] @ away[:-1], 0)
    return math.sqrt((1 - 1 / len(away)) * (away @ away + 2 * covariance))


def log_ratio(events, bases):
    return np.log(events / bases)


def logit(events, bases):
    return np.log(events / (bases - events))


@pytest.mark.parametrize("days", [90, 89, 42, 41, 28, 8])
def test_rate__is_the_wider_of_two_jackknives(days):
    events, bases = MORE[:days], MANY[:days]
    sizes = [1, 7] if days >= 42 else [1]
    half = max(half_width(events, bases, size, log_ratio) for size in sizes)
    value = sum(events) / sum(bases)
    assert rate(events, bases) == Rate(
        pytest.approx(value),
        pytest.approx(value * math.exp(-half), rel=1e-5),
        pytest.approx(value * math.exp(half), rel=1e-5),
        sum(events),
    )


def test_rate__weeks_are_wider_where_days_hang_together():
    events = [n * (3 if day // 7 % 2 else 1) for day, n in enumerate(MORE)]
    by_day, by_week = (half_width(events, MANY, size, log_ratio) for size in (1, 7))
    assert by_week > 1.3 * by_day
    found = rate(events, MANY)
    assert math.log(found.high / found.value) == pytest.approx(by_week, rel=1e-5)


def test_rate__neighbours_that_go_the_same_way_are_no_two_tries():
    by_turns = [20, 60] * 14
    together = [20] * 14 + [60] * 14
    bases = [100] * 28
    assert rate(together, bases).high > 1.1 * rate(by_turns, bases).high


def test_rate__is_never_narrower_than_of_independent_events():
    found = rate([10] * 90, [20] * 90)
    half = stats.norm.isf(0.025) / math.sqrt(900)
    ends = 0.5 * math.exp(-half), 0.5 * math.exp(half)
    assert (found.low, found.high) == pytest.approx(ends, rel=1e-6)


@pytest.mark.once
@pytest.mark.parametrize(
    ("days", "part", "a_day", "k"),
    [(28, 0.3, 30, 9), (28, 0.9, 6, 0.5), (28, 0.9, 5, 9), (90, 0.2, 15, 0.5), (90, 0.1, 10, 0.5)],
)
def test_rate_of_shares__holds_the_truth(days, part, a_day, k):
    """Also with days on which much was seen and nothing shared, and with about as many shares as it
    takes to say a value."""
    views, held = [1_000] * days, []
    for seed in range(300):
        random = np.random.default_rng(seed)
        levels = random.gamma(k, a_day / k, days)
        found = rate_of_shares(
            (random.poisson(levels) * (random.random(days) < part)).tolist(), views
        )
        if found.high is not None:
            held.append((found.low or 0) <= a_day * part / 1_000 <= found.high)
    assert len(held) > 150
    assert sum(held) >= 0.92 * len(held)


def test_rate_of_shares__says_at_most_before_there_are_enough():
    views = [1_000] * 28
    assert rate_of_shares([0] * 27 + [19], views) == Rate(None, None, None, 19)
    some = rate_of_shares([5] * 28, views)
    assert (some.value, some.low, some.of) == (None, None, 140)
    assert 0.005 < some.high < 0.006
    assert rate_of_shares([6] * 28, views).value == 0.006
    assert rate_of_shares([6] * 28, [0] * 28) == Rate(None, None, None, 168)


def test_rate__of_a_proportion_is_on_the_logit_scale():
    events = [min(n * (1 + day % 3), MANY[day]) for day, n in enumerate(MORE)]
    half = max(half_width(events, MANY, size, logit) for size in (1, 7))
    middle = logit(sum(events), sum(MANY))
    found = rate(events, MANY, is_proportion=True)
    ends = [1 / (1 + math.exp(-middle - sign * half)) for sign in (-1, 1)]
    assert [found.low, found.high] == pytest.approx(ends, rel=1e-5)


def test_rate__of_a_proportion_is_never_narrower_than_wilson():
    found = rate([10] * 30, [20] * 30, is_proportion=True)  # the same each day: no spread at all
    assert (found.low, found.high) == wilson(300, 600)
    everybody = rate([20] * 30, [20] * 30, is_proportion=True)
    assert (everybody.value, everybody.high) == (1, 1)
    assert everybody.low == pytest.approx(wilson(600, 600)[0], rel=0.01)


def test_rate__with_weights_of_its_own():
    """Re-shares per visit weigh as the shares do."""
    shares = [1] * 89 + [89]
    by_shares, by_visits = rate(MORE, MANY, shares), rate(MORE, MANY)
    assert by_shares.value == by_visits.value
    assert by_shares.low < by_visits.low < by_visits.high < by_shares.high


# When not


@pytest.mark.parametrize(
    ("events", "bases", "expected"),
    [
        ([], [], Rate(None, None, None, 0)),
        ([0] * 90, [0] * 90, Rate(None, None, None, 0)),
        ([20] * 10, [14] * 10, Rate(None, None, None, 200)),
        ([9] * 5, [90] * 5, Rate(None, None, None, 45)),
        ([9] * 5 + [0], [90] * 5 + [0], Rate(None, None, None, 45)),
        ([1] * 9 + [10], [15] * 10, Rate(None, None, pytest.approx(29.671 / 150, rel=1e-4), 19)),
        ([0] * 10, [15] * 10, Rate(None, None, pytest.approx(3.688879 / 150), 0)),
    ],
)  # fmt: skip
def test_rate__says_no_more_than_is_known(events, bases, expected):
    assert rate(events, bases) == expected


def test_rate__from_the_thresholds_on():
    found = rate([0, 4, 4, 4, 4, 4], [25] * 6)
    assert found.of == 20
    assert found.is_known


def test_rate__at_most_everything():
    assert rate([1] * 19, [1] * 19, [10] * 19, is_proportion=True).high == 1


def test_rate__one_day_with_all_visits_says_nothing():
    assert rate([30, *[0] * 89], [90, *[0] * 89], [5] * 90) == Rate(None, None, None, 30)


def test_rate__one_day_with_all_events_is_no_certainty():
    found = rate([300, *[0] * 89], [10] * 90)
    assert not found.is_known or found.high > 10 * found.value


def test_rate__one_day_with_nearly_all_shares_is_no_certainty():
    even = rate(MORE, MANY)
    found = rate([*MORE[:-1], 6_000], [*MANY[:-1], 50_000])
    assert not found.is_known or found.high / found.value > (even.high / even.value) ** 2


NUMBERS = st.one_of(st.integers(0, 3), st.integers(0, 500), st.just(0), st.just(10**6))


@given(
    st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), max_size=100),
    st.booleans(),
    st.booleans(),
)
def test_rate__of_any_days(days, is_proportion, has_shares):
    events, bases, shares = ([day[i] for day in days] for i in range(3))
    found = rate(events, bases, shares if has_shares else None, is_proportion=is_proportion)
    assert found.of == sum(events)
    if found.is_known:
        assert found.value == sum(events) / sum(bases)
        assert 0 <= found.low <= found.value <= found.high < math.inf
        assert found.of >= 20
    if is_proportion and found.high is not None and sum(events) <= sum(bases):
        assert found.high <= 1
    if found.high is not None:
        assert sum(shares if has_shares else bases) >= 150


# Cycle time

EDGES = (60, 120, 240, 480, 960)


def test_cycle_time__is_between_the_edges():
    found = cycle_time([[0, 3, 4, 3, 0]] * 20, EDGES)
    assert found.counts == ((60, 0), (120, 60), (240, 80), (480, 60), (960, 0))
    assert found.of == 200
    assert found.median == pytest.approx(math.sqrt(120 * 240))  # half of the way, on the log scale
    assert 120 < found.low < found.median < found.high < 240


def test_cycle_time__in_the_first_minute_is_even():
    assert cycle_time([[4, 0, 0, 0, 0]] * 20, EDGES).median == 30


def test_cycle_time__is_of_what_is_known():
    dice = np.random.default_rng(3)
    delays = dice.lognormal(math.log(200), 0.5, (90, 40))
    by_day = [np.histogram(day, bins=(0, *EDGES))[0].tolist() for day in delays]
    found = cycle_time(by_day, EDGES)
    assert found.median == pytest.approx(np.median(delays), rel=0.02)
    order = np.sort(delays.ravel())  # the interval of a median of independent ones
    low, high = (order[int(place)] for place in stats.binom.ppf([0.025, 0.975], 3_600, 0.5))
    assert (found.low, found.high) == pytest.approx((low, high), rel=0.04)


def test_cycle_time__of_too_few():
    found = cycle_time([[1, 0, 0, 0, 0]] * 19, EDGES)
    assert (found.median, found.low, found.high, found.of) == (None, None, None, 19)
    assert cycle_time([], EDGES).counts == tuple((edge, 0) for edge in EDGES)
    assert cycle_time([[30, 0, 0, 0, 0]], EDGES).median is None  # all on one day


@given(st.lists(st.lists(NUMBERS, min_size=5, max_size=5), max_size=60))
def test_cycle_time__of_any_days(by_day):
    found = cycle_time(by_day, EDGES)
    assert found.of == sum(map(sum, by_day)) == sum(n for _, n in found.counts)
    if found.median is not None:
        assert 0 <= found.low <= found.median <= found.high <= 960


# Differences


def test_differ__is_the_jackknife_of_the_difference():
    first, second = (MORE[:28], MANY[:28]), (FEW[:28], MANY[28:56])
    e, b = (np.array(numbers, dtype=float) for numbers in zip(first, second, strict=True))
    without = log_ratio(e.sum(1, keepdims=True) - e, b.sum(1, keepdims=True) - b)
    error = standard_error(without[0] - without[1])
    degrees = min(b.sum(1) ** 2 / (b**2).sum(1)) - 1
    t = abs(math.log(e[0].sum() / b[0].sum()) - math.log(e[1].sum() / b[1].sum())) / error
    assert differ(first, second) == pytest.approx(2 * stats.t.sf(t, degrees), rel=1e-6)
    assert differ(first, second) == pytest.approx(differ(second, first))


def test_differ__what_moves_both_cancels_out():
    wave = [1 + day % 7 for day in range(28)]
    first, second = [6 * n for n in wave], [7 * n for n in wave]
    by_chance = math.sqrt(1 / sum(first) + 1 / sum(second))
    found = differ((first, [50] * 28), (second, [50] * 28))
    assert found == pytest.approx(2 * stats.norm.sf(math.log(7 / 6) / by_chance), rel=1e-6)


def test_differ__even_days_are_no_certainty():
    """Whatever is alike on all days: 560 and 560 shares, of a view a day more."""
    assert differ(([20] * 28, [1000] * 28), ([20] * 28, [1001] * 28)) > 0.9
    assert differ(([40] * 28, [1000] * 28), ([20] * 28, [1000] * 28)) < 0.001


def test_differ__nothing_known():
    nothing, some = ([0] * 28, [0] * 28), (MORE[:28], MANY[:28])
    assert differ(nothing, some) == 1
    assert differ(some, some) == 1
    assert differ(([], []), ([], [])) == 1
    assert differ(([5], [10]), ([50], [100])) == 1


@given(st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS), max_size=50))
def test_differ__of_any_days(days):
    a, b, c, d = ([day[i] for day in days] for i in range(4))
    assert 0 <= differ((a, b), (c, d)) <= 1


def holm_by_hand(p_values, alpha):
    """Of all sets of truths that are possible, those are rejected that no set of them saves: the
    closed test of Bonferroni's, of which Holm's steps are the short way."""
    names = list(p_values)
    saved = set()
    for size in range(1, len(names) + 1):
        for together in combinations(names, size):
            if min(p_values[name] for name in together) > alpha / size:
                saved.update(together)
    return set(names) - saved


P_VALUES = st.dictionaries(
    st.integers(0, 50),
    st.one_of(st.floats(0, 1), st.sampled_from([0.05, 0.025, 0.05 / 3, 0.0125, 0.01])),
    max_size=7,
)


@given(P_VALUES)
def test_holm__is_the_closed_test_of_bonferroni(p_values):
    assert holm(p_values) == holm_by_hand(p_values, 0.05)


def test_holm__steps_down():
    assert holm({"a": 0.01, "b": 0.04, "c": 0.02}) == {"a", "b", "c"}
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == {"a"}
    assert holm({"a": 0.02, "b": 0.04, "c": 0.03}) == set()
    assert holm({"a": 0.04}, alpha=0.01) == set()
