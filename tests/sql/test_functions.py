"""Functions of the database that are not tried with what they are for."""

from __future__ import annotations

import pytest
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics.models import AppPlatformCount, ImpressionDay
from django_share_analytics.sql.functions import IsAmong
from tests.examples import examples

pytestmark = pytest.mark.django_db

MOST = 2**31 - 1
MORE_THAN_PARAMETERS = 100_000


@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stored=st.sets(st.integers(-5, 12) | st.integers(-MOST, MOST), max_size=8),
    asked=st.lists(st.integers(-5, 12) | st.integers(-MOST, MOST), min_size=1, max_size=12),
)
def test_is_among__says_what_python_says(stored: set[int], asked: list[int]) -> None:
    ImpressionDay.objects.all().delete()
    ImpressionDay.objects.bulk_create(
        ImpressionDay(day="2026-03-01", placement=str(n), n=n) for n in stored
    )
    found = ImpressionDay.objects.filter(IsAmong(F("n"), asked))
    assert set(found.values_list("n", flat=True)) == stored & set(asked)


def test_is_among__of_more_than_a_statement_has_parameters(app):
    pair = AppPlatformCount.objects.create(app=app, platform="x", n=1)
    asked = [*range(pk := pair.pk, pk + MORE_THAN_PARAMETERS)]
    rows = AppPlatformCount.objects.all()
    assert list(rows.filter(IsAmong(F("pk"), asked)).values_list("pk", flat=True)) == [pk]
    assert not rows.filter(IsAmong(F("pk"), asked[1:])).exists()
    assert not rows.exclude(IsAmong(F("pk"), asked)).exists()
