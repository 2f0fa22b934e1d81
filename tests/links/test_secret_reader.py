"""The thread that has the day's secrets at hand: it asks, requests don't, and nobody waits."""

from __future__ import annotations

import logging
import os
import threading
import time
from datetime import date
from functools import partial

import pytest
from django.db import OperationalError, connection, connections, transaction

from django_share_analytics.links import secret_reader as module
from django_share_analytics.links.day_secrets import keep_day_secrets
from django_share_analytics.links.secret_reader import SecretReader
from django_share_analytics.models import DaySecret
from django_share_analytics.places import NOWHERE, Place
from tests.dispatch.conftest import exit_status, wait_until

NAME = "share-visitors"
AT_ONCE_SECONDS = 0.2
"""Far less than any of these databases makes anybody wait for, and far more than no waiting."""


@pytest.fixture
def reader(transactional_db, clock, monkeypatch):
    """One with a thread, which tries again soon."""
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(module, "LAST_PAUSE", 0.05)
    monkeypatch.setattr(module, "LONGEST_SLEEP", 0.02)
    reader = SecretReader()
    reader.runs_under_tests = True
    yield reader
    reader.stop()
    assert wait_until(lambda: not reader._thread or not reader._thread.is_alive())


def stored(day, using="default"):
    return DaySecret.objects.using(using).filter(day=day).values_list("secret", flat=True).first()


def comes(reader, place=NOWHERE):
    """The secret that a request of ``place`` has, as soon as one is there."""
    assert wait_until(partial(reader.secret, place))
    return reader.secret(place)


def test_secret__nothing_at_first_and_the_stored_one_moments_later(reader):
    keep_day_secrets("default")
    assert reader.secret(NOWHERE) is None
    assert comes(reader) == stored(date(2026, 5, 17))


@pytest.mark.once
def test_secret__where_no_writer_made_one_yet(reader):
    assert comes(reader) == stored(date(2026, 5, 17))


@pytest.mark.once
def test_secret__all_processes_have_the_same(reader):
    others = [SecretReader() for _ in range(3)]
    for other in others:
        other.read(NOWHERE)
    assert {other.secret(NOWHERE) for other in others} == {comes(reader)}


@pytest.mark.once
def test_secret__the_next_days_is_at_hand_when_that_begins(reader, clock):
    comes(reader)
    # Of a version, say, that made none in advance.
    DaySecret.objects.filter(day=date(2026, 5, 18)).delete()
    reader.forget()
    reader.read(NOWHERE)
    reader._known[NOWHERE].secrets.pop(date(2026, 5, 18))
    clock.go_on(hours=11, minutes=40)
    assert wait_until(lambda: date(2026, 5, 18) in reader._known[NOWHERE].secrets)
    clock.go_on(minutes=20)
    assert reader.secret(NOWHERE) == stored(date(2026, 5, 18))


def test_day_is_over__its_secret_is_nowhere(reader, clock):
    secret = comes(reader)
    clock.go_on(hours=13)
    assert wait_until(lambda: secret not in reader._known[NOWHERE].secrets.values())
    assert wait_until(lambda: not stored(date(2026, 5, 17)))
    assert secret not in DaySecret.objects.values_list("secret", flat=True)


@pytest.mark.once
def test_day_is_over__its_secret_is_forgotten_while_the_database_is_away(
    reader, clock, monkeypatch
):
    secret = comes(reader)

    def fail(using):
        raise OperationalError("away")

    monkeypatch.setattr(module, "read_day_secrets", fail)
    clock.go_on(hours=13)
    assert wait_until(lambda: secret not in reader._known[NOWHERE].secrets.values())
    assert reader.secret(NOWHERE) == stored(date(2026, 5, 18))  # which was made in advance


@pytest.mark.once
def test_secret__who_misses_one_wakes_the_thread(reader, monkeypatch):
    monkeypatch.setattr(module, "LONGEST_SLEEP", 3_600)
    comes(reader)
    assert wait_until(lambda: not reader._wake.is_set())
    comes(reader, Place("default"))


@pytest.mark.once
def test_places_that_nobody_asks_for_are_forgotten(reader, clock):
    comes(reader)
    clock.go_on(days=1)
    time.sleep(0.1)
    assert NOWHERE in reader._known
    clock.go_on(days=1)
    assert wait_until(lambda: NOWHERE not in reader._known)


@pytest.mark.usefixtures("two_databases")
def test_places_have_secrets_of_their_own_and_one_that_is_away_holds_up_none(reader, caplog):
    away, one, two = (Place(alias) for alias in ("away", "default", "two"))
    for place in (away, one, two):
        assert reader.secret(place) is None
    assert comes(reader, one) != comes(reader, two)
    assert reader.secret(one) == stored(date(2026, 5, 17))
    assert reader.secret(two) == stored(date(2026, 5, 17), "two")
    assert reader.secret(away) is None
    assert wait_until(lambda: caplog.messages)
    time.sleep(0.2)
    assert len(caplog.messages) == 1  # a minute, however often it was tried
    assert "Visitors are not known" in caplog.text
    assert "OperationalError" in caplog.text


