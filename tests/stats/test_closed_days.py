"""What is kept of closed days is never told from what is counted afresh."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache, caches
from django.core.cache.backends.base import BaseCache
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics.counts import state
from django_share_analytics.models import Share
from django_share_analytics.stats import closed_days, hour_of_week, rankings, share_stats
from django_share_analytics.stats.app_sums import AppSums
from django_share_analytics.stats.overview import read_overview
from django_share_analytics.stats.question import make_question
from django_share_analytics.writing.writer import write_shares
from tests.examples import examples
from tests.factories import event, link_event

pytestmark = pytest.mark.django_db

RIYADH = ZoneInfo("Asia/Riyadh")
NOW = datetime(2026, 3, 10, 14, 40, tzinfo=RIYADH)
LOCMEM = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}


def at(days_ago):
    return NOW - timedelta(days=days_ago)


class BrokenCache(BaseCache):
    """A cache server that is away."""

    def __init__(self, location, params):
        super().__init__(params)

    def _fail(self, *args, **kwargs):
        raise ConnectionError("no cache")

    get = set = add = delete = get_many = set_many = delete_many = clear = _fail


class BabblingCache(BaseCache):
    """A cache that knows an answer to everything, and always the wrong one."""

    answer: object = b"\x80garbage"

    def __init__(self, location, params):
        super().__init__(params)

    def get(self, key, default=None, version=None):
        return self.answer

    def add(self, key, value, timeout=None, version=None):
        return True

    def set(self, key, value, timeout=None, version=None):
        pass

    def clear(self):
        pass


def with_cache(name):
    return {"default": {"BACKEND": f"{__name__}.{name}"}}


@pytest.fixture(autouse=True)
def _on_the_tenth(monkeypatch):
    for module in (state, closed_days):
        monkeypatch.setattr(module, "utc_now", lambda: NOW)


def overview(days, platform, **_):
    """All that the page of statistics shows, the hours of the week among it."""
    return read_overview(make_question(days=days, platform=platform, now=NOW))


def uncached(ask=share_stats, **question):
    with override_settings(
        CACHES={
            "default": LOCMEM,
            "none": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
        },
        SHARE_ANALYTICS={"CACHE_ALIAS": "none"},
    ):
        return ask(**question)


def test_cached__costs_few_queries(app, django_assert_num_queries):
    write_shares([event(app, at=at(n)) for n in (0, 1, 40, 70)])
    first = share_stats(days=30, now=NOW)
    with django_assert_num_queries(4):  # version, apps of today, their names, hours of today
        assert share_stats(days=30, now=NOW) == first


def test_cached__by_the_month_for_other_periods(app, django_assert_num_queries):
    write_shares([event(app, at=at(n)) for n in (0, 1, 40, 70)])
    share_stats(days=90, now=NOW)
    with django_assert_num_queries(5):  # the apps of these days, and no days of the site
        share_stats(days=60, now=NOW)


def test_cached__ends_with_the_day(app, monkeypatch):
    write_shares([event(app, at=at(0))])
    share_stats(days=7, now=NOW)
    tomorrow = NOW + timedelta(days=1)
    for module in (state, closed_days):
        monkeypatch.setattr(module, "utc_now", lambda: tomorrow)
    write_shares([event(app, at=tomorrow)])
    found = share_stats(days=7, now=tomorrow)
    assert [day.count for day in found.daily[-2:]] == [1, 1]


def test_cached__in_the_zone_of_the_settings(app, settings):
    write_shares([event(app, at=datetime(2026, 3, 8, 1, tzinfo=RIYADH))])
    assert share_stats(days=7, now=NOW).daily[-3].date == date(2026, 3, 8)
    assert [day.count for day in share_stats(days=7, now=NOW).daily[-4:-2]] == [0, 1]
    settings.TIME_ZONE = "UTC"
    assert [day.count for day in share_stats(days=7, now=NOW).daily[-4:-2]] == [1, 0]


def test_cached__a_day_that_is_not_over_is_not_kept_whatever_now_is(app):
    later = NOW + timedelta(days=30)
    share_stats(days=60, now=later)
    write_shares([event(app, at=at(0))])
    found = share_stats(days=60, now=later)
    assert (found.total, found.most_shared_apps[0].count) == (1, 1)
    assert [app.count for app in found.rising_apps] == [1]


def test_cached__without_a_state_nothing_is_kept(app):
    write_shares([event(app, at=at(5))])
    from django_share_analytics.models import State

    State.objects.all().delete()
    share_stats(days=30, now=NOW)
    assert not list(getattr(cache, "_cache", {}))


@pytest.mark.parametrize("backend", ["BrokenCache", "BabblingCache"])
def test_cached__when_the_cache_is_of_no_use(backend, app, settings):
    settings.CACHES = with_cache(backend)
    assert type(caches["default"]).__name__ == backend
    write_shares([event(app, at=at(n)) for n in (0, 1, 40)])
    for _ in range(2):
        found = share_stats(days=30, now=NOW)
        assert (found.total, found.previous.total) == (2, 1)
        assert found.most_shared_apps[0].count == 2
    settings.CACHES = {"default": LOCMEM}


def test_most_shared__of_an_app_that_is_not_kept_but_shared_today(make_app, monkeypatch):
    monkeypatch.setattr(rankings, "MAX_KEPT", 1)
    chess, maps = make_app("Chess"), make_app("Maps")
    write_shares([event(chess, at=at(1)) for _ in range(5)] + [event(maps, at=at(2))])
    write_shares([event(maps, at=at(3)) for _ in range(3)])
    share_stats(days=7, limit=1, now=NOW)
    write_shares([event(maps, at=at(0)) for _ in range(2)])
    (top,) = share_stats(days=7, limit=1, now=NOW).most_shared_apps
    assert (top.app_name, top.count) == ("Maps", 6)


def note_what_is_looked_up(monkeypatch):
    """How many apps' sums are asked for by their keys, time after time."""
    noted, totals = [], AppSums.totals

    def noting(self, period, ids, at_least=0):
        noted.append(len(ids))
        return totals(self, period, ids, at_least)

    monkeypatch.setattr(AppSums, "totals", noting)
    return noted


