"""Shares by way of Django's tasks framework: on a real worker, which is killed."""

from __future__ import annotations

import json
import random
import threading
import time
from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from django_share_analytics.checks import check_dispatchers
from django_share_analytics.codec import encode
from django_share_analytics.dispatch import second_tries
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.models import Share
from django_share_analytics.places import Place
from django_share_analytics.writing.batches import NotAllWritten
from django_share_analytics.writing.payloads import Unwritten, write_payloads
from django_share_analytics.writing.writer import WriteResult
from tests import services
from tests.dispatch import waiting
from tests.dispatch.brokers import Program
from tests.dispatch.conftest import PATIENCE_SECONDS, TASKS, wait_until
from tests.factories import counted_by_hand, event, outcomes, stored_counts

try:
    from django_share_analytics.dispatch.tasks import framework, task
except ImproperlyConfigured as error:
    if services.are_required():
        raise
    pytest.skip(str(error), allow_module_level=True)

SHIPPED = framework.ImmediateBackend.__module__.rpartition(".")[0]
DUMMY = {"default": {"BACKEND": f"{SHIPPED}.dummy.DummyBackend"}}

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


@pytest.fixture
def database(use, settings, require):
    """A dispatcher whose tasks wait in the database."""
    require(configured.HAS_TASKS_DB, "django-tasks-db is not installed")
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["mail", "shares"]}
    }
    return use.bare(TASKS, queue_name="shares")


@pytest.fixture
def start():
    """``start()``: a worker, stopped by force after the test."""
    started = []

    def worker(*arguments):
        settings = "tests.dispatch.tasks_settings"
        command = ("-m", "tests.dispatch.db_worker", *arguments)
        started.append(Program(*command, DJANGO_SETTINGS_MODULE=settings))
        return started[-1]

    yield worker
    for program in started:
        program.kill()


@pytest.fixture
def immediate(use):
    return use(TASKS)


def tasks():
    from django_tasks_db.models import DBTaskResult

    return DBTaskResult.objects.all()


def _away(*args, **kwargs):
    raise OperationalError("no server")


def are_stored(shares):
    return wait_until(lambda: Share.objects.count() >= len(shares))


def assert_each_once(shares):
    assert set(Share.objects.values_list("id", flat=True)) == {share.id for share in shares}
    assert stored_counts() == counted_by_hand()


def test_worker__writes_what_was_submitted(database, start, app):
    shares = [event(app) for _ in range(20)]
    for share in (*shares, shares[0]):
        database.submit(share)
    assert database.status().waiting == 21
    assert database.status().oldest is not None
    assert start("--batch").process.wait(PATIENCE_SECONDS) == 0
    assert_each_once(shares)
    assert database.status().waiting == 0


def test_kill__of_workers_loses_nothing(database, start, app):
    shares = []
    for _ in range(3):
        stored = Share.objects.count()
        for _ in range(40):
            shares.append(event(app))
            database.submit(shares[-1])
        worker = start()
        assert wait_until(lambda stored=stored: Share.objects.count() > stored + 5)
        time.sleep(random.uniform(0, 0.05))
        worker.kill()
    start()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not wait_until(lambda: Share.objects.count() == len(shares), seconds=1.1):
        assert time.monotonic() < deadline
        shares.append(event(app))  # whoever writes one looks for those that were left behind
        database.submit(shares[-1])
    assert_each_once(shares)


def test_take_over__of_what_a_killed_worker_left(database, start, app):
    shares = [event(app), event(app), event(app)]
    for share in shares[:2]:
        database.submit(share)
    left, failed = tasks()
    left.claim("a worker that was killed")
    failed.claim("a worker that was told twice to stop")
    failed.set_failed(SystemExit(1))
    assert database.status().waiting == 2
    time.sleep(1.1)
    database.submit(shares[2])
    start()
    assert are_stored(shares)
    assert_each_once(shares)


def test_take_over__when_tasks_are_kept_in_another_way(database, monkeypatch, caplog):
    from django_share_analytics.dispatch.tasks.database import LeftBehind

    monkeypatch.delattr("django_tasks_db.models.DBTaskResult")
    LeftBehind().take_over(database._task)
    assert "this version of django-tasks-db" in caplog.text


