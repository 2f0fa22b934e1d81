"""The dispatchers of a process: made once, closed together, and new after a fork."""

from __future__ import annotations

import os

import pytest

from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.testing import MemoryDispatcher, use_dispatchers
from tests.factories import event

pytestmark = pytest.mark.once


class NotingDispatcher(MemoryDispatcher):
    """Notes what it is told, and fails when it is closed, if so it should."""

    def __init__(self, config):
        super().__init__(config)
        self.told = []

    def start(self):
        self.told.append("start")

    def flush(self, timeout=None):
        self.told.append("flush")
        return self.alias != "default"

    def close(self):
        self.told.append("close")
        if self.alias == "default":
            raise OSError("it hangs")

    def abandon(self):
        self.told.append("abandon")


NOTING = {"BACKEND": f"{__name__}.NotingDispatcher"}


@pytest.fixture
def pair():
    """The default dispatcher and the fallback."""
    with use_dispatchers({"default": NOTING, "fallback": NOTING}):
        yield [dispatchers["default"], dispatchers["fallback"]]


def told(pair):
    return [dispatcher.told for dispatcher in pair]


def test_make__once_for_all_threads(pair):
    assert [dispatchers["default"], dispatchers["fallback"]] == pair


def test_start__every_configured_one_and_once():
    with use_dispatchers({"default": NOTING, "fallback": NOTING}):
        dispatchers.start()
        dispatchers.start()
        assert told(dispatchers.running()) == [["start"], ["start"]]


def test_flush__every_one_though_the_first_could_not_write_all(pair):
    assert dispatchers.flush() is False
    assert told(pair) == [["flush"], ["flush"]]


def test_close__goes_on_when_one_fails(pair, caplog):
    dispatchers.close()
    assert told(pair) == [["close"], ["close"]]
    assert "Could not close the dispatcher 'default'" in caplog.text
    assert dispatchers.running() == []


def test_close__the_next_ones_are_started_too(pair):
    dispatchers.start()
    dispatchers.close()
    dispatchers.start()
    assert told(dispatchers.running()) == [["start"], ["start"]]
    assert dispatchers["default"] is not pair[0]


def test_fork__the_parents_are_abandoned_and_new_ones_started(pair):
    dispatchers.start()
    dispatchers.reset_after_fork()
    assert told(pair) == [["start", "abandon"], ["start", "abandon"]]
    dispatchers.start()
    assert told(dispatchers.running()) == [["start"], ["start"]]


@pytest.mark.parametrize(
    "call", [dispatchers.start, dispatchers.close, lambda: dispatchers.submit(event(1))]
)
def test_fork__that_python_is_not_told_of_is_noticed(pair, monkeypatch, call):
    dispatchers.start()
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: -1)
        call()
    assert told(pair) == [["start", "abandon"], ["start", "abandon"]]
