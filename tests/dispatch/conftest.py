from __future__ import annotations

import os
import signal
import threading
import time
import uuid

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connections

from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.testing import use_dispatchers
from django_share_analytics.writing import batches
from tests import services
from tests.dispatch import brokers

BACKENDS = "django_share_analytics.dispatch.backends"
REDIS_STREAMS = f"{BACKENDS}.redis_streams.RedisStreamsDispatcher"
CELERY = f"{BACKENDS}.celery.CeleryDispatcher"
TASKS = f"{BACKENDS}.tasks.TasksDispatcher"
SURROUNDINGS = {REDIS_STREAMS: "own_stream", CELERY: "eager_celery", TASKS: "immediate_tasks"}
"""What makes a dispatcher work in this process, where its options are not enough: a fixture that
gives some of these."""


PATIENCE_SECONDS = 120
"""How long a test waits for a process, on a machine where others take most of the time."""


class Clock:
    """Takes the place of a module's ``time``: seconds that pass when a test says so."""

    now = 1_000.0

    def monotonic(self):
        return self.now


def wait_until(condition, seconds=PATIENCE_SECONDS):
    """Whether it came true. A condition is a state that says it all; no test counts on a speed."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return condition()


def exit_status(pid):
    """That of a forked child. One that hangs is killed: it has the run's own output open, and
    whoever reads that would wait for it, too."""
    ended = os.WEXITED | os.WNOHANG | os.WNOWAIT
    if not wait_until(lambda: os.waitid(os.P_PID, pid, ended)):
        os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.fixture
def use(request):
    """``use(path, **options)``: the default dispatcher from here on, closed after the test.

    In the surroundings that it needs; with ``use.bare(…)`` the test makes its own.
    """
    blocks = []

    def start(path, **options):
        if path in SURROUNDINGS:
            options = request.getfixturevalue(SURROUNDINGS[path]) | options
        return bare(path, **options)

    def bare(path, **options):
        block = use_dispatchers({"default": {"BACKEND": path, "OPTIONS": options}})
        block.__enter__()
        blocks.append(block)
        return dispatchers["default"]

    start.bare = bare
    yield start
    dispatchers.close()
    for block in reversed(blocks):
        block.__exit__(None, None, None)


@pytest.fixture
def buffered(use):
    """``buffered(**options)``: a buffered dispatcher."""
    return lambda **options: use(f"{BACKENDS}.buffered.BufferedDispatcher", **options)


@pytest.fixture
def own_stream():
    """Options of ``redis_streams`` for a stream that nobody else has, deleted after the test."""
    services.require_redis()
    import redis

    stream = f"test-share-analytics-{uuid.uuid4().hex}"
    yield {"url": services.REDIS_URL, "stream": stream}
    with redis.Redis.from_url(services.REDIS_URL) as client:
        client.delete(stream, f"{stream}:consumers")


@pytest.fixture
def host():
    """``host(broker_url)``: the project's Celery app, with a queue that no other test has."""
    try:
        from celery import Celery, _state
    except ImportError:
        services.require(False, "Celery is not installed")
    apps = []

    def make(url):
        app = Celery("host", broker=url)
        app.set_default()  # for all threads
        app.conf.task_default_queue = queue = f"test-share-analytics-{uuid.uuid4().hex}"
        # On brokers that others use, too, and read by their workers, ours can't be tested.
        app.conf.task_routes = {"share_analytics.record_share": {"queue": queue}}
        if url.startswith("redis"):
            app.conf.broker_transport_options = {"global_keyprefix": queue}
        apps.append(app)
        return app

    yield make
    for app in apps:
        brokers.forget(app)
        app.close()
    _state._tls.current_app = None
    _state.set_default_app(None)


@pytest.fixture
def eager_celery(host):
    """Celery without a worker and a broker: tasks run where they are published."""
    host("memory://").conf.task_always_eager = True
    return {}


@pytest.fixture
def immediate_tasks(settings):
    """Django's tasks framework, with the backend that runs tasks at once."""
    try:
        from django_share_analytics.dispatch.tasks.framework import ImmediateBackend
    except ImproperlyConfigured as error:
        services.require(False, str(error))
    backend = f"{ImmediateBackend.__module__}.{ImmediateBackend.__qualname__}"
    settings.TASKS = {"default": {"BACKEND": backend}}
    return {}


@pytest.fixture
def redis_streams(use):
    """``redis_streams(**options)``: a dispatcher with a stream of its own."""
    return lambda **options: use(REDIS_STREAMS, **options)


@pytest.fixture
def settle():
    """``settle(dispatcher)``: everything that was submitted gets to the writer, whoever brings it
    there. Whether that went well."""

    def settle(dispatcher):
        is_flushed = dispatcher.flush()
        if dispatcher.has_consumer:
            dispatcher.consume(threading.Event(), once=True)
        return is_flushed

    return settle


@pytest.fixture
def database_away(monkeypatch):
    """``database_away.set()`` makes every write fail as if no server answered, or with its
    ``error``."""
    away = threading.Event()
    away.error = OperationalError("could not connect to server")
    write = batches.write_shares

    def write_unless_away(*args, **kwargs):
        if away.is_set():
            raise away.error
        return write(*args, **kwargs)

    monkeypatch.setattr(batches, "write_shares", write_unless_away)
    yield away
    away.clear()


class FailingRouter:
    """A host's, that raises errors of its own as long as it is told to."""

    fails = threading.Event()

    def db_for_write(self, model, **hints):
        if self.fails.is_set():
            raise LookupError("no credentials")


@pytest.fixture
def router_fails(settings):
    """Whoever asks where to write gets an error that no database raises, until it is cleared."""
    settings.DATABASE_ROUTERS = [FailingRouter()]
    FailingRouter.fails.set()
    yield FailingRouter.fails
    FailingRouter.fails.clear()


@pytest.fixture
def database_frozen(monkeypatch):
    """``database_frozen.set()`` makes every write wait until it is cleared, and go on then.

    ``database_frozen.has_come`` is set as soon as a write waits; with an ``error``, that is how
    it ends.
    """
    frozen = threading.Event()
    frozen.error = None
    frozen.has_come, thawed = threading.Event(), threading.Event()
    write, clear = batches.write_shares, frozen.clear

    def write_unless_frozen(*args, **kwargs):
        if frozen.is_set():
            frozen.has_come.set()
            thawed.wait()
            if frozen.error:
                raise frozen.error
        return write(*args, **kwargs)

    def thaw():
        clear()
        thawed.set()

    frozen.clear = thaw
    monkeypatch.setattr(batches, "write_shares", write_unless_frozen)
    yield frozen
    thaw()


def in_time(function, *arguments, seconds=30):
    """What ``function`` returns; an error when it takes longer than so many seconds."""
    returned = []

    def call():
        try:
            returned.append(function(*arguments))
        finally:
            connections.close_all()

    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    thread.join(seconds)
    assert returned, f"{function} hangs"
    return returned[0]