def test_unknown_app__is_looked_for_once_more(database, start, app_model, unknown_key):
    database.submit(event(unknown_key))
    start()
    assert wait_until(lambda: len(tasks()) == 2)  # the first found no app, and made another
    assert outcomes() == {}
    app_model.objects.create(pk=unknown_key, name="Committed a moment later")
    assert wait_until(lambda: Share.objects.count() == 1)


def test_unknown_app__is_counted_at_last(database, start, unknown_key):
    database.submit(event(unknown_key))
    start()
    assert wait_until(lambda: outcomes() == {"unknown_app": 1})


def test_submit__when_the_queue_takes_nothing(database, app, monkeypatch):
    monkeypatch.setattr("django_tasks_db.backend.DatabaseBackend.enqueue", _away)
    with pytest.raises(DispatcherUnavailable, match="Tasks: OperationalError: no server") as caught:
        database.submit(event(app))
    assert caught.value.broker_is_away


@pytest.mark.parametrize(("seconds", "is_away"), [(0, False), (0.3, True)])
def test_submit__when_the_queue_has_errors_of_its_own(
    immediate, app, monkeypatch, seconds, is_away
):
    """redis-py's, for one, are no ``OSError``: that it took long says that it will again."""

    def fail(*args, **kwargs):
        time.sleep(seconds)
        raise LookupError("no queue")

    monkeypatch.setattr(framework.ImmediateBackend, "enqueue", fail)
    with pytest.raises(DispatcherUnavailable, match="Tasks: LookupError: no queue") as caught:
        immediate.submit(event(app))
    assert caught.value.broker_is_away is is_away


def test_kind__of_a_database_is_durable_and_writes_in_the_request(database):
    assert database.is_durable
    assert database.writes_in_request
    assert database.check() == []


def test_immediate__writes_at_once(immediate, app, unknown_key):
    immediate.submit(event(app))
    immediate.submit(event(unknown_key))
    assert Share.objects.count() == 1
    assert outcomes() == {"unknown_app": 1}
    assert immediate.is_durable
    assert immediate.writes_in_request


def test_immediate__when_the_database_is_away(immediate, app, database_away):
    """The backend itself keeps quiet about a task that failed."""
    database_away.set()
    with pytest.raises(DispatcherUnavailable, match="could not be written") as caught:
        immediate.submit(event(app))
    assert caught.value.broker_is_away
    database_away.error = RuntimeError("a bug")
    with pytest.raises(DispatcherUnavailable, match="could not be written") as caught:
        immediate.submit(event(app))
    assert not caught.value.broker_is_away


def waits(payloads, **options):
    partly = NotAllWritten(WriteResult(), [], {Place("two"): OperationalError("no route to host")})
    return Unwritten(waiting=range(len(payloads)), error=partly)


def test_immediate__when_its_place_is_away_of_several(immediate, app, monkeypatch):
    """A share is not accepted that nobody brings home later."""
    monkeypatch.setattr(task, "write_payloads", waits)
    with pytest.raises(DispatcherUnavailable, match="could not be written"):
        immediate.submit(event(app))


def test_task__waits_here_where_the_queue_can_not_put_it_off(here, app, monkeypatch):
    """It would come back at once, and again and again."""
    monkeypatch.setattr(second_tries, "SECOND_TRY_SECONDS", 0.01)
    monkeypatch.setattr(framework.ImmediateBackend, "enqueue", _never)
    tries = []

    def write(payloads, **options):
        tries.append(options)
        return waits(payloads) if len(tries) < 3 else write_payloads(payloads, **options)

    monkeypatch.setattr(task, "write_payloads", write)
    here(encode(event(app)).decode())
    assert len(tries) == 3
    assert Share.objects.count() == 1


def test_task__whose_place_goes_away_at_its_last_try(here, unknown_key, monkeypatch):
    monkeypatch.setattr(second_tries, "SECOND_TRY_SECONDS", 0.01)
    monkeypatch.setattr(framework.ImmediateBackend, "enqueue", _away)
    tries = []

    def write(payloads, **options):
        tries.append(options)
        return waits(payloads) if len(tries) == 2 else write_payloads(payloads, **options)

    monkeypatch.setattr(task, "write_payloads", write)
    here(encode(event(unknown_key)).decode())
    assert outcomes() == {"unknown_app": 1}


