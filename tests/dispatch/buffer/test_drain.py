"""The thread that writes what waits, with a writer that is played. No database."""

from __future__ import annotations

import threading

import pytest

from django_share_analytics.dispatch import second_tries
from django_share_analytics.dispatch.buffer import drain as module
from django_share_analytics.dispatch.buffer.drain import Drain
from django_share_analytics.dispatch.buffer.queues import MemoryQueue
from django_share_analytics.writing.writer import WriteResult
from tests.dispatch.conftest import PATIENCE_SECONDS, wait_until
from tests.factories import event

pytestmark = pytest.mark.once


@pytest.fixture
def written(monkeypatch):
    """What was written, by which thread, and whether unknown apps were given up. All are."""
    calls = []

    def write_batch(events, *, count_unknown):
        calls.append((threading.current_thread().name, events, count_unknown))
        return WriteResult(unknown_app=list(events))

    monkeypatch.setattr(module, "write_batch", write_batch)
    monkeypatch.setattr(module, "let_connection_go", lambda: None)
    return calls


@pytest.fixture
def queue():
    return MemoryQueue(capacity=9, max_batch=2)


@pytest.fixture
def drain(queue):
    drain = Drain(queue, name="the drain", flush_seconds=0.01)
    yield drain
    drain.stop(PATIENCE_SECONDS)


def test_stop__the_thread_writes_what_waits_for_its_second_try(drain, queue, written, monkeypatch):
    """Whoever stops it would have to, and may hang."""
    monkeypatch.setattr(second_tries, "SECOND_TRY_SECONDS", 3_600)
    one = event(1)
    queue.put(one)
    drain.wake(is_full=False)
    assert wait_until(lambda: written == [("the drain", [one], False)])
    drain.stop(PATIENCE_SECONDS)
    assert written[1:] == [("the drain", [one], True)]
    assert queue.status().waiting == 0


def test_wake__starts_another_thread_when_the_first_has_died(drain, queue, written):
    drain._thread = threading.Thread()
    queue.put(event(1))
    drain.wake(is_full=True)
    assert wait_until(lambda: written)
