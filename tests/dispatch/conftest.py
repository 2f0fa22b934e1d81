from __future__ import annotations

import threading
import time

import pytest
from django.db import OperationalError

from django_share_analytics import consumer
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.testing import use_dispatchers

BACKENDS = "django_share_analytics.dispatch.backends"


def wait_until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return condition()


@pytest.fixture
def use():
    """``use(path, **options)``: the default dispatcher from here on, closed after the test."""
    blocks = []

    def start(path, **options):
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
