from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics.conf import reporting_zone
from django_share_analytics.models import (
    ImpressionDay,
    LinkStep,
    PlacementStepDay,
    Share,
)
from django_share_analytics.periods import local_day
from django_share_analytics.virality.cohort import cohort_of
from django_share_analytics.virality.intervals import rate
from django_share_analytics.virality.placements import read_placements
from django_share_analytics.writing.writer import write_shares
from tests.examples import examples
from tests.factories import NOON
from tests.histories import APPS, histories, undone

pytestmark = pytest.mark.django_db

END = date(2026, 3, 10)
DAYS = [END - timedelta(days=n) for n in range(29, -1, -1)]
NOW = datetime(2026, 3, 18, 9, tzinfo=UTC)
"""The 30 days up to END are matured for a window of seven."""


def counts(placement, day, *, shares=0, visits=0, views=0, platform="sms", within=1):
    rows = [("share", 1, shares), ("visit", within, visits)]
    for kind, window, n in rows:
        if n:
            PlacementStepDay.objects.create(
                day=day, placement=placement, platform=platform, kind=kind, within=window, n=n
            )
    if views:
        ImpressionDay.objects.create(day=day, placement=placement, n=views)


def read(**asked):
    return read_placements(cohort_of(days=30, now=NOW, **asked), "default")


def test_where_nothing_is_counted__there_is_none(django_assert_num_queries):
    with django_assert_num_queries(2):
        assert read() == []


def test_a_placement__by_day(django_assert_num_queries):
    shares = [10 + n % 3 for n in range(30)]
    visits = [6 + n % 4 for n in range(30)]
    views = [1_000 + 10 * n for n in range(30)]
    for day, *numbers in zip(DAYS, shares, visits, views, strict=True):
        counts("top", day, **dict(zip(("shares", "visits", "views"), numbers, strict=True)))
    with django_assert_num_queries(2):
        (top,) = read()
    assert (top.placement, top.views, top.shares) == ("top", sum(views), sum(shares))
    assert top.shares_per_thousand_views == rate(shares, views, shares).times(1_000)
    assert top.visits_per_share == rate(visits, shares)
    assert top.visits == sum(visits)


def test_days_and_windows_beside__are_left_out():
    for day in (DAYS[0] - timedelta(days=1), END + timedelta(days=1)):
        counts("top", day, shares=5, visits=5, views=5)
    counts("top", END, shares=1, visits=2, views=3)
    PlacementStepDay.objects.create(
        day=END, placement="top", platform="sms", kind="visit", within=7, n=20
    )
    for within in (30, 10_000):
        PlacementStepDay.objects.create(
            day=END, placement="top", platform="sms", kind="visit", within=within, n=100
        )
    (top,) = read()
    assert (top.shares, top.visits, top.views) == (1, 22, 3)
    of_a_day = cohort_of(days=30, window=1, now=NOW - timedelta(days=6))
    assert read_placements(of_a_day, "default")[0].visits == 2


def test_without_views__nothing_is_said_of_them():
    for day in DAYS:
        counts("top", day, shares=10, visits=5)
    (top,) = read()
    rate_ = top.shares_per_thousand_views
    assert (top.views, rate_.value, rate_.low, rate_.high) == (0, None, None, None)
    assert top.visits_per_share.is_known


def test_shares_of_days_without_views__are_not_held_against_others():
    """Measuring began in the middle."""
    for number, day in enumerate(DAYS):
        counts("top", day, shares=20, views=1_000 if number >= 15 else 0)
    (top,) = read()
    assert top.shares == 600
    assert top.shares_per_thousand_views.of == 300
    assert top.shares_per_thousand_views.value == pytest.approx(20)


def test_a_platform__is_of_all_views():
    for day in DAYS:
        counts("top", day, shares=10, visits=5, views=1_000)
        counts("top", day, shares=20, visits=30, platform="copy")
    (top,) = read(platform="copy")
    assert (top.shares, top.visits, top.views) == (600, 900, 30_000)
    assert top.shares_per_thousand_views.value == pytest.approx(20)


def test_order__by_what_is_sure():
    for number, day in enumerate(DAYS):
        counts("seldom", day, shares=1, views=1)
        counts("good", day, shares=10 + number % 2, views=100)
        counts("bad", day, shares=10 + number % 2, views=1_000)
    assert [each.placement for each in read()] == ["good", "bad", "seldom"]


def test_no_matured_day():
    cohort = cohort_of(start=END, end=END, now=datetime(2026, 3, 11, tzinfo=UTC))
    assert read_placements(cohort, "default") == []


@settings(max_examples=examples(30), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), history=histories())
def test_counts__as_by_hand(db, make_app, data, history):
    apps = [make_app() for _ in range(APPS)]
    shares, seen = history.events(apps)
    window = data.draw(st.sampled_from([1, 7, 30]))
    platform = data.draw(st.sampled_from([None, "sms"]))
    with undone():
        write_shares([*shares, *seen])
        cohort = cohort_of(
            days=10, window=window, now=NOON + timedelta(days=window + 6), platform=platform
        )
        zone = reporting_zone()
        wanted = Counter()
        for share in Share.objects.exclude(placement=""):
            if (
                platform in (None, share.platform)
                and local_day(share.timestamp, zone) in cohort.matured
            ):
                wanted["shares"] += 1
                wanted["visits"] += sum(
                    (step.timestamp - share.timestamp) <= timedelta(days=window)
                    for step in LinkStep.objects.filter(share=share, kind="visit")
                )
        found = read_placements(cohort, "default")
        sums = Counter(shares=sum(p.shares for p in found), visits=sum(p.visits for p in found))
        assert +sums == +wanted
