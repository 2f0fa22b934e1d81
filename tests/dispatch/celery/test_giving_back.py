"""Messages that other versions sent."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import ImproperlyConfigured

from django_share_analytics.exceptions import NewerShare
from django_share_analytics.models import SetAside, Share
from django_share_analytics.writing.payloads import write_payloads
from tests import services
from tests.dispatch.brokers import BROKERS, held_by_redis, require_broker, workers
from tests.dispatch.conftest import CELERY, wait_until
from tests.dispatch.waiting import (
    KEY,
    NEWER,
    OLD_MESSAGE,
    OLD_MESSAGE_HEADERS,
    OLD_MESSAGE_PROPERTIES,
    SHARE_ID,
)
from tests.factories import event, outcomes

try:
    from celery.exceptions import Reject

    from django_share_analytics.dispatch.celery import giving_back, task
except (ImportError, ImproperlyConfigured):
    if services.are_required():
        raise
    pytest.skip("Celery is not installed", allow_module_level=True)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


@pytest.fixture
def start():
    """``start(app)``: a worker, stopped by force after the test."""
    with workers() as start:
        yield start


def take(project):
    """The payloads of what is in the queue, which are taken out."""
    payloads = []
    with project.connection_for_write() as link:
        channel = link.default_channel
        queue = project.amqp.queues[project.conf.task_default_queue](channel)
        while message := queue.get():
            message.ack()
            payloads.append(json.loads(message.body)[0][0])
    return payloads


@pytest.mark.parametrize("name", BROKERS)
def test_old__is_read(name, host, start, use, make_app):
    make_app(pk=KEY)
    project = host(require_broker(name))
    with project.connection_for_write() as link:
        queue = project.amqp.queues[project.conf.task_default_queue](link.default_channel)
        queue.declare()
        producer = link.Producer()
        producer.publish(
            OLD_MESSAGE,
            headers=OLD_MESSAGE_HEADERS,
            routing_key=queue.name,
            exchange="",
            **OLD_MESSAGE_PROPERTIES,
        )
    start(project)
    assert wait_until(lambda: Share.objects.count() == 1)
    assert Share.objects.get().id == SHARE_ID
    assert SetAside.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "pool"), [("rabbitmq", "prefork"), ("redis", "prefork"), ("rabbitmq", "threads")]
)
def test_newer__goes_to_the_end_of_the_queue(
    name,
    pool,
    host,
    start,
    use,
    app,
    monkeypatch,
):
    """Though it is more than a worker keeps: what is behind is written."""
    monkeypatch.setenv("TEST_CELERY_BATCH", "10")
    project, newer = host(require_broker(name)), 60
    dispatcher = use.bare(CELERY)
    with project.connection_for_write() as link, project.amqp.Producer(link) as producer:
        for _ in range(newer):
            project.send_task("share_analytics.record_share", [NEWER.decode()], producer=producer)
    dispatcher.submit(event(app))
    worker = start(project, f"--pool={pool}")
    assert wait_until(lambda: Share.objects.count() == 1)
    assert wait_until(lambda: worker.said("A newer version sent shares"))
    assert worker.stop() == 0
    if name == "redis":  # what a worker held comes back later
        assert held_by_redis(project) >= newer
    else:
        # One that was being sent again when the worker stopped may be there twice.
        assert newer <= take(project).count(NEWER.decode()) <= newer + 10
    assert (SetAside.objects.count(), outcomes()) == (0, {})


@pytest.fixture
def run_by_itself(host, use, monkeypatch):
    """``run_by_itself(payload)``: the task, in a worker that can't gather. ``run.project`` is the
    Celery app."""
    monkeypatch.setattr(task, "REST_SECONDS", 0.01)
    monkeypatch.setattr(task, "close_old_connections", lambda: None)
    project = host(require_broker("rabbitmq"))
    origin = {"exchange": "", "routing_key": project.conf.task_default_queue}

    def run(payload):
        task.record_share.push_request(is_eager=False, delivery_info=origin)
        try:
            task.record_share.run(payload)
        finally:
            task.record_share.pop_request()

    run.project = project
    return run


def test_one_by_one__sends_it_again_and_is_done_with_it(run_by_itself):
    run_by_itself(NEWER.decode())
    assert take(run_by_itself.project) == [NEWER.decode()]
    assert (SetAside.objects.count(), outcomes()) == (0, {})


def test_one_by_one__when_the_broker_takes_nothing(run_by_itself, monkeypatch, caplog):
    monkeypatch.setattr(giving_back, "send", _fail)
    with pytest.raises(Reject) as caught:
        run_by_itself(NEWER.decode())
    assert caught.value.requeue
    assert "1 share(s) of a newer version stay: OSError" in caplog.text


def test_send_back__says_what_is_not_sent(host, monkeypatch):
    project = host(require_broker("rabbitmq"))
    origin = {"exchange": "", "routing_key": project.conf.task_default_queue}
    known, sent = giving_back.send, []

    def send_two(*args, **kwargs):
        if len(sent) == 2:
            _fail()
        sent.append(args[1])
        known(*args, **kwargs)

    monkeypatch.setattr(giving_back, "send", send_two)
    payloads = [f"newer {n}" for n in range(5)]
    left = giving_back.send_back(payloads, origins=[origin] * 5)
    assert sorted([*sent, *(payloads[position] for position in left)]) == payloads
    assert sorted(take(project)) == sorted(sent)


def _fail(*args, **kwargs):
    raise OSError("the broker is away")


def test_insist__of_what_has_no_later():
    with pytest.raises(NewerShare):
        write_payloads([NEWER.decode()]).insist()


def test_gathering__waits_before_it_sends_anything_back(monkeypatch):
    """It would come back at once, and again and again."""
    from types import SimpleNamespace

    from django_share_analytics.dispatch.celery import gathering
    from django_share_analytics.writing.payloads import Unwritten

    batches, clock = [], SimpleNamespace(now=0.0)
    times = SimpleNamespace(monotonic=lambda: clock.now)
    monkeypatch.setattr(gathering, "time", times)
    monkeypatch.setattr("django_share_analytics.dispatch.second_tries.time", times)
    acknowledged = []
    consumer = SimpleNamespace(
        on_task_request=batches.append,
        call_soon=lambda call, *args: call(*args),
        qos=SimpleNamespace(value=1, increment_eventually=lambda n: 1 + n),
        timer=SimpleNamespace(call_after=lambda seconds, call: None),
    )
    consumer.qos.decrement_eventually = lambda n=1: None
    one = SimpleNamespace(
        args=[NEWER.decode()], delivery_info={}, on_success=lambda *args: acknowledged.append(1)
    )
    gathered = gathering.Gathering(consumer, write=len, send_back=len)
    gathered.on_task_request(one)
    gathered._start_batch()
    (batch,) = batches
    batch._on_end(batch, Unwritten(newer=(0,)))
    assert (len(batches), acknowledged) == (1, [])
    clock.now = gathering.GIVEN_BACK_SECONDS - 0.1
    gathered._wake()
    assert len(batches) == 1
    clock.now = gathering.GIVEN_BACK_SECONDS + 0.1
    gathered._wake()
    assert batches[-1].requests == [one]
    for kept in ([0], None):  # the broker did not take it, or the process was lost
        batches[-1]._on_end(batches[-1], kept)
        assert acknowledged == []
        clock.now += gathering.GIVEN_BACK_SECONDS + 0.1
        gathered._wake()
    batches[-1]._on_end(batches[-1], [])
    assert acknowledged == [1]
    assert len(batches) == 4
