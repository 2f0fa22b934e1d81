"""Counted together in a cache: on a real Redis, in files, and with a cache that is away."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import caches

from django_share_analytics.conf import Pace
from django_share_analytics.events import new_id
from django_share_analytics.gates import shared_windows
from django_share_analytics.gates.shared_windows import SharedWindows, is_shared
from tests import services
from tests.gates.test_windows import Clock

pytestmark = pytest.mark.once

BACKENDS = "django.core.cache.backends"
MINUTE = Pace(3, 60)


def entry(backend, **more):
    return {"BACKEND": f"{BACKENDS}.{backend}", **more}


@pytest.fixture(params=["redis", "files"])
def shared(request, settings, tmp_path):
    """The name of a cache that processes share."""
    used = entry("filebased.FileBasedCache", LOCATION=tmp_path)
    if request.param == "redis":
        services.require_redis()
        prefix = f"limits-{new_id()}"
        used = entry("redis.RedisCache", LOCATION=services.REDIS_URL, KEY_PREFIX=prefix)
    settings.CACHES = {**settings.CACHES, "shared": used}
    yield "shared"
    if request.param == "redis":
        client = caches["shared"]._cache.get_client()
        for key in client.scan_iter(f"{prefix}*"):
            client.delete(key)


def test_take__processes_count_together(shared):
    clock = Clock(7_200.0)
    one, another = (SharedWindows(shared, clock=clock) for _ in range(2))
    wanted = [(b"client", [MINUTE, Pace(5, 3_600)]), (b"app", [Pace(4, 60)])]
    assert [each.take(wanted) for each in (one, another, one)] == [0, 0, 0]
    assert one.take(wanted) == another.take(wanted) == 60
    clock.now += 59
    assert another.take(wanted) == 1
    clock.now += 1
    assert another.take(wanted) == 0
    clock.now += 60
    assert [each.take(wanted) for each in (one, another)] == [0, pytest.approx(3_600 - 120)]


def test_take__what_is_refused_uses_nothing_up(shared):
    windows = SharedWindows(shared, clock=Clock(6_000.0))
    assert [windows.take([(b"a", [MINUTE])]) for _ in range(3)] == [0] * 3
    for _ in range(20):
        assert windows.take([(b"a", [MINUTE]), (b"b", [MINUTE])]) == 60
    assert windows.take([(b"b", [MINUTE])]) == 0


def test_take__at_once_lets_in_as_many_more_as_there_are(settings):
    services.require_redis()
    prefix = f"limits-{new_id()}"
    used = entry("redis.RedisCache", LOCATION=services.REDIS_URL, KEY_PREFIX=prefix)
    settings.CACHES = {**settings.CACHES, "shared": used}
    windows = SharedWindows("shared", clock=Clock(6_000.0))
    with ThreadPoolExecutor(4) as pool:
        waits = list(pool.map(lambda _: windows.take([(b"a", [Pace(50, 60)])]), range(200)))
    assert 50 <= waits.count(0) < 50 + 4
    cache, key = caches["shared"], f"share_analytics:limit:{b'a'.hex()}:60:100"
    assert cache.get(key) == waits.count(0)
    kept = cache._cache.get_client().ttl(cache.make_key(key))
    assert 60 < kept <= 120, "it is read while it is the former one, and gone after that"
    cache.delete(key)


@pytest.mark.parametrize("backend", ["dummy.DummyCache", "locmem.LocMemCache"])
def test_is_shared__not_what_a_process_has_for_itself(backend, settings):
    settings.CACHES = {**settings.CACHES, "own": entry(backend)}
    assert not is_shared("own")


def test_is_shared__not_a_table(settings):
    """No share waits for queries."""
    settings.CACHES = {**settings.CACHES, "table": entry("db.DatabaseCache", LOCATION="cached")}
    assert not is_shared("table")


class CacheThatCannotBeMade:
    def __init__(self, location, params):
        raise ModuleNotFoundError("No module named 'a_client'")


def test_is_shared__not_what_cannot_be_made(settings):
    """A backend imports its client where it is made, if it likes."""
    broken = {"BACKEND": f"{__name__}.CacheThatCannotBeMade"}
    settings.CACHES = {**settings.CACHES, "broken": broken}
    assert not is_shared("broken")


def test_is_shared__not_what_is_not_there(settings):
    settings.CACHES = {**settings.CACHES, "broken": {"BACKEND": "no.such.Cache"}}
    assert not is_shared("nowhere")
    assert not is_shared("broken")
    assert not is_shared("")


def test_away__says_so_once_and_is_left_alone_for_a_while(settings, caplog, monkeypatch):
    away = entry("redis.RedisCache", LOCATION="redis://127.0.0.1:1/0")
    settings.CACHES = {**settings.CACHES, "shared": away}
    windows = SharedWindows("shared")
    asked = []
    take = windows._take
    monkeypatch.setattr(windows, "_take", lambda *args: asked.append(1) or take(*args))
    with caplog.at_level(logging.WARNING):
        assert [windows.take([(b"198.51.100.7", [MINUTE])]) for _ in range(5)] == [None] * 5
    assert len(asked) == 1
    assert len(caplog.messages) == 1
    assert "'shared' can't be used" in caplog.messages[0]
    assert "198" not in caplog.text

    monkeypatch.setattr(shared_windows, "CACHE_RESTS_SECONDS", 0.05)
    windows._rests_until = 0
    assert windows.take([(b"a", [MINUTE])]) is None
    time.sleep(0.06)
    assert windows.take([(b"a", [MINUTE])]) is None
    assert len(asked) == 3
    assert len(caplog.messages) == 1


def test_back__counts_again(settings, tmp_path):
    settings.CACHES = {
        **settings.CACHES,
        "shared": entry("redis.RedisCache", LOCATION="redis://127.0.0.1:1/0"),
    }
    windows = SharedWindows("shared")
    assert windows.take([(b"a", [Pace(1, 60)])]) is None
    settings.CACHES = {
        **settings.CACHES,
        "shared": entry("filebased.FileBasedCache", LOCATION=tmp_path),
    }
    windows._rests_until = 0
    assert windows.take([(b"a", [Pace(1, 60)])]) == 0
    assert windows.take([(b"a", [Pace(1, 60)])]) > 0
