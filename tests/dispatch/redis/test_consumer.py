"""The way out of the stream: what ``consume_shares`` does, whatever happens meanwhile."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
import time

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from django_share_analytics.dispatch import second_tries
from django_share_analytics.dispatch.consuming import consume
from django_share_analytics.events import utc_now
from django_share_analytics.models import Share
from django_share_analytics.writing import batches
from tests import databases
from tests.dispatch.conftest import PATIENCE_SECONDS, REDIS_STREAMS, wait_until
from tests.dispatch.redis_server import RedisServer
from tests.factories import counted_by_hand, event, outcomes, stored_counts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


@pytest.fixture
def running():
    """``running(dispatcher)``: a consumer in a thread; the event that stops it. Joined at last."""
    threads = []

    def start(dispatcher):
        stop = threading.Event()
        thread = threading.Thread(target=consume, args=[[dispatcher], stop])
        thread.start()
        threads.append((thread, stop))
        return stop

    def finish():
        for thread, stop in threads:
            stop.set()
            thread.join(PATIENCE_SECONDS)
            assert not thread.is_alive()
        threads.clear()

    start.finish = finish
    yield start
    finish()


@pytest.fixture
def module(own_stream):
    """The module under test, which can't be imported without redis-py."""
    from django_share_analytics.dispatch.redis import consumer as redis_consumer

    return redis_consumer


def pending(dispatcher):
    """Who has been given how many entries."""
    options = dispatcher.options
    found = dispatcher._client.xinfo_consumers(options.stream, options.group)
    return {each["name"].decode(): each["pending"] for each in found}


def is_there(dispatcher):
    from redis import RedisError

    try:
        return bool(dispatcher._client.ping())
    except RedisError:
        return False


def give_to_someone_who_dies(dispatcher, count=100):
    options = dispatcher.options
    dispatcher._client.xreadgroup(options.group, "dead", {options.stream: ">"}, count=count)


def test_once__writes_everything_and_deletes_it(redis_streams, app):
    dispatcher = redis_streams(max_batch=4)
    for _ in range(10):
        dispatcher.submit(event(app))
    assert dispatcher.consume(threading.Event(), once=True) == 10
    assert Share.objects.count() == 10
    assert stored_counts() == counted_by_hand()
    assert dispatcher.status().waiting == 0
    assert pending(dispatcher) == {}


def test_once__when_nothing_was_ever_submitted(redis_streams):
    redis_streams()
    call_command("consume_shares", "--once", verbosity=0)
    assert Share.objects.count() == 0


def test_once__does_not_go_on_for_ever_when_more_comes_in(redis_streams, app, monkeypatch):
    dispatcher = redis_streams(max_batch=1)
    write = batches.write_shares

    def one_more(*args, **kwargs):
        dispatcher.submit(event(app))
        return write(*args, **kwargs)

    monkeypatch.setattr(batches, "write_shares", one_more)
    for _ in range(3):
        dispatcher.submit(event(app))
    call_command("consume_shares", "--once", verbosity=0)
    assert (Share.objects.count(), dispatcher.status().waiting) == (3, 3)


def test_once__waits_for_what_a_dead_consumer_was_given(redis_streams, app):
    dispatcher = redis_streams(takeover_seconds=0.5)
    for _ in range(3):
        dispatcher.submit(event(app))
    give_to_someone_who_dies(dispatcher)
    call_command("consume_shares", "--once", verbosity=0)
    assert (Share.objects.count(), outcomes()) == (3, {})


def test_once__looks_for_an_unknown_app_twice(redis_streams, unknown_key, monkeypatch):
    monkeypatch.setattr(second_tries, "SECOND_TRY_SECONDS", 0.3)
    tries = []
    write = batches.write_shares

    def noted(events, *, count_unknown, using):
        tries.append(count_unknown)
        return write(events, count_unknown=count_unknown, using=using)

    monkeypatch.setattr(batches, "write_shares", noted)
    redis_streams().submit(event(unknown_key))
    call_command("consume_shares", "--once", verbosity=0)
    assert tries == [False, True]
    assert outcomes() == {"unknown_app": 1}


