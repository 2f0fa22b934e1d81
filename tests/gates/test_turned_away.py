"""Reasons are summed and written by a thread, each once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError

from django_share_analytics.gates import turned_away as module
from django_share_analytics.gates.turned_away import TurnedAway, turned_away
from django_share_analytics.models import OutcomeHour
from django_share_analytics.writing import writer
from tests.dispatch.conftest import wait_until


@pytest.fixture
def sums(monkeypatch):
    """As in a process that serves."""
    monkeypatch.setattr(module, "EVERY_SECONDS", 0.05)
    own = TurnedAway()
    own.runs_under_tests = True
    yield own
    own.close()


def counted():
    return dict(OutcomeHour.objects.values_list("reason", "n"))


@pytest.mark.django_db(transaction=True)
def test_note__is_written_soon_by_the_thread(sums):
    for reason in ("bot", "bot", "limited"):
        sums.note(reason)
    assert wait_until(lambda: counted() == {"bot": 2, "limited": 1})
    sums.note("bot")
    assert wait_until(lambda: counted() == {"bot": 3, "limited": 1})


@pytest.mark.django_db(transaction=True)
def test_close__writes_what_is_left_and_another_begins(sums, monkeypatch):
    monkeypatch.setattr(module, "EVERY_SECONDS", 60)
    sums.note("bot")
    sums.close()
    assert counted() == {"bot": 1}
    sums.note("bot")
    sums.close()
    assert counted() == {"bot": 2}


@pytest.mark.django_db(transaction=True)
def test_database_away__is_counted_later_in_its_own_hour(sums, monkeypatch):
    monkeypatch.setattr(module, "EVERY_SECONDS", 60)
    then = datetime(2026, 5, 1, 12, 50, tzinfo=UTC)
    monkeypatch.setattr(module, "utc_now", lambda: then)
    record = writer.record_outcomes

    def away(*args, **kwargs):
        raise OperationalError("away")

    monkeypatch.setattr(writer, "record_outcomes", away)
    sums.note("bot")
    assert not sums.write()
    monkeypatch.setattr(writer, "record_outcomes", record)
    monkeypatch.setattr(module, "utc_now", lambda: then + timedelta(hours=2))
    sums.note("bot")
    assert sums.write()
    hours = OutcomeHour.objects.order_by("hour").values_list("hour", "n")
    assert list(hours) == [(then.replace(minute=0), 1), (then.replace(hour=14, minute=0), 1)]


@pytest.mark.django_db(transaction=True)
def test_sums__are_bounded(sums, monkeypatch):
    monkeypatch.setattr(module, "EVERY_SECONDS", 60)
    monkeypatch.setattr(module, "MAX_SUMS", 2)
    for reason in ("a", "b", "c", "a"):
        sums.note(reason)
    sums.write()
    assert counted() == {"a": 2, "b": 1}


@pytest.mark.django_db
def test_in_tests__it_is_written_at_once():
    turned_away.note("bot")
    assert counted() == {"bot": 1}


def test_in_tests_without_a_database__nothing_happens(django_db_blocker):
    with django_db_blocker.block():
        turned_away.note("bot")
