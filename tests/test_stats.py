from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import Error, connection, transaction
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics.exceptions import InvalidShare, UnknownApp
from django_share_analytics.models import Share
from django_share_analytics.periods import DayRange, local_day
from django_share_analytics.stats import (
    cached_share_count,
    share_count,
    share_counts,
    share_stats,
)
from django_share_analytics.writer import write_shares
from tests.factories import event
from tests.test_periods import ZONES

pytestmark = pytest.mark.django_db

RIYADH = ZoneInfo("Asia/Riyadh")
NOW = datetime(2026, 3, 10, 14, 40, tzinfo=RIYADH)


def at(day, hour=10, minute=0, zone=RIYADH):
    return datetime(2026, 3, day, hour, minute, tzinfo=zone)


def test_share_count__by_platform(app):
    write_shares([event(app, name) for name in ("x", "copy", "x")])
    found = share_count(app)
    assert (found.app_id, found.total, found.by_platform) == (app.pk, 3, {"x": 2, "copy": 1})
    assert share_count(str(app.pk)) == found


def test_share_counts__of_many_with_one_query(make_app, unknown_key, django_assert_num_queries):
    chess, maps, mail = make_app(), make_app(), make_app()
    write_shares([event(chess), event(chess), event(maps)])
    with django_assert_num_queries(1):
        found = share_counts([chess, maps.pk, mail, unknown_key])
    assert {key: count.total for key, count in found.items()} == {
        chess.pk: 2,
        maps.pk: 1,
        mail.pk: 0,
        unknown_key: 0,
    }


def test_share_count__of_what_is_no_app(db):
    with pytest.raises(InvalidShare):
        share_count(object())


def test_cached_share_count__of_an_unknown_app_is_not_kept(unknown_key, app_model):
    with pytest.raises(UnknownApp):
        cached_share_count(unknown_key)
    app_model.objects.create(pk=unknown_key, name="New")
    assert cached_share_count(unknown_key).count.total == 0


class TestComparison:
    """Now is 14:40 in Riyadh: the last complete hour ended at 14:00."""

    def test_site__compares_up_to_the_last_complete_hour(self, app):
        write_shares(
            [
                event(app, at=at(10, 14, 10)),  # this hour is not complete
                event(app, at=at(10, 13, 59)),
                event(app, at=at(10, 1)),
                event(app, at=at(9, 14, 30)),  # after 14:00 of the day before
                event(app, at=at(9, 13, 30)),
            ]
        )
        stats = share_stats(days=1, now=NOW)
        assert stats.total == 3
        assert (stats.previous.compared_total, stats.previous.total) == (2, 1)
        assert stats.previous.change == 1.0
        assert stats.previous.compared_until == at(10, 14)
        assert (stats.previous.start, stats.previous.end) == (date(2026, 3, 9), date(2026, 3, 9))

    def test_site__compares_whole_days_of_a_past_range(self, app):
        write_shares([event(app, at=at(5, 23, 59)), event(app, at=at(3)), event(app, at=at(2, 0))])
        stats = share_stats(start=date(2026, 3, 4), end=date(2026, 3, 5), now=NOW)
        assert (stats.previous.compared_total, stats.previous.total) == (1, 2)
        assert stats.previous.change == -0.5

    def test_app__compares_complete_days_ending_yesterday(self, app):
        write_shares([event(app, at=at(day)) for day in (10, 10, 10, 9, 8, 8, 7, 6)])
        stats = share_stats(days=2, app=app, now=NOW)
        assert stats.total == 4  # the 9th and, as far as it has come, the 10th
        assert (stats.previous.compared_total, stats.previous.total) == (3, 2)
        assert (stats.previous.start, stats.previous.end) == (date(2026, 3, 6), date(2026, 3, 7))
        assert stats.previous.compared_from == at(8, 0)
        assert stats.previous.compared_until == at(10, 0)

    def test_app__of_a_past_range_is_the_range(self, app):
        write_shares([event(app, at=at(day)) for day in (5, 4, 3)])
        stats = share_stats(start=date(2026, 3, 4), end=date(2026, 3, 5), app=app, now=NOW)
        assert (stats.previous.compared_total, stats.previous.total) == (2, 1)

    def test_no_baseline__is_no_change(self, app):
        write_shares([event(app, at=at(10))])
        assert share_stats(days=7, now=NOW).previous.change is None

    def test_first_hour_of_the_day__compares_nothing(self, app):
        now = at(10, 0, 30)
        write_shares([event(app, at=now), event(app, at=at(9, 0, 10))])
        previous = share_stats(days=1, now=now).previous
        assert (previous.compared_total, previous.total, previous.change) == (0, 0, None)


