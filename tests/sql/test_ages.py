"""Ages and windows of steps: the database says what Python says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics.models import LinkStep, Share
from django_share_analytics.sql.ages import stored_age, stored_window
from django_share_analytics.steps import AGES, CLICK, age_of, window_of
from tests.examples import examples
from tests.factories import NOON

if TYPE_CHECKING:
    from collections.abc import Iterable

pytestmark = pytest.mark.django_db

MICROSECOND = timedelta(microseconds=1)
LONG_AGO = datetime(1975, 1, 1, tzinfo=UTC)
EDGES = [timedelta(seconds=edge) for edge in AGES]


def stored(app: Any, shared_at: datetime, ages: Iterable[timedelta]) -> list[tuple[int, int]]:
    """Age and window, as the database says, of steps so long after one share."""
    share = Share.objects.create(app=app, platform="x", timestamp=shared_at)
    steps = [LinkStep(id=uuid4(), share=share, kind=CLICK, timestamp=shared_at + a) for a in ages]
    LinkStep.objects.bulk_create(steps)
    times = F("timestamp"), F("share__timestamp")
    said = LinkStep.objects.filter(share=share).annotate(
        age=stored_age(*times), within=stored_window(*times)
    )
    found = {pk: (age, within) for pk, age, within in said.values_list("pk", "age", "within")}
    return [found[step.id] for step in steps]


def expected(ages: Iterable[timedelta]) -> list[tuple[int, int]]:
    return [(age_of(age), window_of(age_of(age))) for age in ages]


def test_ages__at_their_edges(app: Any) -> None:
    ages = [edge + n * MICROSECOND for edge in EDGES for n in (-1, 0, 1)]
    ages += [timedelta(0), -MICROSECOND, timedelta(days=-3, microseconds=7), timedelta(days=9_000)]
    for shared_at in (
        NOON,
        NOON + timedelta(microseconds=999_999),
        datetime(2024, 2, 29, tzinfo=UTC),
    ):
        assert stored(app, shared_at, ages) == expected(ages)


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    minutes=st.integers(0, 60 * 24 * 366 * 100),
    microseconds=st.integers(0, 59_999_999),
    ages=st.lists(
        st.timedeltas(timedelta(days=-800), timedelta(days=800))
        | st.builds(
            timedelta,
            seconds=st.sampled_from(AGES),
            microseconds=st.integers(-2_000_000, 2_000_000),
        ),
        min_size=1,
        max_size=20,
    ),
)
def test_ages__are_those_of_python(
    minutes: int, microseconds: int, ages: list[timedelta], app: Any
) -> None:
    shared_at = LONG_AGO + timedelta(minutes=minutes, microseconds=microseconds)
    assert stored(app, shared_at, ages) == expected(ages)


def test_ages__of_shares_whose_time_the_database_said(app: Any) -> None:
    """SQLite's own clock has three digits of a second."""
    share = Share(app=app, platform="x")
    share.timestamp = Share._meta.get_field("timestamp").db_default
    share.save()
    share.refresh_from_db()
    at = share.timestamp + timedelta(minutes=5)
    for late, age in ((timedelta(0), 2), (MICROSECOND, 3)):
        LinkStep.objects.create(id=uuid4(), share=share, kind=CLICK, timestamp=at + late)
        said = LinkStep.objects.filter(share=share, timestamp=at + late)
        assert said.values_list(stored_age(F("timestamp"), F("share__timestamp"))).get() == (age,)
