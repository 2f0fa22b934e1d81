"""Every number of the statistics equals a plain count over the rows, in every zone."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from django_share_analytics import stats
from django_share_analytics.models import Share
from django_share_analytics.periods import DayRange
from django_share_analytics.stats.question import make_question
from django_share_analytics.stats.site import read_site
from django_share_analytics.writing.writer import write_shares
from tests.examples import examples
from tests.factories import event
from tests.reference import Reference, Row

pytestmark = pytest.mark.django_db

# A zone, and a day on which something happens to its clocks.
TURNS = [
    ("UTC", date(2026, 1, 1)),
    ("Asia/Riyadh", date(2026, 3, 10)),
    ("Asia/Kolkata", date(2026, 2, 28)),
    ("Asia/Kathmandu", date(2026, 3, 1)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2025, 11, 2)),
    ("Pacific/Apia", date(2011, 12, 30)),  # left out
    ("Australia/Lord_Howe", date(2026, 4, 5)),  # half an hour back
    ("Australia/Lord_Howe", date(2025, 10, 5)),  # half an hour forward
    ("America/Santiago", date(2025, 9, 7)),  # midnight is left out
    ("America/Havana", date(2025, 11, 2)),  # midnight comes twice
]
PLATFORMS = ["sms", "copy", "email"]
quarters = st.integers(-40 * 96, 40 * 96)
near = st.integers(-3 * 96, 3 * 96)


@st.composite
def questions(draw):
    """Shares around a turn, and what is asked about them, more often than not near it."""
    zone, turn = draw(st.sampled_from(TURNS))
    noon = datetime(turn.year, turn.month, turn.day, 12, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    when = st.one_of(near, quarters).map(lambda n: noon + timedelta(minutes=15 * n + n % 15))
    shares = st.lists(st.tuples(when, st.sampled_from(PLATFORMS), st.integers(0, 2)), max_size=30)
    start = turn + timedelta(days=draw(st.integers(-4, 2)))
    end = start + timedelta(days=draw(st.one_of(st.integers(0, 1), st.integers(0, 25))))
    now = draw(
        st.one_of(
            st.just(noon + timedelta(days=400)),
            near.map(lambda n: noon + n * timedelta(minutes=15)),
        )
    )
    return zone, draw(shares), start, end, now


NIGHT = datetime(2025, 11, 2, 3, 30, tzinfo=UTC)
AUTUMN = (
    "America/New_York",
    [(NIGHT + timedelta(hours=n), "sms", 0) for n in range(-24, 8)],
    date(2025, 11, 2),
    date(2025, 11, 2),
    datetime(2025, 11, 2, 6, 30, tzinfo=UTC),
)
"""A share an hour, and now is in the second of two hours that the clock shows alike."""

LEFT_OUT = (
    "Pacific/Apia",
    [(datetime(2011, 12, 30, 9, 45, tzinfo=UTC), "sms", 0)],
    date(2011, 12, 30),
    date(2011, 12, 30),
    datetime(2011, 12, 30, 9, 45, tzinfo=UTC),
)
"""A quarter of an hour before a day that has no hour at all, and that is asked for."""


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    question=questions(),
    platform=st.sampled_from([None, None, "sms"]),
    of_app=st.sampled_from([None, None, 0]),
)
@example(question=AUTUMN, platform=None, of_app=None)
@example(question=LEFT_OUT, platform=None, of_app=None)
def test_stats__equal_a_count_by_hand(question, platform, of_app, make_app):
    zone, shares, start, end, now = question
    apps = [make_app() for _ in range(3)]
    app = None if of_app is None else apps[of_app]
    with override_settings(TIME_ZONE=zone):
        write_shares([event(apps[n], name, when) for when, name, n in shares])
        found = stats.share_stats(
            start=start, end=end, platform=platform, app=app, limit=100, now=now
        )
        period = DayRange(start, end, ZoneInfo(zone))
        week = stats.hour_of_week(period, platform)
        site = read_site(make_question(start=start, end=end, platform=platform, now=now))
        weeks = site.week(), site.week()  # counted, and as it was kept
        series = stats.daily_of_apps(apps, period, platform)
        changes = stats.changes_of_apps(apps, period, platform, now=now)
        Share.objects.all().delete()  # in the zone that they were counted in

    everyones = [
        Row(when, name, apps[n].pk) for when, name, n in shares if platform in (None, name)
    ]
    rows = [row for row in everyones if app is None or row.app == app.pk]
    wanted = Reference(rows, ZoneInfo(zone), start, end, now)
    assert found.total == len(wanted.inside)
    assert {day.date: day.count for day in found.daily if day.count} == wanted.daily()
    assert [day.date for day in found.daily] == list(period)
    assert found.platforms == wanted.platforms()
    assert found.totals == wanted.totals()
    assert {rank.app_id: rank.count for rank in found.most_shared_apps} == wanted.by_app(
        wanted.inside
    )
    sides = wanted.hourly_sides() if app is None else wanted.complete_days()
    assert (found.previous.total, found.previous.compared_total) == tuple(map(len, sides))
    if app is None:
        rising = [(app.app_id, app.count, app.previous_count) for app in found.rising_apps]
        assert Counter(rising) == Counter(wanted.rising())
        assert [row[1:] for row in rising] == [row[1:] for row in wanted.rising()]
    else:
        assert found.rising_apps == []
    if app is None and period.days <= 2:
        assert [hour.count for hour in found.hourly] == wanted.hourly()
    else:
        assert found.hourly is None

    whole_site = Reference(everyones, ZoneInfo(zone), start, end, now)
    assert week == weeks[0] == weeks[1] == whole_site.hour_of_week()
    before, current = map(whole_site.by_app, whole_site.complete_days())
    for one in apps:
        of_one = Reference([row for row in everyones if row.app == one.pk], *list_of(whole_site))
        assert series[one.pk] == [of_one.daily()[day] for day in period]
        assert changes[one.pk].total == before[one.pk]
        assert changes[one.pk].compared_total == current[one.pk]


def list_of(reference):
    return reference.zone, reference.start, reference.end, reference.now
