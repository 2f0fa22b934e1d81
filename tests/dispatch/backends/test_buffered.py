from __future__ import annotations

import ctypes
import os
import sys
import threading
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from django_share_analytics.dispatch import second_tries
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.models import Share
from django_share_analytics.writing import batches
from tests.dispatch.conftest import PATIENCE_SECONDS, exit_status, in_time, wait_until
from tests.factories import NOON, counted_by_hand, event, outcomes, stored_counts

pytestmark = pytest.mark.django_db(transaction=True)


def test_flush_by_time__writes_without_being_asked(buffered, app):
    buffered(flush_seconds=0.05).submit(event(app))
    assert wait_until(lambda: Share.objects.count() == 1)


def test_flush_by_size__does_not_wait_for_the_time(buffered, app):
    dispatcher = buffered(flush_seconds=60, max_batch=5)
    for _ in range(5):
        dispatcher.submit(event(app))
    assert wait_until(lambda: Share.objects.count() == 5)


def test_flush_by_size__while_there_is_room(buffered, app):
    dispatcher = buffered(flush_seconds=3600, capacity=11)
    for _ in range(5):
        dispatcher.submit(event(app))
    assert wait_until(lambda: Share.objects.count() == 5)


def test_submit__asks_the_database_nothing(buffered, app, django_assert_num_queries):
    dispatcher = buffered(flush_seconds=60)
    given = event(app)
    with django_assert_num_queries(0):
        dispatcher.submit(given)


def test_submit__when_full(buffered, app, database_away):
    database_away.set()
    dispatcher = buffered(flush_seconds=60, capacity=2)
    dispatcher.submit(event(app))
    dispatcher.submit(event(app))
    with pytest.raises(DispatcherUnavailable, match="full"):
        dispatcher.submit(event(app))
    database_away.clear()
    assert dispatcher.flush()
    assert Share.objects.count() == 2


def test_submit__when_closed(buffered, app):
    dispatcher = buffered()
    dispatcher.close()
    with pytest.raises(DispatcherUnavailable, match="stopping"):
        dispatcher.submit(event(app))


def test_writer__goes_on_when_the_database_is_back(buffered, app, database_away):
    dispatcher = buffered(flush_seconds=0.01)
    database_away.set()
    for _ in range(3):
        dispatcher.submit(event(app))
    assert wait_until(lambda: "could not connect" in dispatcher.status().last_error)
    assert dispatcher.status().waiting == 3
    assert dispatcher.status().oldest is not None
    database_away.clear()
    assert wait_until(lambda: Share.objects.count() == 3)
    assert wait_until(lambda: dispatcher.status().last_error == "")
    assert dispatcher.status().last_write is not None


def test_flush__says_so_when_the_database_stays_away(buffered, app, database_away):
    dispatcher = buffered(flush_seconds=60)
    dispatcher.submit(event(app))
    database_away.set()
    assert dispatcher.flush(timeout=0.2) is False
    assert dispatcher.status().waiting == 1
    database_away.clear()
    assert dispatcher.flush() is True
    assert Share.objects.count() == 1


def test_flush__at_once_is_as_long_as_batches_are_written(buffered, app, monkeypatch):
    """What is in memory is lost otherwise, and the database is there."""
    dispatcher = buffered(max_batch=2)
    monkeypatch.setattr(dispatcher._drain, "wake", lambda *, is_full: None)
    for _ in range(5):
        dispatcher.submit(event(app))
    assert dispatcher.flush(0)
    assert Share.objects.count() == 5


def test_close__says_what_is_lost(buffered, app, database_away, caplog):
    dispatcher = buffered(flush_seconds=60, shutdown_seconds=0.1)
    dispatcher.submit(event(app))
    database_away.set()
    dispatcher.close()
    assert "Dropped 1 share(s), lost_at_exit" in caplog.text
    assert outcomes() == {"lost_at_exit": 1}


def test_writer__goes_on_after_an_error_of_another_kind(buffered, app, database_away):
    """A driver's own, a bug in a router: nobody may have to submit again to wake the thread."""
    dispatcher = buffered(flush_seconds=0.01)
    database_away.error = RuntimeError("a bug")
    database_away.set()
    dispatcher.submit(event(app))
    assert wait_until(lambda: dispatcher.status().last_error == "RuntimeError: a bug")
    database_away.clear()
    assert wait_until(lambda: Share.objects.count() == 1)


