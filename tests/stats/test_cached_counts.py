from __future__ import annotations

import threading
import time

import pytest
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext

from django_share_analytics.exceptions import InvalidShare, UnknownApp
from django_share_analytics.stats import (
    cached_counts,
    cached_share_count,
    cached_share_counts,
    caching,
    share_count,
)
from django_share_analytics.writing.writer import write_shares
from tests.factories import event

pytestmark = pytest.mark.django_db


class CountingCache(LocMemCache):
    """Counts the trips that would go to a server."""

    trips: list[str] = []

    def get_many(self, keys, version=None):
        self.trips.append("get_many")
        found = {key: self.get(key) for key in keys}
        return {key: value for key, value in found.items() if value is not None}

    def set_many(self, data, timeout=None, version=None):
        self.trips.append("set_many")
        for key, value in data.items():
            super().set(key, value, timeout)
        return []


def totals(found):
    return {key: cached.count.total for key, cached in found.items()}


def test_counts__in_the_order_asked_without_the_unknown(make_app, unknown_key):
    chess, maps, mail = make_app(), make_app(), make_app()
    write_shares([event(chess, "x"), event(chess, "copy"), event(maps)])
    for _ in range(2):  # counted, and kept
        found = cached_share_counts([mail, unknown_key, chess, maps.pk, chess])
        assert list(totals(found).items()) == [(mail.pk, 0), (chess.pk, 2), (maps.pk, 1)]
    assert found[chess.pk].count == share_count(chess)


@pytest.mark.django_db(transaction=True)  # in a transaction there is a savepoint, too
def test_counts__one_trip_and_one_query(make_app, settings, django_assert_num_queries):
    settings.CACHES = {"default": {"BACKEND": f"{__name__}.CountingCache"}}
    apps = [make_app() for _ in range(5)]
    cached_share_count(apps[0])
    CountingCache.trips.clear()
    with django_assert_num_queries(1):
        assert len(cached_share_counts(apps)) == 5
    assert CountingCache.trips == ["get_many", "set_many"]
    CountingCache.trips.clear()
    with django_assert_num_queries(0):
        assert len(cached_share_counts(apps)) == 5
        cached_share_count(apps[3])
    assert CountingCache.trips == ["get_many", "get_many"]


def test_counts__of_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert cached_share_counts([]) == {}


def test_counts__of_what_is_no_app(db):
    with pytest.raises(InvalidShare):
        cached_share_counts([object()])


def test_count__of_an_unknown_app_is_not_kept(unknown_key, app_model):
    with pytest.raises(UnknownApp):
        cached_share_count(unknown_key)
    app_model.objects.create(pk=unknown_key, name="New")
    assert cached_share_count(unknown_key).count.total == 0


def test_count__kept_for_longer_than_the_setting_says_now(app, settings, monkeypatch):
    cached_share_count(app)
    write_shares([event(app)])
    later = time.time() + 61
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "SHARE_COUNT_CACHE_SECONDS": 60}
    monkeypatch.setattr("django_share_analytics.stats.cached_counts.time.time", lambda: later)
    assert cached_share_count(app).count.total == 1


@pytest.mark.parametrize("kept", ["garbage", ("x", 1), None, 7])
def test_count__when_the_cache_holds_something_else(kept, app):
    write_shares([event(app)])
    cache.set(cached_counts.share_count_cache_key(app.pk), kept)
    assert cached_share_count(app).count.total == 1


def test_count__when_the_cache_is_away(app, settings):
    settings.CACHES = {"default": {"BACKEND": "tests.stats.test_closed_days.BrokenCache"}}
    write_shares([event(app)])
    assert cached_share_count(app).count.total == 1


def test_count__leaves_a_hosts_transaction_alone(app, settings):
    settings.SHARE_ANALYTICS = {
        **settings.SHARE_ANALYTICS,
        "PUBLIC_APPS": "tests.public_apps.unanswerable",
    }
    with transaction.atomic():
        with pytest.raises(Error):
            cached_share_count(app, public=True)
        assert type(app).objects.filter(pk=app.pk).exists()


class TestPublic:
    @pytest.fixture(autouse=True)
    def _only_some(self, settings):
        settings.SHARE_ANALYTICS = {
            **settings.SHARE_ANALYTICS,
            "PUBLIC_APPS": "tests.public_apps.named_public",
        }

    def test_others_are_unknown_to_strangers(self, make_app):
        public, draft = make_app("Public"), make_app("Draft")
        assert totals(cached_share_counts([draft, public], public=True)) == {public.pk: 0}
        with pytest.raises(UnknownApp):
            cached_share_count(draft, public=True)

    def test_the_site_itself_sees_all(self, make_app):
        draft = make_app("Draft")
        assert cached_share_count(draft).count.total == 0
        with pytest.raises(UnknownApp):  # what is kept for the site is not shown to strangers
            cached_share_count(draft, public=True)


def test_lease__of_a_holder_who_died(app, monkeypatch):
    monkeypatch.setattr(cached_counts, "PATIENCE_SECONDS", 0.1)
    write_shares([event(app)])
    place = cached_counts.share_count_cache_key(app.pk)
    caching.add(caching.make_key("share-count-lease", cached_counts.CACHE_VERSION, place), 60)
    started = time.monotonic()
    assert cached_share_count(app).count.total == 1
    assert 0.1 <= time.monotonic() - started < 5


def test_lease__is_given_up_when_counting_fails(app, settings):
    settings.SHARE_ANALYTICS = {
        **settings.SHARE_ANALYTICS,
        "PUBLIC_APPS": "tests.public_apps.raising",
    }
    for _ in range(2):
        started = time.monotonic()
        with pytest.raises(ZeroDivisionError):
            cached_share_count(app, public=True)
        assert time.monotonic() - started < cached_counts.PATIENCE_SECONDS


class Burst:
    """Many threads that ask for the same at once; each says how many queries it made."""

    def __init__(self, n, ask):
        self.barrier, self.ask, self.queries, self.errors = threading.Barrier(n), ask, [], []
        self.threads = [threading.Thread(target=self._run) for _ in range(n)]

    def _run(self):
        try:
            connection.ensure_connection()
            self.barrier.wait()
            with CaptureQueriesContext(connection) as captured:
                self.ask()
            self.queries.append(len(captured))
        except Exception as error:
            self.errors.append(error)
        finally:
            connection.close()

    def run(self):
        for thread in self.threads:
            thread.start()
        for thread in self.threads:
            thread.join(30)
        assert not self.errors
        return sum(self.queries)


@pytest.mark.django_db(transaction=True)
def test_burst__counts_once(app):
    write_shares([event(app)])
    assert Burst(12, lambda: cached_share_count(app)).run() == 1


@pytest.mark.django_db(transaction=True)
def test_burst__of_an_unknown_app_waits_for_nobody(unknown_key):
    def ask():
        with pytest.raises(UnknownApp):
            cached_share_count(unknown_key)

    started = time.monotonic()
    Burst(12, ask).run()
    assert time.monotonic() - started < 12 * cached_counts.PATIENCE_SECONDS / 2