@pytest.mark.once
@pytest.mark.parametrize("place", [Place("gone"), Place("", "gone")])
def test_places_that_are_gone_are_no_error(reader, caplog, place):
    assert reader.secret(place) is None
    assert wait_until(lambda: reader._known[place].next_try)
    comes(reader)
    assert caplog.messages == []


@pytest.mark.once
@pytest.mark.parametrize("error", [OperationalError("away"), ZeroDivisionError("of a router")])
def test_errors__the_thread_outlives_them(reader, monkeypatch, error):
    reading = module.read_day_secrets

    def fail(using):
        raise error

    monkeypatch.setattr(module, "read_day_secrets", fail)
    assert reader.secret(NOWHERE) is None
    assert wait_until(lambda: reader._known[NOWHERE].next_try)
    thread = reader._thread
    monkeypatch.setattr(module, "read_day_secrets", reading)
    assert comes(reader)
    assert reader._thread is thread


@pytest.mark.once
def test_secret__is_known_to_those_who_may_not_write(reader, monkeypatch):
    keep_day_secrets("default")

    def refuse(using):
        raise OperationalError("read only")

    monkeypatch.setattr(module, "keep_day_secrets", refuse)
    assert comes(reader) == stored(date(2026, 5, 17))


def test_secret__nobody_waits_for_a_database_that_hangs(reader, require):
    if connection.vendor != "postgresql":
        pytest.skip("the lock is PostgreSQL's")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {DaySecret._meta.db_table} IN ACCESS EXCLUSIVE MODE")
        assert reader.secret(NOWHERE) is None
        assert wait_until(lambda: reader._known[NOWHERE].next_try)
        start = time.monotonic()
        assert {reader.secret(NOWHERE) for _ in range(1_000)} == {None}
        assert time.monotonic() - start < AT_ONCE_SECONDS
    assert comes(reader)


@pytest.mark.once
def test_secret__nobody_waits_for_a_read_that_hangs(reader, monkeypatch):
    hangs, goes_on = threading.Event(), threading.Event()

    def hang(using):
        hangs.set()
        goes_on.wait(30)
        return {}

    monkeypatch.setattr(module, "read_day_secrets", hang)
    assert reader.secret(NOWHERE) is None
    assert hangs.wait(30)
    start = time.monotonic()
    assert {reader.secret(NOWHERE) for _ in range(1_000)} == {None}
    assert time.monotonic() - start < AT_ONCE_SECONDS
    goes_on.set()


@pytest.mark.once
@pytest.mark.usefixtures("reader")
def test_many_who_miss_a_secret_have_it_asked_for_once(monkeypatch, reader):
    asked = []
    monkeypatch.setattr(module, "FIRST_PAUSE", 60)
    monkeypatch.setattr(module, "read_day_secrets", lambda using: asked.append(using) or {})
    monkeypatch.setattr(module, "keep_day_secrets", lambda using: None)
    threads = [threading.Thread(target=reader.secret, args=[NOWHERE]) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wait_until(lambda: len(asked) == 2)  # and once more, as there was nothing
    time.sleep(0.1)
    assert len(asked) == 2
    assert sum(thread.name == NAME for thread in threading.enumerate()) == 1


@pytest.mark.once
def test_tests_have_no_thread():
    reader = SecretReader()
    assert reader.secret(NOWHERE) is None
    assert reader._thread is None


@pytest.mark.once
def test_no_thread_to_be_had(monkeypatch, caplog):
    def refuse(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    reader = SecretReader()
    reader.runs_under_tests = True
    assert {reader.secret(NOWHERE) for _ in range(10)} == {None}
    assert caplog.record_tuples == [
        (module.__name__, logging.ERROR, caplog.messages[0]),
    ]
    assert "can't start new thread" in caplog.text


@pytest.mark.once
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.parametrize("is_told", [True, False])
def test_fork__the_child_has_a_thread_of_its_own(reader, is_told):
    """As gunicorn forks with ``--preload``, and as uWSGI does behind Python's back."""
    secret = comes(reader)
    pid = os.fork()
    if pid == 0:
        inherited = reader._thread
        if is_told:
            reader.reset_after_fork()
        else:
            # What the parent's thread may have held when it was forked, for ever.
            reader._starting.acquire()
        same = reader.secret(NOWHERE) == secret
        own = wait_until(lambda: reader._thread.is_alive()) and reader._thread is not inherited
        os._exit(0 if same and own else 1)
    assert exit_status(pid) == 0
    assert reader._thread.is_alive()


@pytest.mark.once
def test_thread__leaves_no_connection_open(reader, monkeypatch):
    closed = threading.Event()
    closing = connections.close_all

    def close():
        closing()
        if threading.current_thread().name == NAME:
            closed.set()

    monkeypatch.setattr(connections, "close_all", close)
    comes(reader)
    assert closed.wait(30)
