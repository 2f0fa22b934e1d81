"""Shares wait in a queue of their own, which no worker reads that doesn't know what they are."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid

import pytest

from django_share_analytics import checks
from django_share_analytics.codec import encode
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.models import Share
from django_share_analytics.status import pipeline_status
from tests import services
from tests.dispatch.brokers import BROKERS, ROOT, Program, require_broker
from tests.dispatch.conftest import CELERY, wait_until
from tests.factories import event

try:
    from kombu import Exchange, Queue

    from django_share_analytics.dispatch.celery import queues
except ImportError:
    if services.are_required():
        raise
    pytest.skip("Celery is not installed", allow_module_level=True)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

NAME = "share_analytics.record_share"
STRANGER = "celery_stranger"


@pytest.fixture
def ours(monkeypatch):
    """Our queue, under a name that no other test has, as the broker is everybody's."""
    name = f"test-share-analytics-{uuid.uuid4().hex}-ours"
    monkeypatch.setattr(queues, "QUEUE", name)
    return name


@pytest.fixture
def project(request, host, ours):
    """A project that says nothing of queues, on a broker."""
    app = host(require_broker(request.param))
    app.conf.task_routes = None
    yield app
    with app.connection_for_write() as link:
        Queue(ours)(link.default_channel).delete()


on_each_broker = pytest.mark.parametrize("project", BROKERS, indirect=True)
on_rabbitmq = pytest.mark.parametrize("project", ["rabbitmq"], indirect=True)


@pytest.fixture
def start(ours):
    """``start(project, app, *arguments)``: a worker of that app, killed after the test."""
    started = []

    def worker(project, app, *arguments):
        program = Program(
            *("-m", "celery", "-A", f"tests.dispatch.{app}", "worker", "--concurrency=1"),
            *("--without-mingle", "--without-gossip", f"--hostname={uuid.uuid4()}@test"),
            *arguments,
            DJANGO_SETTINGS_MODULE="" if app == STRANGER else "tests.dispatch.celery_settings",
            TEST_CELERY_BROKER=project.conf.broker_url,
            TEST_CELERY_QUEUE=project.conf.task_default_queue,
            TEST_CELERY_OURS=ours,
        )
        started.append(program)
        return program

    yield worker
    for program in started:
        program.kill()


def stored(n):
    return wait_until(lambda: Share.objects.count() == n)


@on_each_broker
def test_worker_without_the_package__gets_no_share(project, start, use, app):
    """On the queue that every worker reads who is told nothing. It would throw them away."""
    dispatcher = use.bare(CELERY)
    for _ in range(5):
        dispatcher.submit(event(app))
    stranger = start(project, STRANGER, "--loglevel=INFO")
    project.send_task("stranger.ping")
    assert wait_until(lambda: stranger.said("PONG"))
    assert not stranger.said("share_analytics")
    assert dispatcher.status().waiting == 5
    start(project, "celery_app")  # as README says, without a word about queues
    assert stored(5)


@on_each_broker
def test_worker__reads_what_it_is_told(project, start, use, app, ours):
    dispatcher = use.bare(CELERY)
    dispatcher.submit(event(app))
    elsewhere = project.conf.task_default_queue
    other = start(project, "celery_app", "-Q", elsewhere, "--loglevel=INFO")
    # What was published before our queue was there is still in the project's.
    project.send_task(NAME, [encode(event(app)).decode()], queue=elsewhere)
    assert stored(1)
    assert dispatcher.status().waiting == 1
    assert other.stop() == 0
    start(project, "celery_app", "-Q", ours)
    assert stored(2)


@on_rabbitmq
def test_status__says_that_nobody_reads_the_queue(project, start, use, app):
    dispatcher = use.bare(CELERY)

    def problems():
        return [(one.code, one.level.name) for one in pipeline_status().problems]

    assert problems() == [("no_reader", "WARNING")]
    dispatcher.submit(event(app))
    assert problems() == [("no_reader", "CRITICAL")]
    start(project, "celery_app")
    assert stored(1)
    assert problems() == []
    assert dispatcher.status().readers == 1


