"""The cache may be a table, and then lies in the host's own transactions."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import Error, connection, transaction
from django.urls import reverse

from django_share_analytics.stats import cached_share_count
from django_share_analytics.writing.writer import write_shares
from tests.factories import event

pytestmark = pytest.mark.django_db(transaction=True)

TABLE = "a_cache_table"
CACHE = {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": TABLE}


@pytest.fixture
def no_table(settings):
    """The cache is a table that nobody has made."""
    settings.CACHES = {"default": CACHE}


@pytest.fixture
def table(no_table):
    call_command("createcachetable", verbosity=0)
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {TABLE}")


@contextmanager
def by_hand():
    """A transaction as some hosts still have them: without ``atomic``."""
    transaction.set_autocommit(False)
    try:
        yield
        transaction.commit()
    finally:
        transaction.rollback()
        transaction.set_autocommit(True)


def rows():
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {TABLE}")
        return cursor.fetchone()[0]


def total(app):
    return cached_share_count(app).count.total


def test_count__is_kept_there_outside_of_a_transaction(app, table):
    assert total(app) == 0
    write_shares([event(app)])
    assert total(app) == 0
    assert rows() == 1


def test_count__neither_reads_nor_writes_there_within_one(app, table, django_assert_num_queries):
    total(app)
    write_shares([event(app)])
    with transaction.atomic(), django_assert_num_queries(3):  # the count, in a savepoint
        assert total(app) == 1
    assert rows() == 1


def test_count__within_a_transaction_by_hand(app, table):
    with by_hand():
        assert total(app) == 0
    assert rows() == 0


@pytest.mark.parametrize("in_transaction", [transaction.atomic, by_hand])
def test_count__without_the_table_leaves_a_transaction_alone(app, no_table, in_transaction):
    with in_transaction():
        assert total(app) == 0
        assert type(app).objects.filter(pk=app.pk).exists()


def test_count__that_fails_leaves_a_transaction_by_hand_alone(app, settings):
    settings.SHARE_ANALYTICS = {
        **settings.SHARE_ANALYTICS,
        "PUBLIC_APPS": "tests.public_apps.unanswerable",
    }
    with by_hand():
        with pytest.raises(Error):
            cached_share_count(app, public=True)
        assert type(app).objects.filter(pk=app.pk).exists()


def test_count__without_the_table_outside_of_a_transaction(app, no_table):
    assert total(app) == 0


class TestOverHttp:
    @pytest.fixture(autouse=True)
    def _atomic_requests(self, monkeypatch):
        monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)

    def ask(self, client, app):
        return client.get(reverse("share_analytics:share-count", args=[app.pk]))

    def test_without_the_table(self, client, app, no_table):
        assert self.ask(client, app).json()["totalShares"] == 0

    def test_is_kept_whatever_the_host_wraps_requests_in(self, client, app, table):
        self.ask(client, app)
        write_shares([event(app)])
        assert self.ask(client, app).json()["totalShares"] == 0
        assert rows() == 1

    def test_asks_no_database_for_what_is_kept_elsewhere(
        self, client, app, django_assert_num_queries
    ):
        self.ask(client, app)
        with django_assert_num_queries(0):
            assert self.ask(client, app).status_code == 200
            many = reverse("share_analytics:share-counts")
            assert client.get(many, {"ids": app.pk}).status_code == 200


@pytest.mark.skipif(settings.DATABASE == "sqlite", reason="has one writer at a time")
def test_two_hosts_transactions_never_wait_for_each_other(make_app, table):
    """Each asks for the counts of two apps, in opposite order; both have asked for one by then."""
    apps = [make_app(), make_app()]
    both_have_asked = threading.Barrier(2, timeout=20)

    def page(order):
        try:
            with transaction.atomic():
                new = make_app()
                for app in order:
                    total(app)
                    both_have_asked.wait()
            return new
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(page, [apps, apps[::-1]]))
    assert app_keys(made) == app_keys(type(apps[0]).objects.filter(pk__in=app_keys(made)))


def app_keys(apps):
    return {app.pk for app in apps}
