from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_share_analytics.periods import (
    QUARTER_SECONDS,
    DayRange,
    day_start,
    hour_start,
    local_day,
)

ZONES = [
    "UTC",
    "Asia/Riyadh",
    "Asia/Kolkata",  # +5:30
    "Asia/Kathmandu",  # +5:45
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour of daylight saving
    "America/Santiago",  # midnight is left out when the clocks change
    "Pacific/Apia",  # the 30th of December 2011 was left out
    "Asia/Beirut",
    "America/Havana",
]
zones = st.sampled_from(ZONES).map(ZoneInfo)
instants = st.datetimes(datetime(1995, 1, 1), datetime(2037, 1, 1)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=UTC)
)


@given(instants, zones)
def test_day_start__bounds_the_local_day(instant, zone):
    day = local_day(instant, zone)
    assert day_start(day, zone) <= instant < day_start(day + timedelta(days=1), zone)


@given(instants, zones)
def test_hour_start__is_in_the_hour_and_the_day(instant, zone):
    start = hour_start(instant, zone)
    assert timedelta(0) <= instant - start < timedelta(hours=1)
    assert local_day(start, zone) == local_day(instant, zone) or zone.key in DAY_BEGINS_AT_HALF
    assert hour_start(start, zone) <= start


DAY_BEGINS_AT_HALF: set[str] = set()


@given(instants, zones)
def test_quarter__lies_in_one_local_hour(instant, zone):
    first = datetime.fromtimestamp(
        int(instant.timestamp()) // QUARTER_SECONDS * QUARTER_SECONDS, UTC
    )
    assert local_day(first, zone) == local_day(instant, zone)
    assert hour_start(first, zone) == hour_start(instant, zone)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("America/New_York", date(2026, 7, 1), 24),
        ("America/Santiago", date(2025, 9, 7), 23),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Pacific/Apia", date(2011, 12, 30), 0),
        ("Asia/Kathmandu", date(2026, 3, 8), 24),
    ],
)
def test_day__is_as_long_as_it_is(zone, day, hours):
    only = DayRange(day, day, ZoneInfo(zone))
    assert only.upper - only.lower == timedelta(hours=hours)


def test_range__of_the_last_days():
    week = DayRange.last(7, today=date(2026, 3, 10), zone=UTC)
    assert (week.start, week.end, week.days) == (date(2026, 3, 4), date(2026, 3, 10), 7)
    assert (week.before().start, week.before().end) == (date(2026, 2, 25), date(2026, 3, 3))
    assert list(week)[:2] == [date(2026, 3, 4), date(2026, 3, 5)]
    assert date(2026, 3, 10) in week
    assert date(2026, 3, 11) not in week
