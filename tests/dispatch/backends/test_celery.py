"""Shares by way of Celery: real workers on real brokers, which are killed."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from django_share_analytics import track_share
from django_share_analytics.codec import encode
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.models import Share
from django_share_analytics.writing.payloads import Unwritten
from tests import services
from tests.dispatch.brokers import BROKERS, ROOT, held_by_redis, require_broker, workers
from tests.dispatch.conftest import CELERY, exit_status, wait_until
from tests.factories import counted_by_hand, event, outcomes, stored_counts
from tests.loops import by_django

try:
    from celery.exceptions import Reject
except ImportError:
    if services.are_required():
        raise
    pytest.skip("Celery is not installed", allow_module_level=True)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


@pytest.fixture(params=BROKERS)
def broker(request):
    return require_broker(request.param)


@pytest.fixture
def rabbitmq():
    return require_broker("rabbitmq")


@pytest.fixture
def redis():
    return require_broker("redis")


@pytest.fixture
def start():
    """``start(app)``: a worker, stopped by force after the test."""
    with workers() as start:
        yield start


@contextmanager
def no_table():
    """Within the block no process can write a share."""
    quote = connection.ops.quote_name
    here, away = quote(Share._meta.db_table), quote(f"{Share._meta.db_table}_away")
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {here} RENAME TO {away}")
        yield
        cursor.execute(f"ALTER TABLE {away} RENAME TO {here}")


def are_stored(shares):
    return wait_until(lambda: Share.objects.count() >= len(shares))


def waits_for_the_database(worker):
    return wait_until(lambda: worker.said("wait for the database"))


def assert_each_once(shares):
    assert set(Share.objects.values_list("id", flat=True)) == {share.id for share in shares}
    assert stored_counts() == counted_by_hand()


@pytest.mark.parametrize(
    ("broker", "pool"),
    [("rabbitmq", "prefork"), ("rabbitmq", "threads"), ("rabbitmq", "solo"), ("redis", "prefork")],
    indirect=["broker"],
)
def test_worker__writes_what_was_submitted(broker, pool, host, start, use, app):
    project = host(broker)
    dispatcher = use.bare(CELERY)
    shares = [event(app) for _ in range(20)]
    for share in (*shares, shares[0]):
        dispatcher.submit(share)
    worker = start(project, f"--pool={pool}")
    assert are_stored(shares)
    assert worker.stop() == 0
    assert_each_once(shares)


def kill_some(project, dispatcher, start, app):
    """The shares that were submitted while three times one of two workers was killed."""
    shares = []
    workers = [start(project), start(project)]
    for _ in range(3):
        for _ in range(100):
            shares.append(event(app))
            dispatcher.submit(shares[-1])
            time.sleep(random.uniform(0, 0.01))
        assert wait_until(lambda: Share.objects.count() > len(shares) / 2)
        workers.pop(0).kill()
        workers.append(start(project))
    return shares


def test_kill__of_workers_loses_nothing(rabbitmq, host, start, use, app):
    project = host(rabbitmq)
    shares = kill_some(project, use.bare(CELERY), start, app)
    assert are_stored(shares)
    assert_each_once(shares)


def test_kill__of_workers_on_redis_loses_one_each_at_most(redis, host, start, use, app):
    """The message that Redis had given away and Celery had not noted down."""
    project = host(redis)
    shares = kill_some(project, use.bare(CELERY), start, app)
    # A message is forgotten when its share has been written. Looking only at how many are stored
    # would be to look in mid-batch: three may be missing.
    assert wait_until(lambda: held_by_redis(project) == 0)
    assert Share.objects.count() >= len(shares) - 3
    assert stored_counts() == counted_by_hand()


def test_kill__of_a_process_of_the_pool_loses_nothing(broker, host, start, use, app):
    """As the kernel does when memory is short. The worker itself lives on, and has to notice."""
    project = host(broker)
    dispatcher = use.bare(CELERY)
    worker = start(project, "--loglevel=INFO")
    shares = [event(app)]
    dispatcher.submit(shares[0])
    assert are_stored(shares)
    for _ in range(5):
        for _ in range(20):
            shares.append(event(app))
            dispatcher.submit(shares[-1])
        time.sleep(random.uniform(0.05, 0.2))
        for pid in worker.children():
            os.kill(pid, signal.SIGKILL)
    assert are_stored(shares)
    assert_each_once(shares)


def test_database_away__a_worker_goes_on_when_it_is_back(rabbitmq, host, start, use, app):
    project = host(rabbitmq)
    dispatcher = use.bare(CELERY)
    shares = [event(app) for _ in range(20)]
    with no_table():
        worker = start(project)
        for share in shares:
            dispatcher.submit(share)
        assert waits_for_the_database(worker)
    assert are_stored(shares)
    assert_each_once(shares)


def test_database_away__a_worker_can_be_stopped(broker, host, start, use, app):
    project = host(broker)
    dispatcher = use.bare(CELERY)
    shares = [event(app) for _ in range(20)]
    with no_table():
        worker = start(project)
        for share in shares:
            dispatcher.submit(share)
        assert waits_for_the_database(worker)
        assert worker.stop() == 0
    start(project)
    assert are_stored(shares)
    assert_each_once(shares)


def test_unknown_app__is_looked_for_once_more(
    rabbitmq, host, start, use, app, app_model, unknown_key
):
    project = host(rabbitmq)
    dispatcher = use.bare(CELERY)
    start(project)
    for key in (unknown_key, app):  # in this order: when the second is stored, both were tried
        dispatcher.submit(event(key))
    assert wait_until(lambda: Share.objects.count() == 1)
    assert outcomes() == {}
    app_model.objects.create(pk=unknown_key, name="Committed a moment later")
    assert wait_until(lambda: Share.objects.count() == 2)


def test_unknown_app_and_garbage__are_counted(rabbitmq, host, start, use, app, unknown_key):
    project = host(rabbitmq)
    dispatcher = use.bare(CELERY)
    start(project)
    dispatcher.submit(event(unknown_key))
    for arguments in (["{"], [], [7]):
        project.send_task("share_analytics.record_share", arguments)
    dispatcher.submit(event(app))
    assert wait_until(lambda: outcomes() == {"unknown_app": 1, "unreadable": 3}), outcomes()
    assert Share.objects.count() == 1


@pytest.mark.parametrize("scheme", ["amqp", "redis"])
def test_submit__when_the_broker_refuses(scheme, host, use, app):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host(f"{scheme}://127.0.0.1:{free.getsockname()[1]}/")
    dispatcher = use.bare(CELERY)
    start = time.monotonic()
    with pytest.raises(DispatcherUnavailable, match="Celery: ") as caught:
        dispatcher.submit(event(app))
    assert time.monotonic() - start < 1
    assert caught.value.broker_is_away


@pytest.mark.parametrize("scheme", ["amqp", "redis"])
def test_submit__when_the_broker_does_not_answer(scheme, host, use, app):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host(f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/")
        dispatcher = use.bare(CELERY, connect_seconds=0.2, answer_seconds=0.3)
        start = time.monotonic()
        with pytest.raises(DispatcherUnavailable):
            dispatcher.submit(event(app))
        assert time.monotonic() - start < 1.5


def test_submit__on_a_connection_that_went_stale(broker, host, use, app):
    project = host(broker)
    dispatcher = use.bare(CELERY)
    dispatcher.submit(event(app))
    (producer,) = dispatcher._publisher._idle
    link = producer.channel.connection.client
    if project.conf.broker_url.startswith("amqp"):
        link.connection.transport.sock.shutdown(socket.SHUT_RDWR)
    else:
        producer.channel.client.connection_pool.disconnect()
    dispatcher.submit(event(app))
    assert dispatcher.status().waiting == 2


def test_submit__when_the_queue_was_deleted(rabbitmq, host, use, app):
    """RabbitMQ confirms also what it throws away because no queue wants it."""
    project = host(rabbitmq)
    dispatcher = use.bare(CELERY)
    dispatcher.submit(event(app))
    with project.connection_for_write() as link:
        project.amqp.queues[project.conf.task_default_queue](link.default_channel).delete()
    for _ in range(3):
        dispatcher.submit(event(app))
    assert dispatcher.status().waiting == 3


def test_status__says_how_many_are_in_the_queue(broker, host, use, app):
    host(broker)
    dispatcher = use.bare(CELERY)
    assert dispatcher.status().waiting == 0
    dispatcher.submit(event(app))
    assert dispatcher.status().waiting == 1
    assert dispatcher.status().is_shared


def test_submit__to_a_queue_of_ones_own(rabbitmq, host, use, app):
    project = host(rabbitmq)
    dispatcher = use.bare(CELERY, queue=f"{project.conf.task_default_queue}-shares")
    dispatcher.submit(event(app))
    assert dispatcher.status().waiting == 1
    with project.connection_for_write() as link:
        project.amqp.queues[dispatcher.options.queue](link.default_channel).delete()


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_fork__leaves_the_parents_connections_to_the_parent(broker, host, use, app):
    host(broker)
    parent = use.bare(CELERY)
    parent.submit(event(app))
    (producer,) = parent._publisher._idle
    pid = os.fork()
    if pid == 0:
        import gc

        from django_share_analytics.dispatch.handler import dispatchers

        gc.collect()
        dispatchers["default"].submit(event(app))
        dispatchers.close()
        os._exit(0)
    assert exit_status(pid) == 0
    parent.submit(event(app))
    assert parent._publisher._idle[0] is producer
    assert parent.status().waiting == 3


def test_eager__is_written_at_once(eager_celery, use, app, unknown_key):
    dispatcher = use.bare(CELERY)
    dispatcher.submit(event(app))
    dispatcher.submit(event(unknown_key))
    assert Share.objects.count() == 1
    assert outcomes() == {"unknown_app": 1}


@pytest.mark.django_db(transaction=True)
def test_eager__in_a_coroutine(eager_celery, use, app):
    use(CELERY)

    async def view():
        assert track_share(app, "x").accepted

    by_django(view)
    assert Share.objects.count() == 1


def test_eager__when_the_database_is_away(eager_celery, use, app, database_away):
    dispatcher = use.bare(CELERY)
    database_away.set()
    with pytest.raises(DispatcherUnavailable, match="could not connect") as caught:
        dispatcher.submit(event(app))
    assert not caught.value.broker_is_away


@pytest.fixture
def run_by_itself(host, monkeypatch):
    """``run_by_itself(share, redelivered=…)``: the task, in a worker that can't gather."""
    from django_share_analytics.dispatch.celery import task

    monkeypatch.setattr(task, "REST_SECONDS", 0.01)
    monkeypatch.setattr(task, "close_old_connections", lambda: None)
    host("memory://")

    def run(share, *, redelivered=False):
        record_share = task.record_share
        record_share.push_request(is_eager=False, delivery_info={"redelivered": redelivered})
        try:
            record_share.run(encode(share).decode())
        finally:
            record_share.pop_request()

    return run