def test_unknown_app__committed_a_moment_later(
    redis_streams, running, app, unknown_key, app_model, monkeypatch
):
    monkeypatch.setattr(second_tries, "SECOND_TRY_SECONDS", 3.0)
    dispatcher = redis_streams()
    running(dispatcher)
    for key in (unknown_key, app):  # in this order: when the second is stored, both were tried
        dispatcher.submit(event(key))
    assert wait_until(lambda: Share.objects.count() == 1)
    app_model.objects.create(pk=unknown_key, name="Committed a moment later")
    assert wait_until(lambda: Share.objects.count() == 2)
    assert outcomes() == {}


def test_unknown_app__gets_its_second_try_from_another_consumer(
    redis_streams, running, unknown_key, monkeypatch
):
    """The one that tried first stops, or dies, before it could try again."""
    monkeypatch.setattr(second_tries, "SECOND_TRY_SECONDS", 3_600)
    dispatcher = redis_streams(takeover_seconds=0.5)
    running(dispatcher)
    dispatcher.submit(event(unknown_key))
    assert wait_until(lambda: list(pending(dispatcher).values()) == [1])
    running.finish()
    assert (dispatcher.status().waiting, outcomes()) == (1, {})
    call_command("consume_shares", "--once", verbosity=0)
    assert outcomes() == {"unknown_app": 1}


@pytest.mark.parametrize(
    "fields", [{b"share": b'{"id": "torn'}, {b"share": b""}, {b"something": b"else"}]
)
def test_unreadable__is_counted_and_keeps_nobody_up(redis_streams, app, fields, caplog):
    dispatcher = redis_streams()
    dispatcher.submit(event(app))
    dispatcher._client.xadd(dispatcher.options.stream, fields)
    dispatcher.submit(event(app))
    call_command("consume_shares", "--once", verbosity=0)
    assert Share.objects.count() == 2
    assert outcomes() == {"unreadable": 1}
    assert dispatcher.status().waiting == 0


def test_takeover__is_not_of_what_is_being_worked_on(redis_streams, running, app, database_away):
    """While the database is away a batch stays with its consumer, however long that takes."""
    dispatcher = redis_streams(takeover_seconds=1)
    database_away.set()
    dispatcher.submit(event(app))
    running(dispatcher)
    assert wait_until(lambda: list(pending(dispatcher).values()) == [1])
    running(dispatcher)
    owner = pending(dispatcher)
    time.sleep(3.5)  # so long that the tries have become rare
    now = pending(dispatcher)
    assert {name: now[name] for name in owner} == owner
    database_away.clear()
    assert wait_until(lambda: dispatcher.status().waiting == 0)
    assert (Share.objects.count(), outcomes()) == (1, {})


def test_database_away__goes_on_when_it_is_back(redis_streams, running, app, database_away, caplog):
    dispatcher = redis_streams(max_batch=2)
    database_away.set()
    for _ in range(5):
        dispatcher.submit(event(app))
    running(dispatcher)
    assert wait_until(lambda: "could not connect" in caplog.text)
    assert dispatcher.status().waiting == 5
    database_away.clear()
    assert wait_until(lambda: Share.objects.count() == 5)
    assert wait_until(lambda: dispatcher.status().waiting == 0)
    assert outcomes() == {}


def test_status__tells_of_the_last_write_and_the_last_error(
    redis_streams, running, app, database_away
):
    """In any process, whoever the consumer is."""
    dispatcher = redis_streams()
    assert (dispatcher.status().last_write, dispatcher.status().last_error) == (None, "")
    before = utc_now()
    dispatcher.submit(event(app))
    dispatcher.consume(threading.Event(), once=True)
    written = dispatcher.status().last_write
    assert before < written < utc_now()
    database_away.set()
    dispatcher.submit(event(app))
    running(dispatcher)
    assert wait_until(lambda: "OperationalError: could not" in dispatcher.status().last_error)
    assert dispatcher.status().last_write == written
    database_away.clear()
    assert wait_until(lambda: dispatcher.status().last_error == "")
    assert dispatcher.status().last_write > written
    running.finish()


def test_status__what_is_written_down_for_it_expires(redis_streams, app, own_stream):
    dispatcher = redis_streams()
    dispatcher.submit(event(app))
    dispatcher.consume(threading.Event(), once=True)
    assert 0 < dispatcher._client.ttl(f"{own_stream['stream']}:consumers") <= 86_400


