from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from django_share_analytics.exceptions import InvalidShare
from django_share_analytics.stats import HourCount, share_count, share_counts, share_stats
from django_share_analytics.writing.writer import write_shares
from tests.factories import event

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
    write_shares([event(chess, "sms", NOW - timedelta(days=n)) for n in days_ago])
    write_shares([event(maps, "copy", NOW)])
    everything = {7: 3, 30: 5, 90: 7}
    only_chess = {7: 2, 30: 4, 90: 6}
    assert share_stats(days=1, now=NOW).totals == everything
    assert share_stats(days=1, platform="sms", now=NOW).totals == only_chess
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


class TestRising:
    """Now is the 10th: the last two complete days are the 8th and the 9th."""

    def rising(self, **values):
        found = share_stats(days=2, now=NOW, **values).rising_apps
        return [(app.app_name, app.count, app.previous_count, app.change) for app in found]

    def test_growth_in_proportion__but_not_from_one_to_two(self, make_app):
        chess, maps, mail, old = make_app("Chess"), make_app("Maps"), make_app("Mail"), make_app()
        shares = {chess: (10, 30), maps: (1, 2), mail: (100, 150), old: (5, 5)}
        for app, (before, now) in shares.items():
            write_shares([event(app, at=at(7)) for _ in range(before)])
            write_shares([event(app, at=at(9)) for _ in range(now)])
        assert self.rising() == [
            ("Chess", 30, 10, 2.0),
            ("Mail", 150, 100, 0.5),
            ("Maps", 2, 1, 1.0),
        ]
        assert self.rising(limit=1) == [("Chess", 30, 10, 2.0)]

    def test_new_app__has_no_change(self, app):
        write_shares([event(app, at=at(8))])
        assert self.rising() == [("Chess", 1, 0, None)]

    def test_today__is_left_out(self, app):
        write_shares([event(app, at=at(10)), event(app, at=at(10))])
        assert self.rising() == []

    def test_not_of_one_app(self, app):
        write_shares([event(app, at=at(8))])
        assert self.rising(app=app) == []

    def test_on_a_platform(self, app):
        write_shares(
            [event(app, "sms", at(8)), event(app, "copy", at(8)), event(app, "copy", at(7))]
        )
        assert self.rising(platform="sms") == [("Chess", 1, 0, None)]
        assert self.rising(platform="copy") == []


def test_compare__not_asked_for(app):
    write_shares([event(app, at=at(8))])
    for filters in ({}, {"app": app}):
        found = share_stats(days=3, compare=False, now=NOW, **filters)
        assert (found.total, found.previous, found.rising_apps) == (1, None, [])


def test_hourly__up_to_the_current_hour(app):
    write_shares([event(app, "sms", at(10, 14, 10)), event(app, "copy", at(9))])
    found = share_stats(days=2, now=NOW)
    assert len(found.hourly) == 24 + 15
    assert found.hourly[0].hour == at(9, 0)
    assert found.hourly[-1] == HourCount(at(10, 14).astimezone(UTC), 1)
    assert sum(hour.count for hour in found.hourly) == found.total == 2
    on_x = share_stats(days=2, platform="sms", now=NOW)
    assert sum(hour.count for hour in on_x.hourly) == 1


def test_hourly__not_of_longer_periods_nor_of_an_app(app):
    assert share_stats(days=3, now=NOW).hourly is None
    assert share_stats(days=1, app=app, now=NOW).hourly is None


def test_headlines__say_what_their_own_answers_say(app, make_app):
    other = make_app()
    events = [event(app, at=NOW - timedelta(days=n // 2)) for n in range(120)]
    events += [event(other, "telegram", at=NOW - timedelta(days=n)) for n in range(0, 180, 3)]
    write_shares(events)
    for narrowed in ({}, {"platform": "telegram"}, {"app": app}, {"app": app, "platform": "sms"}):
        stats = share_stats(days=14, headlines=(1, 7, 30, 90), now=NOW, **narrowed)
        for headline in stats.headlines:
            alone = share_stats(days=headline.period.days, now=NOW, **narrowed)
            assert headline.total == alone.total
            assert headline.previous == alone.previous


@pytest.mark.parametrize("headlines", [(), (1, 7, 30, 90)])
def test_headlines__cost_no_query(app, headlines, django_assert_num_queries):
    write_shares([event(app, at=NOW)])
    with django_assert_num_queries(6):
        share_stats(days=30, headlines=headlines, now=NOW)
    with django_assert_num_queries(2):
        share_stats(days=30, app=app, headlines=headlines, now=NOW)


def test_previous_series__are_those_of_the_days_before(app):
    write_shares([event(app, at=NOW - timedelta(days=days)) for days in (0, 1, 1, 2, 2, 2)])
    stats = share_stats(days=1, now=NOW)
    assert [day.count for day in stats.previous_daily] == [2]
    assert {hour.hour: hour.count for hour in stats.previous_hourly if hour.count} == {at(9, 14): 2}
    assert len(stats.previous_hourly) == 24
    alone = share_stats(days=1, compare=False, now=NOW)
    assert (alone.previous_daily, alone.previous_hourly) == (None, None)


@pytest.mark.parametrize(
    "asked",
    [
        {"start": date(2026, 3, 9)},
        {"end": date(2026, 3, 9)},
        {"start": date(2026, 3, 9), "end": date(2026, 3, 8)},
        {"days": 0},
        {"days": -3},
    ],
)
def test_stats__of_no_day(asked):
    with pytest.raises(ValueError, match=r"^(start and end|A period)"):
        share_stats(**asked)


def test_stats__of_minutes_that_a_clock_skipped_at_midnight(app, settings):
    settings.TIME_ZONE = "Asia/Kathmandu"
    new_year = datetime(1986, 1, 1, 0, 20, tzinfo=ZoneInfo("Asia/Kathmandu"))
    write_shares([event(app, at=new_year)])
    for day in (date(1985, 12, 31), date(1986, 1, 1)):
        assert share_stats(start=day, end=day, now=NOW).total in (0, 1)