def test_one_by_one__gives_back_what_can_not_be_written_yet(run_by_itself, app, database_away):
    database_away.set()
    with pytest.raises(Reject) as caught:
        run_by_itself(event(app))
    assert caught.value.requeue
    database_away.clear()
    run_by_itself(event(app), redelivered=True)
    assert Share.objects.count() == 1


def test_write_batch__never_raises(app, router_fails, monkeypatch):
    """A pool of processes may keep it to itself, and the batch would be waited for for ever."""
    from django_share_analytics.dispatch.celery import task

    payloads = [encode(event(app)).decode()]
    assert task.write_gathered(payloads, count_unknown=False) is None
    router_fails.clear()
    with monkeypatch.context() as patch:
        patch.setattr(task, "close_old_connections", _fail)
        assert task.write_gathered(payloads, count_unknown=False) is None
    assert task.write_gathered(payloads, count_unknown=False) == Unwritten([])
    assert Share.objects.count() == 1


def _fail():
    raise OSError("the connection is broken")


def test_one_by_one__looks_twice_for_an_unknown_app(run_by_itself, unknown_key):
    with pytest.raises(Reject):
        run_by_itself(event(unknown_key))
    assert outcomes() == {}
    run_by_itself(event(unknown_key), redelivered=True)
    assert outcomes() == {"unknown_app": 1}


