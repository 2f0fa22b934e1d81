"""Every count of an answer is what a plain count over the rows says, whatever happened to these."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics.models import AppStepDay, LinkStep, Share, SiteStepDay, State
from django_share_analytics.steps import WINDOWS
from django_share_analytics.upkeep.audit import audit_counts
from django_share_analytics.upkeep.pruning import prune
from django_share_analytics.virality import travel_of
from django_share_analytics.virality.cohort import cohort_of
from django_share_analytics.writing.writer import write_shares
from tests.examples import examples
from tests.factories import NOON, link_event
from tests.histories import APPS, History, histories, undone
from tests.virality.counting import counted, numbers_in

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# Clocks changed on the 8th in New York and on the 29th in Berlin; in Apia not.
ZONES = ["Asia/Riyadh", "America/New_York", "Europe/Berlin", "Pacific/Apia"]
HARD = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def check(cohort: Any) -> None:
    """The first answer, and the one that was kept."""
    expected = counted(cohort)
    assert numbers_in(travel_of(cohort)) == expected
    assert numbers_in(travel_of(cohort)) == expected


@settings(max_examples=examples(60), suppress_health_check=HARD)
@given(
    history=histories(max_shares=12, max_steps=30),
    zone=st.sampled_from(ZONES),
    window=st.sampled_from(WINDOWS),
    days=st.sampled_from([2, 7, 40]),
    since_window=st.timedeltas(timedelta(days=1), timedelta(days=9)),
    platform=st.sampled_from([None, "sms", "copy", "x"]),
    of_app=st.none() | st.integers(0, APPS - 1),
    change=st.sampled_from(["nothing", "shares go", "an app goes", "late steps", "repair"]),
)
def test_counts__of_any_history(
    history: History,
    zone: str,
    window: int,
    days: int,
    since_window: timedelta,
    platform: str | None,
    of_app: int | None,
    change: str,
    make_app: Callable[..., Any],
    settings: Any,
) -> None:
    settings.TIME_ZONE = zone
    with undone():
        State.objects.update(reporting_zone=zone)
        apps = [make_app() for _ in range(APPS)]
        shares, seen = history.events(apps)
        write_shares([*shares, *seen])
        cohort = cohort_of(
            days=days,
            window=window,
            platform=platform,
            app=None if of_app is None else apps[of_app].pk,
            now=NOON + timedelta(days=window) + since_window,
        )
        check(cohort)
        match change:
            case "shares go":
                Share.objects.filter(pk__in=[share.id for share in shares[::2]]).delete()
            case "an app goes":
                apps[0].delete()
            case "late steps":
                write_shares([link_event(share, "visit", share.timestamp) for share in shares])
            case "repair":
                SiteStepDay.objects.all().delete()
                AppStepDay.objects.update(visit=7)
                audit_counts(repair=True)
        check(cohort)


@settings(max_examples=examples(30), suppress_health_check=HARD)
@given(
    history=histories(max_shares=12, max_steps=30),
    until=st.dates(date(2026, 3, 9), date(2026, 3, 16)),
)
def test_counts__of_days_that_were_pruned(
    history: History, until: date, make_app: Callable[..., Any]
) -> None:
    with undone():
        shares, seen = history.events([make_app() for _ in range(APPS)])
        write_shares([*shares, *seen])
        cohort = cohort_of(days=30, now=NOON + timedelta(days=20))
        expected = counted(cohort)
        check(cohort)
        prune(until)
        assert numbers_in(travel_of(cohort)) == expected
        late = link_event(shares[0], "visit", shares[0].timestamp)
        if write_shares([late]).recorded:  # its share is still there
            assert LinkStep.objects.filter(kind="visit").exists()
            assert numbers_in(travel_of(cohort)) != expected