@pytest.mark.parametrize("platform", [None, "whatsapp"])
def test_most_shared__when_too_many_could_be_on_top(platform, make_app, monkeypatch):
    monkeypatch.setattr(rankings, "MAX_KEPT", 1)
    monkeypatch.setattr(rankings, "MAX_LOOKED_UP", 1)
    apps = [make_app(f"App {n}") for n in range(4)]
    for n, app in enumerate(apps):
        write_shares([event(app, at=at(ago)) for ago in (1, 0) for _ in range(n + 1)])
    looked_up = note_what_is_looked_up(monkeypatch)
    (top,) = share_stats(days=7, limit=1, platform=platform, now=NOW).most_shared_apps
    assert (top.app_name, top.count) == ("App 3", 8)
    assert looked_up == [1]  # the top itself; the three others are ranked anew


def test_most_shared__looks_up_those_that_could_be_on_top(make_app, monkeypatch):
    monkeypatch.setattr(rankings, "MAX_KEPT", 1)
    monkeypatch.setattr(rankings, "MAX_LOOKED_UP", 3)
    apps = [make_app(f"App {n}") for n in range(4)]
    for n, app in enumerate(apps):
        write_shares([event(app, at=at(ago)) for ago in (1, 0) for _ in range(n + 1)])
    looked_up = note_what_is_looked_up(monkeypatch)
    (top,) = share_stats(days=7, limit=1, now=NOW).most_shared_apps
    assert (top.app_name, top.count) == ("App 3", 8)
    assert looked_up == [1, 3]