def test_status__when_redis_keeps_no_notes(redis_streams, app, own_stream):
    """A user without the permission, say, or something else in their place."""
    dispatcher = redis_streams()
    dispatcher._client.set(f"{own_stream['stream']}:consumers", "somebody else's")
    dispatcher.submit(event(app))
    dispatcher.consume(threading.Event(), once=True)
    assert Share.objects.count() == 1
    assert (dispatcher.status().waiting, dispatcher.status().last_write) == (0, None)


def test_database_away__with_an_error_of_another_kind(redis_streams, running, app, database_away):
    dispatcher = redis_streams()
    database_away.error = RuntimeError("a bug")
    database_away.set()
    dispatcher.submit(event(app))
    running(dispatcher)
    time.sleep(0.5)
    database_away.clear()
    assert wait_until(lambda: Share.objects.count() == 1, seconds=20)
    running.finish()


def test_database_away__what_is_left_at_a_stop_is_written_by_the_next(
    redis_streams, running, app, database_away
):
    dispatcher = redis_streams(takeover_seconds=0.3)
    database_away.set()
    for _ in range(3):
        dispatcher.submit(event(app))
    running(dispatcher)
    assert wait_until(lambda: list(pending(dispatcher).values()) == [3])
    running.finish()
    assert list(pending(dispatcher).values()) == [3]
    database_away.clear()
    call_command("consume_shares", "--once", verbosity=0)
    assert (Share.objects.count(), outcomes()) == (3, {})


def test_redis_away__goes_on_when_it_is_back(redis_streams, running, app):
    with RedisServer() as server:
        dispatcher = redis_streams(url=server.url)
        running(dispatcher)
        dispatcher.submit(event(app))
        assert wait_until(lambda: Share.objects.count() == 1)
        server.kill()
        time.sleep(0.3)
        server.start()  # and knows nothing of a group
        assert wait_until(lambda: is_there(dispatcher))
        dispatcher.submit(event(app))
        assert wait_until(lambda: Share.objects.count() == 2)
        running.finish()


def test_redis_away__between_writing_and_acknowledging(
    redis_streams, running, app, module, monkeypatch
):
    """What is written is remembered: it is acknowledged later, not written again."""
    from redis import ConnectionError

    failures = [ConnectionError("cut"), ConnectionError("cut")]
    acknowledge = module.ConsumerGroup.acknowledge

    def cut_at_first(group, ids):
        if failures:
            raise failures.pop()
        acknowledge(group, ids)

    monkeypatch.setattr(module.ConsumerGroup, "acknowledge", cut_at_first)
    dispatcher = redis_streams(takeover_seconds=0.1)
    dispatcher.submit(event(app))
    running(dispatcher)
    assert wait_until(lambda: dispatcher.status().waiting == 0)
    assert (Share.objects.count(), outcomes(), failures) == (1, {}, [])


def test_redis_away__in_the_middle_of_acknowledging(redis_streams, app, module, monkeypatch):
    """What is deleted can be pending for a while; what nobody has pending would stay for ever."""
    from redis import ConnectionError
    from redis.client import Pipeline

    execute = Pipeline.execute

    def cut_after_the_first(pipeline, **kwargs):
        monkeypatch.setattr(Pipeline, "execute", execute)
        del pipeline.command_stack[1:]
        pipeline.execute(**kwargs)
        raise ConnectionError("cut")

    dispatcher = redis_streams()
    dispatcher.submit(event(app))
    options = dispatcher.options
    group = module.ConsumerGroup(dispatcher._client, options.stream, options.group)
    (entry,) = group.read(1, 0)
    monkeypatch.setattr(Pipeline, "execute", cut_after_the_first)
    with pytest.raises(ConnectionError):
        group.acknowledge([entry.id])
    assert dispatcher.status().waiting == 0
    group.acknowledge([entry.id])
    assert set(pending(dispatcher).values()) == {0}


def test_redis__that_refuses_to_delete_is_told_again_later(redis_streams, module):
    from redis import ResponseError

    dispatcher = redis_streams()
    options = dispatcher.options
    dispatcher._client.set(options.stream, "something else")
    group = module.ConsumerGroup(dispatcher._client, options.stream, options.group)
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        group.acknowledge([b"1-1"])


def test_stream_deleted__goes_on(redis_streams, running, app):
    dispatcher = redis_streams()
    running(dispatcher)
    dispatcher.submit(event(app))
    assert wait_until(lambda: Share.objects.count() == 1)
    dispatcher._client.delete(dispatcher.options.stream)
    dispatcher.submit(event(app))
    assert wait_until(lambda: Share.objects.count() == 2)