def test_writer__outlives_a_connection_that_can_not_be_closed(buffered, app, monkeypatch):
    def close(self):
        raise RuntimeError("closed already")

    dispatcher = buffered(flush_seconds=0.01)
    with monkeypatch.context() as patch:
        patch.setattr(BaseDatabaseWrapper, "close", close)
        for n in (1, 2):
            dispatcher.submit(event(app))
            assert wait_until(lambda n=n: Share.objects.count() == n)
        assert wait_until(lambda: not dispatcher._drain._work.is_set())
        thread = dispatcher._drain._thread
        thread.join(0.1)
        assert thread.is_alive()


def test_flush_and_close__when_an_error_is_of_another_kind(buffered, app, database_away, caplog):
    dispatcher = buffered(flush_seconds=60, shutdown_seconds=0.1)
    database_away.error = RuntimeError("a bug")
    database_away.set()
    dispatcher.submit(event(app))
    assert dispatcher.flush(timeout=0.1) is False
    assert dispatcher.status().last_error == "RuntimeError: a bug"
    dispatcher.close()
    assert outcomes() == {"lost_at_exit": 1}


def test_close__that_is_interrupted_says_what_is_lost(buffered, app, monkeypatch, caplog):
    dispatcher = buffered(flush_seconds=60)
    monkeypatch.setattr(dispatcher._drain, "stop", lambda timeout: 1 / 0)
    dispatcher.submit(event(app))
    with pytest.raises(ZeroDivisionError):
        dispatcher.close()
    assert "Dropped 1 share(s), lost_at_exit" in caplog.text


def test_submit__when_no_thread_can_be_started(buffered, app, monkeypatch, caplog):
    """The share waits; the next one, or the end of the process, has it written."""
    dispatcher = buffered(flush_seconds=0.01)

    def start(self):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", start)
        dispatcher.submit(event(app))
        dispatcher.submit(event(app))
    assert "can't start new thread" in dispatcher.status().last_error
    assert caplog.text.count("can't start new thread") == 1
    dispatcher.submit(event(app))
    assert wait_until(lambda: Share.objects.count() == 3)
    assert wait_until(lambda: dispatcher.status().last_error == "")


def test_close__when_no_thread_could_be_started(buffered, app, monkeypatch):
    dispatcher = buffered(flush_seconds=0.01)

    def start(self):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", start)
        dispatcher.submit(event(app))
        dispatcher.close()
    assert Share.objects.count() == 1


def being_written(dispatcher, database_frozen, given):
    """Submitted, and on its way to a database that doesn't answer."""
    database_frozen.set()
    dispatcher.submit(given)
    assert database_frozen.has_come.wait(PATIENCE_SECONDS)


def has_ended(dispatcher):
    return wait_until(lambda: not dispatcher._drain._thread.is_alive())


def test_flush__when_a_write_hangs(buffered, app, database_frozen):
    dispatcher = buffered(flush_seconds=0.01)
    being_written(dispatcher, database_frozen, event(app))
    assert in_time(dispatcher.flush, 0.1) is False
    database_frozen.clear()
    assert wait_until(lambda: Share.objects.count() == 1)


def test_close__when_a_write_hangs(buffered, app, database_frozen, caplog):
    """What can't be written is said and not counted: that would hang, too."""
    dispatcher = buffered(flush_seconds=0.01, shutdown_seconds=0.1)
    being_written(dispatcher, database_frozen, event(app))
    dispatcher.submit(event(app))
    in_time(dispatcher.close)
    assert "Dropped 1 share(s), lost_at_exit" in caplog.text
    assert "1 share(s) are being written" in caplog.text
    database_frozen.clear()
    assert has_ended(dispatcher)
    assert Share.objects.count() == 1, "the one whose write went on"
    assert stored_counts() == counted_by_hand()


