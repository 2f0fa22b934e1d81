"""What ``pipeline_status()`` knows, what it finds bad, and what the commands make of it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from django_share_analytics import outcomes
from django_share_analytics.conf import reporting_zone
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.events import utc_now
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.models import SetAside, Share
from django_share_analytics.periods import hour_start
from django_share_analytics.status import health, pipeline
from django_share_analytics.status.health import Level, Limits, Thresholds
from django_share_analytics.status.pipeline import pipeline_status
from django_share_analytics.testing import use_dispatchers
from django_share_analytics.writing import batches, set_aside
from tests.factories import event
from tests.status.reporting import Reporting, codes, minutes_ago

pytestmark = pytest.mark.django_db


OPERATING_PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "operating.md"


def test_status__of_a_site_where_nothing_happened():
    found = pipeline_status()
    assert (found.level, found.problems) == (Level.OK, [])
    assert [(one.alias, one.backend) for one in found.dispatchers] == [
        ("default", "ImmediateDispatcher")
    ]
    assert found.dispatchers[0].is_durable is True
    records = found.records
    assert (records.recorded, records.not_recorded, records.last_recorded) == (0, {}, None)
    assert (records.set_aside, records.oldest_set_aside) == (0, None)


def test_status__counts_what_was_recorded_and_what_was_not(app, unknown_key):
    now = utc_now()
    known = event(app, at=now)
    batches.write_batch([known, event(app, at=now), event(app, at=now - timedelta(hours=22))])
    batches.write_batch([known, known, event(unknown_key, at=now)])
    records = pipeline_status().records
    assert records.recorded == 3
    assert records.not_recorded == {"duplicate": 2, "unknown_app": 1}
    assert list(records.not_recorded) == ["duplicate", "unknown_app"]
    assert records.last_recorded == now


def test_status__looks_back_on_24_hours_of_the_clock(app):
    this_hour = hour_start(utc_now(), reporting_zone())
    first = this_hour - timedelta(hours=23)
    batches.write_batch([event(app, at=first), event(app, at=first - timedelta(microseconds=1))])
    records = pipeline_status().records
    assert (records.since, records.recorded) == (first, 1)


def test_status__knows_what_is_set_aside():
    set_aside.set_payload_aside("one")
    set_aside.set_payload_aside("another")
    records = pipeline_status().records
    assert records.set_aside == 2
    assert records.oldest_set_aside == min(SetAside.objects.values_list("set_aside_at", flat=True))


def test_status__asks_as_many_queries_for_much_as_for_little(app, django_assert_num_queries):
    with django_assert_num_queries(5):  # with SAVEPOINT and RELEASE
        pipeline_status()
    batches.write_batch([event(app, platform, at=utc_now()) for platform in ("copy", "x", "sms")])
    for number in range(5):
        set_aside.set_payload_aside(str(number), f"reason {number}")
    with django_assert_num_queries(5):
        pipeline_status()


def test_status__of_the_newest_share_reads_an_index(app):
    batches.write_batch([event(app, at=minutes_ago(n)) for n in range(300)])
    if connection.vendor != "sqlite":
        pytest.skip("the planner of a small table says nothing about a big one")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN SELECT MAX(timestamp) FROM {Share._meta.db_table}")
        assert "share_timestamp" in str(cursor.fetchall())


class BrokerIsAway(Reporting):
    def submit(self, event):
        raise DispatcherUnavailable("no route", broker_is_away=True)


def test_problems__when_a_broker_is_left_alone(app):
    with use_dispatchers({"default": {"BACKEND": "tests.status.test_pipeline.BrokerIsAway"}}):
        with pytest.raises(DispatcherUnavailable):
            dispatchers.submit(event(app))
        found = pipeline_status()
    assert codes(found) == [("WARNING", "left_alone")]
    assert found.problems[0].message.endswith("asked again soon: no route")


def test_problems__when_a_dispatcher_fails(reporting):
    reporting(ConnectionError("no route to redis"))
    found = pipeline_status()
    assert codes(found) == [("CRITICAL", "dispatcher")]
    assert "ConnectionError: no route to redis" in found.problems[0].message
    assert found.dispatchers[0].status is None
    assert found.records is not None


@pytest.mark.parametrize(
    ("alias", "level"), [("default", Level.CRITICAL), ("fallback", Level.WARNING)]
)
def test_problems__when_a_dispatcher_can_not_be_made(alias, level):
    entries = {"default": {"BACKEND": "tests.status.test_pipeline.Reporting"}}
    with use_dispatchers({**entries, alias: {"BACKEND": "nowhere.Dispatcher"}}):
        found = pipeline_status()
    assert found.level == level
    assert "could not import 'nowhere.Dispatcher'" in found.problems[0].message


def test_problems__when_the_database_can_not_be_read(monkeypatch):
    def away(now):
        raise OperationalError("could not connect to server")

    monkeypatch.setattr(pipeline, "read_records", away)
    found = pipeline_status()
    assert codes(found) == [("CRITICAL", "database")]
    assert "could not connect" in found.problems[0].message
    assert found.records is None
    assert len(found.dispatchers) == 1


def test_problems__of_the_database_leave_a_transaction_alone(monkeypatch):
    class Nowhere:
        def aggregate(self, **kwargs):
            with connection.cursor() as cursor:
                cursor.execute("SELECT * FROM there_is_no_such_table")

    monkeypatch.setattr(SetAside, "objects", Nowhere())
    assert pipeline_status().records is None
    assert Share.objects.count() == 0


def test_problems__when_shares_are_set_aside_or_lost():
    set_aside.set_payload_aside("one")
    batches.record_outcomes({("lost_at_exit", utc_now()): 3})
    assert codes(pipeline_status()) == [("WARNING", "lost"), ("WARNING", "set_aside")]
    batches.record_outcomes({("set_aside_full", utc_now()): 4})
    found = pipeline_status()
    assert codes(found) == [("CRITICAL", "lost"), ("WARNING", "set_aside")]
    assert [problem.message for problem in found.problems] == [
        "7 shares were lost in the last 24 hours.",
        "1 share is set aside.",
    ]


def test_problems__when_nothing_is_recorded_any_more(app):
    batches.write_batch([event(app, at=minutes_ago(30))])
    assert pipeline_status().level == Level.OK
    found = pipeline_status(Thresholds(silence=Limits(600, 3_600)))
    assert codes(found) == [("WARNING", "silence")]
    assert found.problems[0].message == "No share was recorded for 30 minutes."


def test_every_reason_and_problem__is_in_the_documentation():
    page = OPERATING_PAGE.read_text()
    reasons = {
        value for name, value in vars(outcomes).items() if name.isupper() and type(value) is str
    }
    source = Path(health.__file__).read_text()
    problems = set(re.findall(r'Problem\(\w[\w.]*, "(\w+)"', source))
    assert len(problems) == 11
    assert [word for word in sorted(reasons | problems) if f"| `{word}` |" not in page] == []
