"""Reads go to a replica where the host's router says so, and what writes reads where it writes."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections, router
from django.urls import reverse
from django.utils import timezone

from django_share_analytics import stats
from django_share_analytics.conf import APP_LABEL
from django_share_analytics.models import Share
from django_share_analytics.periods import DayRange
from django_share_analytics.stats import cached_counts
from django_share_analytics.stats.overview import read_overview
from django_share_analytics.stats.question import make_question
from django_share_analytics.virality import share_virality
from django_share_analytics.writing.writer import write_shares
from tests.factories import counted_by_hand, event, stored_counts

pytestmark = pytest.mark.django_db(transaction=True)


class ReadFromReplica:
    def db_for_read(self, model, **hints):
        return "replica"

    def db_for_write(self, model, **hints):
        return "default"

    def allow_relation(self, *objects, **hints):
        return True


class Log:
    """What one database was asked about our tables."""

    def __init__(self):
        self.reads, self.writes = [], []

    def __call__(self, execute, sql, params, many, context):
        if "share_analytics_" in sql:
            (self.reads if sql.lstrip("( ").startswith("SELECT") else self.writes).append(sql)
        elif not sql.startswith(("SELECT", "BEGIN")):
            self.writes.append(sql)
        return execute(sql, params, many, context)

    def clear(self):
        self.reads.clear()
        self.writes.clear()


@pytest.fixture
def databases(settings):
    """The logs of the primary and of the replica: a second connection to the same database."""
    connection = connections["default"].copy("replica")
    connection.ensure_connection()  # before it is known by name: tests must not reach for others
    connections.settings["replica"] = connection.settings_dict
    connections["replica"] = connection
    settings.DATABASE_ROUTERS = [f"{__name__}.ReadFromReplica"]
    primary, replica = Log(), Log()
    with ExitStack() as wrappers:
        wrappers.enter_context(connections["default"].execute_wrapper(primary))
        wrappers.enter_context(connections["replica"].execute_wrapper(replica))
        yield primary, replica
    connections["replica"].close()
    del connections["replica"], connections.settings["replica"]


@pytest.fixture
def shared(make_app, databases):
    chess, maps = make_app("Chess"), make_app("Maps")
    now = timezone.now()
    write_shares([event(chess, "sms", now - timedelta(days=n)) for n in range(40)])
    write_shares([event(maps, "copy", now)])
    for log in databases:
        log.clear()
    return chess


def ask_for_statistics(app):
    period = DayRange.last(7, today=timezone.localdate(), zone=UTC)
    for narrowed in ({}, {"platform": "sms"}, {"app": app}):
        assert stats.share_stats(days=30, **narrowed).total
        assert share_virality(days=30, **narrowed).reach.shares
    stats.hour_of_week(period)
    stats.daily_of_apps([app], period)
    stats.changes_of_apps([app], period)


def ask_for_counts(app):
    assert stats.share_count(app).total == 40
    assert stats.cached_share_count(app).count.total == 40
    assert stats.cached_share_counts([app], public=True)[app.pk].count.total == 40
    assert stats.with_share_count(type(app).objects.all()).get(pk=app.pk).share_count == 40


@pytest.mark.parametrize("ask", [ask_for_statistics, ask_for_counts])
def test_reads__go_to_the_replica(ask, shared, databases):
    primary, replica = databases
    ask(shared)
    assert (primary.reads, primary.writes, replica.writes) == ([], [], [])
    assert replica.reads


def test_cached_count__is_of_the_database_that_is_read(shared, databases, settings):
    """A site may have a database for each tenant, and one cache for all."""
    kept = cached_counts.share_count_cache_key(shared.pk)
    settings.DATABASE_ROUTERS = []
    assert cached_counts.share_count_cache_key(shared.pk) != kept


@pytest.mark.parametrize(
    "address",
    [
        "/api/admin/shares/stats",
        "/api/admin/shares/virality",
        "/api/admin/shares",
        "/api/admin/shares/export",
        "admin:share_analytics_share_changelist",
        "admin:share_analytics_sharestatistics_changelist",
    ],
)
def test_pages__are_read_from_the_replica(address, shared, databases, admin_client):
    primary, replica = databases
    for log in databases:
        log.clear()
    response = admin_client.get(address if address.startswith("/") else reverse(address))
    assert response.status_code == 200
    assert b"".join(response)
    assert primary.reads == []
    assert replica.reads
    assert replica.writes == []


def test_deleting__reads_and_writes_the_primary_alone(shared, databases):
    _, replica = databases
    share = Share.objects.filter(app=shared).order_by("timestamp").first()
    assert share._state.db == "replica"
    replica.clear()
    share.delete()
    Share.objects.between(datetime(2000, 1, 1, tzinfo=UTC), timezone.now() - timedelta(5)).delete()
    assert (replica.reads, replica.writes) == ([], [])
    assert stored_counts() == counted_by_hand()


def test_deleting__an_app_from_the_replica(shared, databases):
    _, replica = databases
    found = type(shared).objects.get(pk=shared.pk)
    assert found._state.db == "replica"
    replica.clear()
    found.delete()
    assert (replica.reads, replica.writes) == ([], [])
    assert stored_counts() == counted_by_hand()


@pytest.mark.parametrize("narrowed", [{}, {"platform": "sms"}, {"app"}])
def test_overview__is_of_one_database(narrowed, shared, monkeypatch):
    """Whichever the router names when it is asked: once for an answer."""
    asked, answered = [], router.db_for_read

    def counted(model, **hints):
        if model._meta.app_label == APP_LABEL:
            asked.append(model.__name__)
        return answered(model, **hints)

    monkeypatch.setattr(router, "db_for_read", counted)
    narrowed = {"app": shared} if narrowed == {"app"} else narrowed
    assert read_overview(make_question(days=30, **narrowed)).stats.total
    assert len(asked) == 1, asked