def test_close__when_the_first_write_hangs(buffered, app, database_frozen, caplog):
    """It is the thread that hangs, and not whoever ends the process."""
    dispatcher = buffered(flush_seconds=60, shutdown_seconds=0.1)
    database_frozen.set()
    dispatcher.submit(event(app))
    in_time(dispatcher.close)
    assert "1 share(s) are being written" in caplog.text
    database_frozen.clear()
    assert has_ended(dispatcher)
    assert Share.objects.count() == 1


def test_close__when_a_write_hangs_and_fails_later(buffered, app, database_frozen, caplog):
    dispatcher = buffered(flush_seconds=0.01, shutdown_seconds=0.1)
    being_written(dispatcher, database_frozen, event(app))
    in_time(dispatcher.close)
    assert "Dropped" not in caplog.text
    database_frozen.error = OperationalError("the server went away")
    database_frozen.clear()
    assert has_ended(dispatcher)
    assert "Dropped 1 share(s), lost_at_exit" in caplog.text
    assert outcomes() == {"lost_at_exit": 1}
    assert Share.objects.count() == 0


def test_close__waits_for_a_database_that_is_slow(buffered, app, monkeypatch):
    """Batch after batch arrives: it is not away, however long it takes."""
    dispatcher = buffered(flush_seconds=60, shutdown_seconds=2.5, max_batch=2)
    write = batches.write_shares

    def write_slowly(*args, **kwargs):
        time.sleep(0.25)
        return write(*args, **kwargs)

    monkeypatch.setattr(batches, "write_shares", write_slowly)
    for _ in range(21):
        dispatcher.submit(event(app))
    dispatcher.close()
    assert Share.objects.count() == 21


def test_status__tells_of_what_is_being_written(buffered, app, database_frozen):
    dispatcher = buffered(flush_seconds=0.01)
    first = event(app)
    being_written(dispatcher, database_frozen, first)
    dispatcher.submit(event(app, at=NOON + timedelta(minutes=1)))
    status = dispatcher.status()
    assert (status.waiting, status.oldest) == (2, first.timestamp)


def test_status__tells_of_what_gets_a_second_try(buffered, unknown_key, monkeypatch):
    monkeypatch.setattr(second_tries, "SECOND_TRY_SECONDS", 60)
    dispatcher = buffered(flush_seconds=0.01)
    given = event(unknown_key)
    dispatcher.submit(given)
    assert wait_until(lambda: dispatcher.status().last_write is not None)
    status = dispatcher.status()
    assert (status.waiting, status.oldest) == (1, given.timestamp)


def test_unknown_app__is_looked_for_once_more(buffered, app_model, unknown_key, monkeypatch):
    monkeypatch.setattr(second_tries, "SECOND_TRY_SECONDS", 0.3)
    dispatcher = buffered(flush_seconds=0.01)
    dispatcher.submit(event(unknown_key))
    assert wait_until(lambda: dispatcher.status().last_write is not None)
    assert outcomes() == {}
    app_model.objects.create(pk=unknown_key, name="Committed a moment later")
    assert wait_until(lambda: Share.objects.count() == 1)


def test_unknown_app__is_counted_at_last(buffered, unknown_key, monkeypatch):
    monkeypatch.setattr(second_tries, "SECOND_TRY_SECONDS", 0.05)
    dispatcher = buffered(flush_seconds=0.01)
    dispatcher.submit(event(unknown_key))
    assert wait_until(lambda: outcomes() == {"unknown_app": 1})
    assert wait_until(lambda: dispatcher.status().waiting == 0)


def test_submit__inside_a_transaction_that_rolls_back(buffered, app):
    """The host's transaction fails; the share was made all the same."""
    dispatcher = buffered(flush_seconds=60)
    with transaction.atomic():
        dispatcher.submit(event(app))
        transaction.set_rollback(True)
    dispatcher.flush()
    assert Share.objects.count() == 1


def test_writer__lets_its_connection_go_when_idle(buffered, app, require):
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL refuses to drop a database that somebody is connected to")
    buffered(flush_seconds=0.01).submit(event(app))
    assert wait_until(lambda: Share.objects.count() == 1)

    def others():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            return cursor.fetchone()[0]

    assert wait_until(lambda: others() == 0)


