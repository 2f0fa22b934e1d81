from __future__ import annotations

import time

import pytest
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.db import Error, OperationalError, models, transaction

from django_share_analytics.exceptions import InvalidShare, UnknownApp
from django_share_analytics.stats import (
    cached_counts,
    cached_share_count,
    cached_share_counts,
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


def test_counts__with_the_cache_turned_off(app, settings):
    settings.CACHES = {"default": {"BACKEND": f"{__name__}.CountingCache"}}
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "SHARE_COUNT_CACHE_SECONDS": 0}
    CountingCache.trips.clear()
    assert cached_share_count(app).count.total == 0
    assert CountingCache.trips == []


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


class TestHostsOwnManager:
    """The shared model's default manager leaves out what is a draft."""

    class Published(models.Manager):
        def get_queryset(self):
            return super().get_queryset().filter(name__startswith="Public")

    @pytest.fixture(autouse=True)
    def _leaves_out_drafts(self, app_model, monkeypatch):
        manager = self.Published()
        manager.model = app_model
        monkeypatch.setitem(app_model._meta.__dict__, "default_manager", manager)

    def test_the_site_itself_sees_all(self, make_app):
        draft = make_app("Draft")
        assert totals(cached_share_counts([draft])) == {draft.pk: 0}

    def test_strangers_see_what_it_gives(self, make_app, settings):
        settings.SHARE_ANALYTICS = {
            **settings.SHARE_ANALYTICS,
            "PUBLIC_APPS": "tests.public_apps.as_given",
        }
        public, draft = make_app("Public"), make_app("Draft")
        assert totals(cached_share_counts([draft, public], public=True)) == {public.pk: 0}


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


def test_cached_share_counts__where_the_database_has_no_characters_for_a_key(
    app_model, make_app, monkeypatch, client
):
    """Tables of three bytes a character refuse to look for an emoji: no app can have that key."""
    if app_model._meta.pk.get_internal_type() != "CharField":
        pytest.skip("only for text keys")
    count = cached_counts._count_together

    def count_in_three_bytes(missing, **kwargs):
        if any(max(key) > "\uffff" for key in missing.values()):
            raise OperationalError(1270, "Illegal mix of collations")
        return count(missing, **kwargs)

    monkeypatch.setattr(cached_counts, "_count_together", count_in_three_bytes)
    keys = [make_app(pk=name).pk for name in ("a", "\u0634", "c")]
    asked = [keys[0], "\U0001f600", keys[1], "\U0001f601", keys[2]]
    assert list(cached_share_counts(asked)) == keys
    assert client.get("/api/apps/\U0001f600/share-count").status_code == 404
    assert client.get("/api/apps/a/share-count").status_code == 200


def test_cached_share_counts__pass_other_errors_on(app, monkeypatch):
    def fail(*args, **kwargs):
        raise OperationalError("no server")

    monkeypatch.setattr(cached_counts, "_count_together", fail)
    with pytest.raises(OperationalError, match="no server"):
        cached_share_counts([app])