@pytest.mark.parametrize("kept", [1, 100])
@pytest.mark.parametrize("days", [0, 1])
def test_equals__come_in_the_order_of_their_first_share(make_app, monkeypatch, kept, days):
    """Always the same, so that a page of a ranking is the same when it is asked for again."""
    monkeypatch.setattr(rankings, "MAX_KEPT", kept)
    apps = [make_app(f"App {n}") for n in range(4)]
    for app in reversed(apps):
        write_shares([event(app, at=at(ago)) for ago in (days, 1, 1, 20)])
    stats = share_stats(days=7, limit=3, now=NOW)
    first = ["App 3", "App 2", "App 1"]
    assert [app.app_name for app in stats.most_shared_apps] == first
    assert [app.app_name for app in stats.rising_apps] == first


days_ago = st.one_of(st.just(0), st.integers(0, 8), st.integers(0, 80))
write = st.tuples(
    st.just("write"),
    st.lists(st.tuples(days_ago, st.integers(0, 5), st.sampled_from(["sms", "copy"])), max_size=12),
)
change = st.one_of(
    write,
    write,
    st.tuples(st.just("delete an app"), st.integers(0, 5)),
    st.tuples(st.just("delete shares"), st.integers(0, 80)),
)


@settings(
    max_examples=examples(40),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    changes=st.lists(change, min_size=1, max_size=6),
    days=st.sampled_from([1, 2, 7, 30, 40]),
    platform=st.sampled_from([None, "sms"]),
    limit=st.integers(1, 3),
    kept=st.integers(1, 4),
)
def test_cached__is_what_is_counted_afresh(
    changes, days, platform, limit, kept, make_app, monkeypatch
):
    monkeypatch.setattr(rankings, "MAX_KEPT", max(kept, limit))
    cache.clear()
    apps = {n: make_app() for n in range(6)}
    question = {"days": days, "platform": platform, "limit": limit, "now": NOW}
    for kind, what in changes:
        if kind == "write":
            write_shares([event(apps[n], name, at(ago)) for ago, n, name in what if n in apps])
        elif kind == "delete an app" and what in apps:
            apps.pop(what).delete()
        elif kind == "delete shares":
            Share.objects.between(at(what + 3), at(what)).delete()
        assert share_stats(**question) == uncached(**question)
        assert overview(**question) == uncached(overview, **question)
    for app in apps.values():
        app.delete()


def test_kept__of_one_question_is_no_answer_to_another(app):
    write_shares(
        event(app, name, at(ago))
        for ago in (0, 1, 8, 20)
        for name in ("sms", "copy")[: 1 + ago % 2]
    )
    for _ in range(2):
        for days, platform in product((7, 14, 30), (None, "sms", "copy")):
            period = share_stats(days=days, now=NOW).period
            assert overview(days, platform).week == hour_of_week(period, platform)


def test_kept__of_a_day_is_of_no_other(app):
    write_shares([event(app, at=at(n)) for n in (0, 1, 2)])
    today, yesterday, before = (NOW.date() - timedelta(days=n) for n in range(3))
    for days in ([today, yesterday, before], [yesterday], [before, today]):
        hours = closed_days.ClosedDays.at(NOW, RIYADH).hours(days)
        assert hours.by_day([today, yesterday, before]) == {
            day: Counter(whatsapp=int(day in days)) for day in (today, yesterday, before)
        }


def test_steps_of_today_leave_what_is_kept(app, django_assert_num_queries):
    """One on the link of a share of the day before is the rule, and changes no count of shares."""
    yesterday = event(app, at=at(1))
    write_shares([yesterday])
    question = {"days": 7, "now": NOW}
    first = share_stats(**question)
    version = state.closed_days_version()
    write_shares([link_event(yesterday, "click", at=NOW), link_event(yesterday, "visit", at=NOW)])
    assert state.closed_days_version() == version
    with django_assert_num_queries(4):
        assert share_stats(**question) == first


def test_reach_is_never_kept(app, settings):
    settings.ROOT_URLCONF = "tests.stats.test_reach"
    yesterday = event(app, at=at(1))
    write_shares([yesterday])
    visits = []
    for _ in range(2):
        write_shares([link_event(yesterday, "visit", at=at(0.5))])
        visits.append(share_stats(days=7, app=app, now=NOW).reach.visits)
    assert visits == [1, 2]
