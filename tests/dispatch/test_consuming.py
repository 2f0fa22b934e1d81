"""What waits in brokers is brought home, a thread for each dispatcher."""

from __future__ import annotations

from threading import Event

import pytest

from django_share_analytics.conf import DispatcherSettings
from django_share_analytics.dispatch import consuming
from django_share_analytics.dispatch.consuming import consume
from django_share_analytics.testing import MemoryDispatcher

pytestmark = pytest.mark.once


class Consumer(MemoryDispatcher):
    def consume(self, stop, *, once=False):
        assert stop.wait(30)
        return 3


class Failing(MemoryDispatcher):
    def consume(self, stop, *, once=False):
        raise ZeroDivisionError


def made(kind):
    return kind(DispatcherSettings("default", kind.__qualname__))


def test_consume__who_looks_is_called_meanwhile(monkeypatch):
    monkeypatch.setattr(consuming, "SECONDS_BETWEEN_LOOKS", 0.01)
    stop, looks = Event(), []

    def look():
        looks.append(1)
        if len(looks) == 3:
            stop.set()

    assert consume([made(Consumer), made(Consumer)], stop, look=look) == 6
    assert len(looks) >= 3


def test_consume__one_that_fails_stops_the_others_who_looks_or_not():
    for look in (None, lambda: None):
        stop = Event()
        with pytest.raises(ZeroDivisionError):
            consume([made(Consumer), made(Failing)], stop, look=look)
        assert stop.is_set()


def test_consume__whoever_interrupts_it_waits_for_the_batch_alone(monkeypatch):
    monkeypatch.setattr(consuming, "SECONDS_BETWEEN_LOOKS", 0.01)

    def interrupt():
        raise KeyboardInterrupt

    stop = Event()
    with pytest.raises(KeyboardInterrupt):
        consume([made(Consumer)], stop, look=interrupt)
    assert stop.is_set()