@pytest.mark.parametrize("project", ["redis"], indirect=True)
def test_status__does_not_know_who_reads_a_list_of_redis(project, use):
    assert use.bare(CELERY).status().readers is None


ROUTES = {
    "none": (None, True),
    "of other tasks": ({"shop.*": {"queue": "shop"}}, True),
    "how, not where": ({NAME: {"priority": 5}}, True),
    "a function without an opinion": (lambda *args, **kwargs: None, True),
    "by name": ({NAME: {"queue": "chosen"}}, False),
    "by a pattern": ({"share_analytics.*": {"queue": "chosen"}}, False),
    "of everything": ([[("*", {"queue": "chosen"})]], False),
    "in short": ({NAME: "chosen"}, False),
    "a function": (lambda *args, **kwargs: {"queue": "chosen"}, False),
    "a function, in short": (lambda *args, **kwargs: "chosen", False),
}


@pytest.mark.parametrize("routes", ROUTES)
def test_queue_of__is_ours_unless_the_project_says_where(routes, host, use, ours):
    app = host("memory://")
    app.conf.task_routes, is_ours = ROUTES[routes]
    assert queues.queue_of(app, None) == (ours if is_ours else None)
    route = queues.route_of(app, None)
    assert route["queue"].name == (ours if is_ours else "chosen")
    assert queues.route_of(app, "by option")["queue"].name == "by option"


@on_rabbitmq
def test_queues_that_the_project_declares(project, use, app, ours):
    """It makes none that it has not named: shares are refused, not lost, and the check says why."""
    project.conf.task_create_missing_queues = False
    dispatcher = use.bare(CELERY)
    with pytest.raises(DispatcherUnavailable, match=f"{ours}' missing from task_queues"):
        dispatcher.submit(event(app))
    messages = checks.check_dispatchers()
    assert [message.id for message in messages] == ["share_analytics.E013"]
    assert ours in messages[0].msg


@on_rabbitmq
def test_queues_that_the_project_declares__ours_among_them(project, use, app, ours):
    project.conf.task_create_missing_queues = False
    project.conf.task_queues = [
        Queue(project.conf.task_default_queue),
        Queue(ours, Exchange("test-share-analytics", "topic"), routing_key=ours),
    ]
    dispatcher = use.bare(CELERY)
    dispatcher.submit(event(app))
    assert dispatcher.status().waiting == 1
    assert checks.check_dispatchers() == []


@on_rabbitmq
def test_quorum_queues(project, use, app):
    project.conf.task_create_missing_queue_type = "quorum"
    dispatcher = use.bare(CELERY)
    dispatcher.submit(event(app))
    assert dispatcher.status().waiting == 1


def test_e013__when_a_router_fails(host, use):
    def route(*args, **kwargs):
        raise LookupError("a stranger's mistake")

    app = host("amqp://127.0.0.1:1/")
    app.conf.task_routes = route
    dispatcher = use.bare(CELERY)
    assert [message.id for message in dispatcher.check()] == ["share_analytics.E013"]


@pytest.mark.parametrize(("scheme", "module"), [("redis", "redis"), ("amqp", "pyamqp")])
def test_dispatcher__imports_the_transport_when_it_is_made(scheme, module):
    """Not in the first request, whose time for the broker would go by with it. Nothing is asked."""
    program = (
        "import socket, sys, django; django.setup();"
        "from celery import Celery;"
        f"Celery('host', broker='{scheme}://127.0.0.1:1/').set_default();"
        "socket.socket.connect = None;"
        "from django_share_analytics.dispatch.handler import dispatchers;"
        "dispatchers['default'];"
        f"assert 'kombu.transport.{module}' in sys.modules"
    )
    subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.dispatch.celery_settings"},
        check=True,
        cwd=ROOT,
    )