def test_old__is_read(database, start, make_app):
    """A row as the backend of the version before kept it."""
    make_app(pk=waiting.KEY)
    tasks().create(
        task_path=waiting.OLD_TASK_PATH,
        args_kwargs=json.loads(waiting.OLD_TASK_ARGUMENTS),
        queue_name="shares",
        backend_name="default",
    )
    assert start("--batch").process.wait(PATIENCE_SECONDS) == 0
    assert Share.objects.get().id == waiting.SHARE_ID
    assert database.status().waiting == 0


def test_newer__comes_again_later_and_what_is_behind_it_is_written(database, start, app):
    database._task.enqueue(waiting.NEWER.decode())
    database.submit(event(app))
    assert start("--batch").process.wait(PATIENCE_SECONDS) == 0
    assert Share.objects.count() == 1
    (again,) = tasks().filter(status="READY")
    assert again.args_kwargs["args"] == [waiting.NEWER.decode()]
    assert again.run_after - again.enqueued_at > timedelta(seconds=50)
    assert (database.status().waiting, outcomes()) == (1, {})


def test_newer__where_the_queue_can_not_put_it_off(here, monkeypatch):
    """It rests here, goes to the end of the queue, and is tried until the queue takes it."""
    enqueued, rests = [], []

    def enqueue(self, task, args, kwargs):
        if len(rests) < 3:
            _away()
        enqueued.append((args, kwargs))

    monkeypatch.setattr(framework.ImmediateBackend, "enqueue", enqueue)
    monkeypatch.setattr(task.time, "sleep", rests.append)
    here(waiting.NEWER.decode())
    assert enqueued == [((waiting.NEWER.decode(),), {"is_second_try": False})]
    assert rests == [task.BRIEFLY_SECONDS] * 3
    assert outcomes() == {}


def test_newer__in_a_request_is_not_accepted(immediate):
    result = immediate._task.enqueue(waiting.NEWER.decode(), in_request=True)
    assert result.status == "FAILED"


def _never(*args, **kwargs):
    raise AssertionError("it is put back at once")


@pytest.fixture
def here(immediate):
    """``here(payload)``: what a worker does with it, in this process."""
    from types import SimpleNamespace

    from django_share_analytics.dispatch.backends.tasks import record_share

    context = SimpleNamespace(task_result=SimpleNamespace(task=record_share))
    return lambda payload, **how: record_share.func(context, payload, **how)


def test_task__goes_on_when_the_database_is_back(here, app, database_away):
    database_away.set()
    threading.Timer(0.3, database_away.clear).start()
    here(encode(event(app)).decode())
    assert Share.objects.count() == 1


def test_task__goes_on_when_a_router_is_well_again(here, app, router_fails):
    threading.Timer(0.3, router_fails.clear).start()
    here(encode(event(app)).decode())
    assert Share.objects.count() == 1


def test_task__when_the_queue_takes_no_second_try(here, unknown_key, monkeypatch):
    monkeypatch.setattr(framework.ImmediateBackend, "enqueue", _away)
    here(encode(event(unknown_key)).decode())
    assert outcomes() == {"unknown_app": 1}


def test_task__sets_garbage_aside(here):
    here("{")
    assert outcomes() == {"unreadable": 1}
    assert Share.objects.count() == 0


def test_e012__when_the_backend_is_a_dummy(use, settings):
    settings.TASKS = DUMMY
    dispatcher = use.bare(TASKS)
    assert [message.id for message in dispatcher.check()] == ["share_analytics.E012"]
    assert not dispatcher.is_durable


def test_w012__when_tasks_run_in_the_request(immediate):
    assert [message.id for message in immediate.check()] == ["share_analytics.W012"]


@pytest.mark.parametrize("options", [{"backend": "nobody"}, {"queue_name": "nowhere"}])
def test_e003__when_there_is_no_such_backend_or_queue(options, settings, immediate_tasks):
    entry = {"BACKEND": TASKS, "OPTIONS": options}
    settings.SHARE_ANALYTICS = {"DISPATCHERS": {"default": entry}}
    (message,) = check_dispatchers()
    assert message.id == "share_analytics.E003"
    assert next(iter(options.values())) in message.msg
    assert '["default"]["OPTIONS"]' in message.msg


@pytest.mark.parametrize("options", [{"backend": ""}, {"queue_name": 5}])
def test_options__when_a_value_makes_no_sense(options, use):
    with pytest.raises(ImproperlyConfigured, match=next(iter(options))):
        use(TASKS, **options)