@pytest.mark.parametrize("missing", [None, "call_soon", "on_task_request"])
def test_gathering__with_a_celery_whose_insides_have_changed(missing, monkeypatch, caplog):
    """The worker asks its own consumer to run each message then, and none is lost."""
    from celery import Task

    from django_share_analytics.dispatch.celery import task

    monkeypatch.setattr(Task, "start_strategy", lambda self, app, consumer: consumer)
    monkeypatch.setattr(task.record_share, "_gathering", None, raising=False)
    timer = SimpleNamespace(call_after=None)
    consumer = SimpleNamespace(hub=True, timer=timer, call_soon=None, on_task_request=None)
    if missing:
        delattr(consumer, missing)
    found = task.record_share.start_strategy(None, consumer)
    assert (found is consumer) is bool(missing)
    assert (f"one by one: this version of Celery has no {missing}" in caplog.text) is bool(missing)


def ids(dispatcher):
    return [message.id for message in dispatcher.check()]


def test_check__is_content_with_rabbitmq(host, use):
    host("amqp://127.0.0.1:1/")
    assert use.bare(CELERY).check() == []


def test_w013__when_killed_workers_lose_shares(host, use):
    host("redis://127.0.0.1:1/")
    assert ids(use.bare(CELERY)) == ["share_analytics.W013"]


def test_e010__when_no_celery_app_was_loaded(use):
    program = (
        "import django; django.setup();"
        "from django_share_analytics.checks import check_dispatchers;"
        "print([message.id for message in check_dispatchers()])"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.dispatch.celery_settings"},
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.stdout.strip() == "['share_analytics.E010']", done.stderr


def test_e011__when_the_broker_is_in_memory(host, use):
    host("memory://")
    assert ids(use.bare(CELERY)) == ["share_analytics.E011"]


def test_e011__when_the_brokers_client_is_not_installed(host, use):
    host("librabbitmq://127.0.0.1:1/")
    (message,) = use.bare(CELERY).check()
    assert message.id == "share_analytics.E011"
    assert "librabbitmq" in message.msg


def test_w011__when_tasks_run_in_the_request(host, use):
    host("amqp://127.0.0.1:1/").conf.task_always_eager = True
    assert ids(use.bare(CELERY)) == ["share_analytics.W011"]


@pytest.mark.parametrize(
    "options", [{"queue": ""}, {"answer_seconds": 0}, {"connect_seconds": "1"}]
)
def test_options__when_a_value_makes_no_sense(options, use):
    with pytest.raises(ImproperlyConfigured, match=next(iter(options))):
        use.bare(CELERY, **options)
