from __future__ import annotations

import threading
import time
import uuid

import pytest
from django.db import OperationalError

from django_share_analytics import consumer
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.testing import use_dispatchers
from tests import services

BACKENDS = "django_share_analytics.dispatch.backends"
REDIS_STREAMS = f"{BACKENDS}.redis_streams.RedisStreamsDispatcher"


def wait_until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return condition()


@pytest.fixture
def use(request):
    """``use(path, **options)``: the default dispatcher from here on, closed after the test."""
    blocks = []

    def start(path, **options):
        if path == REDIS_STREAMS:
            options = request.getfixturevalue("own_stream") | options
        block = use_dispatchers({"default": {"BACKEND": path, "OPTIONS": options}})
        block.__enter__()
        blocks.append(block)
        return dispatchers["default"]

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
        client.delete(stream)


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
    """``database_away.set()`` makes every write fail as if no server answered."""
    away = threading.Event()
    write = consumer.write_shares

    def write_unless_away(*args, **kwargs):
        if away.is_set():
            raise OperationalError("could not connect to server")
        return write(*args, **kwargs)

    monkeypatch.setattr(consumer, "write_shares", write_unless_away)
    yield away
    away.clear()
