from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model

from django_share_analytics.checks.hooks import check_share_views
from django_share_analytics.conf import reporting_zone
from django_share_analytics.periods import DayRange
from django_share_analytics.virality.cohort import cohort_of
from django_share_analytics.virality.intervals import rate
from django_share_analytics.virality.views import travel_of_views, views_by_day
from tests.virality import hooks

pytestmark = pytest.mark.django_db

START, END = date(2026, 3, 1), date(2026, 3, 4)
NOW = datetime(2026, 3, 18, 9, tzinfo=UTC)
WRONG = [
    "views_of_nothing", "views_in_parts", "views_below_nothing", "views_by_instant",
    "views_by_name", "raising", "breaking", "without_arguments", "NUMBER", "not_there",
]  # fmt: skip


@pytest.fixture
def name(settings):
    def name(function, module="tests.virality.hooks"):
        path = f"{module}.{function}" if function else ""
        settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "SHARE_VIEWS": path}
        hooks.asked.clear()

    return name


@pytest.fixture
def days():
    return DayRange(START, END, reporting_zone())


def test_views__of_each_day(name, days):
    name("views")
    by_day = {START: 100, date(2026, 3, 2): 101, date(2026, 3, 3): 102, END: 0}
    assert views_by_day(7, days) == by_day
    assert list(views_by_day(None, days)) == list(days)
    assert hooks.asked == [(7, START, END), (None, START, END)]


def test_views__of_other_days_are_nothing(name, days):
    name("views_and_more")
    assert sum(views_by_day(None, days).values()) == 1


def test_without_the_setting__nobody_is_asked(name, days):
    name("")
    assert views_by_day(None, days) is None


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_use__costs_this_number_alone(name, days, wrong, caplog):
    name(wrong)
    for _ in range(3):
        assert views_by_day(None, days) is None
    assert len(caplog.records) == 1
    assert 'SHARE_ANALYTICS["SHARE_VIEWS"]' in caplog.text
    assert get_user_model().objects.count() == 0, "the transaction goes on"


def test_travel(name):
    name("views")
    cohort = cohort_of(days=30, now=NOW)
    shares, visits = [10 + n % 3 for n in range(30)], [20 + n % 5 for n in range(30)]
    travel = travel_of_views(cohort, shares, visits)
    views = [100 + n for n in range(29)] + [0]
    assert hooks.asked == [(None, cohort.matured.start, cohort.matured.end)]
    assert travel.views == sum(views)
    assert travel.shares_per_thousand_views == rate(shares, views, shares).times(1_000)
    assert travel.part_of_views == rate(visits, views, shares, is_proportion=True)
    assert travel.shares_per_thousand_views.is_known


def test_travel__of_an_app(name, app):
    name("views")
    travel_of_views(cohort_of(days=30, now=NOW, app=app), [0] * 30, [0] * 30)
    assert [key for key, *_ in hooks.asked] == [app.pk]


def test_travel__where_views_are_not_known(name):
    name("")
    assert travel_of_views(cohort_of(days=30, now=NOW), [0] * 30, [0] * 30) is None
    name("views")
    nothing_matured = cohort_of(start=END, end=END, now=NOW - timedelta(days=12))
    assert travel_of_views(nothing_matured, [], []) is None


@pytest.mark.parametrize("function", ["", "views", "raising"])
def test_check__calls_nothing(name, function):
    name(function)
    assert check_share_views() == []
    assert hooks.asked == []


@pytest.mark.parametrize(
    ("function", "module"),
    [("not_there", "tests.virality.hooks"), ("NUMBER", "tests.virality.hooks"), ("x", "no.module")],
)
def test_check__of_what_is_no_function(name, function, module):
    name(function, module)
    (message,) = check_share_views()
    assert message.id == "share_analytics.E031"
    assert 'SHARE_ANALYTICS["SHARE_VIEWS"]' in message.msg