def test_leave__no_name_stays_behind(redis_streams, running, app):
    dispatcher = redis_streams()
    running(dispatcher)
    dispatcher.submit(event(app))
    assert wait_until(lambda: Share.objects.count() == 1)
    running.finish()
    assert pending(dispatcher) == {}


def test_eviction__is_warned_of(redis_streams, caplog):
    with RedisServer("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru") as server:
        redis_streams(url=server.url)
        call_command("consume_shares", "--once", verbosity=0)
    assert "maxmemory-policy" in caplog.text


def test_connection__is_let_go_when_idle(redis_streams, running, app, require):
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL tells who is connected")
    dispatcher = redis_streams(flush_seconds=0)
    dispatcher.submit(event(app))
    running(dispatcher)
    assert wait_until(lambda: Share.objects.count() == 1)

    def others():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            return cursor.fetchone()[0]

    assert wait_until(lambda: others() == 0)


@pytest.fixture
def processes(own_stream):
    """``processes(**options)``: a process that runs the command; killed after the test."""
    started = []

    def start(**options):
        entry = {"BACKEND": REDIS_STREAMS, "OPTIONS": own_stream | options}
        environment = databases.child_environment(
            DJANGO_SETTINGS_MODULE="tests.dispatch.consumer_settings",
            TEST_DISPATCHERS=json.dumps({"default": entry}),
        )
        command = [sys.executable, "-m", "django", "consume_shares"]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert "Consuming" in process.stdout.readline()
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


SHARES = 1_000
"""More than a batch."""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal__ends_the_process_when_the_batch_is_written(redis_streams, processes, app, number):
    dispatcher = redis_streams()
    process = processes()
    for _ in range(SHARES):
        dispatcher.submit(event(app))
    process.send_signal(number)
    assert process.wait(PATIENCE_SECONDS) == 0
    stored = Share.objects.count()
    assert stored + dispatcher.status().waiting == SHARES
    assert pending(dispatcher) == {}
    assert stored_counts() == counted_by_hand()


def test_second_signal__ends_the_process_at_once(redis_streams, processes, app):
    """Here it waits for a transaction that doesn't end, so that it can't finish its batch."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite gives up waiting by itself")
    dispatcher = redis_streams()
    process = processes()
    given = event(app)
    with transaction.atomic():
        Share.objects.create(id=given.id, app=app, platform="whatsapp")
        dispatcher.submit(given)
        assert wait_until(lambda: list(pending(dispatcher).values()) == [1])
        process.send_signal(signal.SIGTERM)
        assert not wait_until(lambda: process.poll() is not None, seconds=0.5)
        # Again and again: two that come before the process gets to run are one.
        assert wait_until(lambda: process.send_signal(signal.SIGTERM) or process.poll() is not None)
        assert process.returncode == -signal.SIGTERM
        transaction.set_rollback(True)
    assert dispatcher.status().waiting == 1


def test_kill__of_one_of_two_consumers_loses_nothing_and_counts_nothing_twice(
    redis_streams, processes, app
):
    options = {"max_batch": 50, "takeover_seconds": 0.5, "flush_seconds": 0}
    dispatcher = redis_streams(**options)
    consumers = [processes(**options) for _ in range(2)]
    acknowledged = set()

    def has_a_batch(process):
        return any(f"-{process.pid}-" in name and n for name, n in pending(dispatcher).items())

    def gets_a_batch(process):
        given = event(app)
        dispatcher.submit(given)
        acknowledged.add(given.id)
        return has_a_batch(process)

    in_mid_batch = 0
    for kill in range(4):
        victim = consumers[kill % 2]
        assert wait_until(lambda victim=victim: gets_a_batch(victim))
        time.sleep(random.uniform(0, 0.02))
        victim.kill()
        victim.wait()
        in_mid_batch += has_a_batch(victim)
        consumers[kill % 2] = processes(**options)
    for process in consumers:
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0
    dispatcher.consume(threading.Event(), once=True)
    assert set(Share.objects.values_list("pk", flat=True)) == acknowledged
    assert stored_counts() == counted_by_hand()
    assert outcomes().keys() <= {"duplicate"}
    assert in_mid_batch, "no consumer was killed with a batch in its hands: the test shows nothing"