def test_totals__ignore_the_range_and_obey_the_filters(make_app):
    chess, maps = make_app(), make_app()
    days_ago = [0, 6, 7, 29, 30, 89, 90]
    write_shares([event(chess, "x", NOW - timedelta(days=n)) for n in days_ago])
    write_shares([event(maps, "copy", NOW)])
    everything = {7: 3, 30: 5, 90: 7}
    only_chess = {7: 2, 30: 4, 90: 6}
    assert share_stats(days=1, now=NOW).totals == everything
    assert share_stats(days=1, platform="x", now=NOW).totals == only_chess
    assert share_stats(days=1, app=chess, now=NOW).totals == only_chess


def test_most_shared__when_an_app_is_deleted(make_app):
    chess, maps = make_app("Chess"), make_app("Maps")
    write_shares([event(app, at=NOW) for app in (chess, chess, maps)])
    chess.delete()
    stats = share_stats(now=NOW)
    assert [(rank.app_name, rank.count) for rank in stats.most_shared_apps] == [("Maps", 1)]
    assert stats.total == 1


def test_daily__fills_days_without_shares(app):
    write_shares([event(app, at=at(8)), event(app, at=at(10))])
    stats = share_stats(days=3, now=NOW)
    assert [(day.date.day, day.count) for day in stats.daily] == [(8, 1), (9, 0), (10, 1)]
    assert sum(day.count for day in stats.daily) == stats.total


moments = st.datetimes(datetime(2025, 10, 20), datetime(2026, 4, 10)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=UTC)
)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    zone=st.sampled_from(ZONES),
    shares=st.lists(
        st.tuples(moments, st.sampled_from(["x", "copy", "email"]), st.integers(0, 2)), max_size=25
    ),
    start=st.dates(date(2025, 10, 20), date(2026, 4, 5)),
    days=st.integers(1, 40),
    platform=st.sampled_from([None, "x"]),
    of_app=st.sampled_from([None, 0]),
)
def test_stats__equal_a_count_by_hand(zone, shares, start, days, platform, of_app, make_app):
    apps = [make_app() for _ in range(3)]
    app = None if of_app is None else apps[of_app]
    period = DayRange(start, start + timedelta(days=days - 1), ZoneInfo(zone))
    with override_settings(TIME_ZONE=zone):
        write_shares([event(apps[n], name, when) for when, name, n in shares])
        found = share_stats(
            start=period.start,
            end=period.end,
            platform=platform,
            app=app,
            now=datetime(2027, 1, 1, tzinfo=UTC),
        )
        Share.objects.all().delete()  # in the zone that they were counted in

    wanted = [
        (local_day(when, period.zone), name, apps[n].pk)
        for when, name, n in shares
        if platform in (None, name) and app in (None, apps[n])
    ]
    inside = [share for share in wanted if share[0] in period]
    before = [share for share in wanted if share[0] in period.before()]
    assert found.total == len(inside)
    assert {day.date: day.count for day in found.daily if day.count} == Counter(
        day for day, _, _ in inside
    )
    assert found.platforms == Counter(name for _, name, _ in inside)
    assert {rank.app_id: rank.count for rank in found.most_shared_apps} == Counter(
        key for _, _, key in inside
    )
    assert found.previous.total == len(before)
    assert found.previous.compared_total == len(inside)


def test_cached_share_count__leaves_a_hosts_transaction_alone(app, monkeypatch):
    def fail(key):
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")

    monkeypatch.setattr("django_share_analytics.stats.share_count", fail)
    with transaction.atomic():
        with pytest.raises(Error):
            cached_share_count(app)
        assert type(app).objects.filter(pk=app.pk).exists()
