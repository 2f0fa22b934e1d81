"""The way into the stream. The way out of it is in ``test_consume_shares.py``."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from django_share_analytics import checks
from django_share_analytics.codec import decode
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.models import Share
from django_share_analytics.testing import use_dispatchers
from tests.dispatch.conftest import REDIS_STREAMS, exit_status
from tests.dispatch.redis_server import RedisServer
from tests.factories import counted_by_hand, event, stored_counts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(own_stream):
    """A Redis of this test's own; ``own_stream`` asks for what it needs."""
    with RedisServer() as server:
        yield server


def test_submit__adds_one_entry(redis_streams, app, own_stream):
    import redis

    given = event(app, user_agent="Mozilla/5.0", referrer_url="https://example.org/")
    redis_streams().submit(given)
    with redis.Redis.from_url(own_stream["url"]) as client:
        [(_, fields)] = client.xrange(own_stream["stream"])
    assert decode(fields[b"share"]) == given


def test_submit__asks_the_database_nothing(redis_streams, app, django_assert_num_queries):
    dispatcher, given = redis_streams(), event(app)
    with django_assert_num_queries(0):
        dispatcher.submit(given)


def test_submit__is_one_round_trip(redis_streams, app, server):
    dispatcher = redis_streams(url=server.url)
    dispatcher.submit(event(app))  # connects, and asks for the length

    def commands():
        return dispatcher._client.info("stats")["total_commands_processed"]

    before = commands()
    for _ in range(100):
        dispatcher.submit(event(app))
    assert commands() - before <= 100 + 5  # INFO itself, and the length once a second


def test_submit__when_redis_is_away(redis_streams, app, server):
    dispatcher = redis_streams(url=server.url)
    dispatcher.submit(event(app))
    server.kill()
    start = time.monotonic()
    with pytest.raises(DispatcherUnavailable, match="Redis") as caught:
        dispatcher.submit(event(app))
    assert time.monotonic() - start < 1
    assert caught.value.broker_is_away
    server.start()
    dispatcher.submit(event(app))
    assert dispatcher.status().waiting == 1


def test_submit__when_redis_does_not_answer(redis_streams, app, server):
    dispatcher = redis_streams(url=server.url, answer_seconds=0.1)
    dispatcher.submit(event(app))
    os.kill(server.pid, signal.SIGSTOP)
    start = time.monotonic()
    with pytest.raises(DispatcherUnavailable) as caught:
        dispatcher.submit(event(app))
    assert time.monotonic() - start < 1
    assert caught.value.broker_is_away
    os.kill(server.pid, signal.SIGCONT)


def test_submit__when_full(redis_streams, app, settle, monkeypatch):
    monkeypatch.setattr(sys.modules[type(redis_streams()).__module__], "LENGTH_SECONDS", 0)
    dispatcher = redis_streams(capacity=2)
    dispatcher.submit(event(app))
    dispatcher.submit(event(app))
    with pytest.raises(DispatcherUnavailable, match="full") as caught:
        dispatcher.submit(event(app))
    assert not caught.value.broker_is_away
    settle(dispatcher)
    dispatcher.submit(event(app))
    assert (Share.objects.count(), dispatcher.status().waiting) == (2, 1)


def test_submit__when_redis_is_read_only(redis_streams, app, server):
    """A replica, as after a failover: it says no at once, so it is not away."""
    dispatcher = redis_streams(url=server.url)
    dispatcher._client.replicaof("127.0.0.1", "1")
    with pytest.raises(DispatcherUnavailable) as caught:
        dispatcher.submit(event(app))
    assert not caught.value.broker_is_away


def test_post__when_the_memory_of_redis_is_full(redis_streams, app, settle, server, client):
    """Refused and not swallowed: what was accepted is there in the end, and nothing else."""
    dispatcher = redis_streams(url=server.url)
    memory = dispatcher._client.info("memory")["used_memory"]
    dispatcher._client.config_set("maxmemory-policy", "noeviction")
    dispatcher._client.config_set("maxmemory", memory + 500_000)
    body = json.dumps({"appId": app.pk, "platform": "whatsapp"}, default=str)
    accepted = set()
    for _ in range(5_000):
        response = client.post("/api/shares", body, "application/json")
        if response.status_code != 202:
            break
        accepted.add(response.json()["id"])
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert "maxmemory" in dispatchers.status_of("default").last_error
    settle(dispatcher)
    assert {str(share.pk) for share in Share.objects.all()} == accepted
    assert stored_counts() == counted_by_hand()
    assert client.post("/api/shares", body, "application/json").status_code == 202


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_fork__a_child_has_connections_of_its_own(redis_streams, app):
    parent = redis_streams()
    events = [event(app) for _ in range(20)]
    parent.submit(events[0])
    pid = os.fork()
    if pid == 0:
        child = dispatchers["default"]
        for given in events[1:10]:
            child.submit(given)
        os._exit(0 if child is not parent else 1)
    for given in events[10:]:
        parent.submit(given)
    assert exit_status(pid) == 0
    assert parent.status().waiting == 20


def test_status(redis_streams, app, settle):
    dispatcher = redis_streams()
    assert (dispatcher.status().waiting, dispatcher.status().oldest) == (0, None)
    dispatcher.submit(event(app))
    dispatcher.submit(event(app))
    assert (dispatcher.status().waiting, dispatcher.status().is_shared) == (2, True)
    assert datetime.now(UTC) - dispatcher.status().oldest < timedelta(seconds=30)
    settle(dispatcher)
    assert (dispatcher.status().waiting, dispatcher.status().oldest) == (0, None)


def test_status__when_redis_is_away(redis_streams, server):
    dispatcher = redis_streams(url=server.url)
    server.kill()
    with pytest.raises(Exception, match="refused"):
        dispatcher.status()


@pytest.mark.parametrize(
    "options",
    [
        {"url": "http://127.0.0.1"},
        {"stream": ""},
        {"capacity": 0},
        {"max_batch": "many"},
        {"answer_seconds": 0},
        {"flush_seconds": -1},
    ],
)
def test_options__when_a_value_makes_no_sense(redis_streams, options):
    with pytest.raises(ImproperlyConfigured, match=rf"(?i)\[.OPTIONS.\]: .*{next(iter(options))}"):
        redis_streams(**options)


def test_check__when_redis_py_is_missing(monkeypatch):
    monkeypatch.delitem(sys.modules, REDIS_STREAMS.rpartition(".")[0], raising=False)
    monkeypatch.setitem(sys.modules, "redis", None)
    with use_dispatchers({"default": {"BACKEND": REDIS_STREAMS}}):
        [message] = checks.check_dispatchers()
    assert message.id == "share_analytics.E003"
    assert "pip install 'django-share-analytics[redis]'" in message.msg