def _fork_silently(ask):
    """Fork without a word to Python, and let the child exit with what ``ask`` says."""
    interval = sys.getswitchinterval()
    # If another thread asks for the interpreter just then, the child waits for ever for it to take
    # over: it has no other threads. So none asks, once those have had it that do.
    sys.setswitchinterval(3_600)
    time.sleep(0.2)
    try:
        pid = ctypes.PyDLL(None).fork()
        if pid == 0:
            os._exit(ask() or 0)
    finally:
        sys.setswitchinterval(interval)
    return pid


@pytest.mark.skipif(sys.platform != "linux", reason="calls the C library's fork")
def test_fork__that_python_is_not_told_of(buffered, app):
    """As uWSGI forks. What the parent has must not be written by each of its children, too."""
    buffered(flush_seconds=60).submit(event(app))
    for ask in (lambda: dispatchers["default"].status().waiting, dispatchers.close):
        assert exit_status(_fork_silently(ask)) == 0
    assert dispatchers["default"].status().waiting == 1
    assert Share.objects.count() == 0


@pytest.fixture
def uwsgi(monkeypatch):
    """``uwsgi(version, **options)``: this process runs in it, as far as the module says that uWSGI
    puts into its processes."""

    def run(version, **options):
        opt = {name.replace("_", "-"): value for name, value in options.items()}
        monkeypatch.setitem(sys.modules, "uwsgi", SimpleNamespace(version=version, opt=opt))

    return run


@pytest.mark.parametrize("options", [{}, {"enable_threads": b"false"}, {"master": True}])
def test_uwsgi__that_runs_no_threads_is_refused(uwsgi, buffered, app, options, caplog):
    uwsgi(b"2.0.23", **options)
    dispatcher = buffered()
    dispatcher.start()
    assert "--enable-threads" in caplog.text
    with pytest.raises(DispatcherUnavailable, match="--enable-threads"):
        dispatcher.submit(event(app))
    assert "--enable-threads" in dispatcher.status().last_error


@pytest.mark.parametrize(
    ("version", "options"),
    [
        (b"2.0.23", {"enable_threads": True}),
        (b"2.0.23", {"threads": b"2"}),
        (b"2.0.27", {}),
        (b"2.1-dev", {}),
    ],
)
def test_uwsgi__that_runs_threads_is_like_any_other(uwsgi, buffered, app, version, options):
    uwsgi(version, **options)
    buffered(flush_seconds=0.01).submit(event(app))
    assert wait_until(lambda: Share.objects.count() == 1)


@pytest.mark.parametrize("is_late", [True, False])
def test_start__when_threads_were_replaced_after_the_site_was_loaded(
    buffered, monkeypatch, caplog, is_late
):
    """As gevent does under ``gunicorn --preload``."""
    buffered()
    if is_late:
        monkeypatch.setattr("django_share_analytics.dispatch.process._made_at_import", object())
    dispatchers.start()
    assert ("after the site was loaded" in caplog.text) is is_late


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_fork__leaves_the_parents_shares_to_the_parent(buffered, app):
    parent = buffered(flush_seconds=60)
    parent.submit(event(app))
    pid = os.fork()
    if pid == 0:
        child = dispatchers["default"]
        os._exit(0 if child is not parent and child.status().waiting == 0 else 1)
    assert exit_status(pid) == 0
    assert parent.flush()
    assert Share.objects.count() == 1


@pytest.mark.parametrize("options", [{"max_batch": 0}, {"capacity": "many"}, {"flush_seconds": -1}])
def test_options__when_a_value_makes_no_sense(buffered, options):
    with pytest.raises(ImproperlyConfigured, match=next(iter(options))):
        buffered(**options)


def test_memory__of_a_full_buffer_is_bounded(buffered, app):
    """Half a kilobyte of text and the event itself: what the option's documentation promises."""
    import tracemalloc

    dispatcher = buffered(flush_seconds=60, capacity=10_000)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for n in range(5_000):
        agent = f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 {n}"
        dispatcher.submit(event(app, user_agent=agent, session_id=f"session-{n}"))
    used = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert used / 5_000 < 1_024
