"""The queue in memory, and what its like share: second tries and deadlines. No database."""

from __future__ import annotations

import threading

import pytest

from django_share_analytics.dispatch import second_tries
from django_share_analytics.dispatch.buffer import deadline
from django_share_analytics.dispatch.buffer.deadline import Deadline
from django_share_analytics.dispatch.buffer.queues import MemoryQueue
from django_share_analytics.dispatch.second_tries import SecondTries
from django_share_analytics.exceptions import DispatcherUnavailable
from tests.dispatch.conftest import Clock
from tests.factories import event

pytestmark = pytest.mark.once


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(second_tries, "time", clock)
    monkeypatch.setattr(deadline, "time", clock)
    return clock


@pytest.fixture
def given():
    return [event(n) for n in range(5)]


@pytest.fixture
def queue(given):
    """With five shares; a batch has two."""
    queue = MemoryQueue(capacity=5, max_batch=2)
    for one in given:
        queue.put(one)
    return queue


def take(queue, *, last_chance=False):
    """What the next batch has, and whether its unknown apps are given up."""
    batch = queue.take(last_chance=last_chance)
    return batch and (batch.events, batch.is_last_try)


def test_put__says_when_a_batch_is_full(given):
    queue = MemoryQueue(capacity=5, max_batch=2)
    assert [queue.put(one) for one in given[:3]] == [False, True, True]


def test_take__the_oldest_first(queue, given):
    assert [take(queue) for _ in range(4)] == [
        (given[:2], False),
        (given[2:4], False),
        (given[4:], False),
        None,
    ]


def test_give_back__it_is_the_next_one_again(queue, given):
    queue.give_back(queue.take(last_chance=False))
    assert take(queue) == (given[:2], False)
    assert take(queue) == (given[2:4], False)


def test_put__what_is_being_written_takes_its_room_until_it_is_done(queue, given):
    batch = queue.take(last_chance=False)
    with pytest.raises(DispatcherUnavailable, match="full"):
        queue.put(given[0])
    queue.done(batch, [])
    queue.put(given[0])
    queue.put(given[1])
    with pytest.raises(DispatcherUnavailable, match="full"):
        queue.put(given[2])


def test_second_try__comes_first_when_it_is_due(queue, given, clock):
    queue.done(queue.take(last_chance=False), given[:2])
    assert queue.patience() == second_tries.SECOND_TRY_SECONDS
    assert take(queue) == (given[2:4], False)
    clock.now += second_tries.SECOND_TRY_SECONDS
    assert take(queue) == (given[:2], True)
    assert queue.patience() is None
    assert take(queue) == (given[4:], False)


def test_second_try__is_the_last(queue, given, clock):
    queue.done(queue.take(last_chance=False), given[:1])
    clock.now += second_tries.SECOND_TRY_SECONDS
    queue.done(queue.take(last_chance=False), given[:1])
    assert queue.status().waiting == 3


def test_last_chance__nothing_waits_for_its_second_try(queue, given, clock):
    queue.done(queue.take(last_chance=False), given[:2])
    assert take(queue, last_chance=True) == (given[:2], True)
    assert take(queue, last_chance=True) == (given[2:4], True)


def test_release__all_that_is_lost(queue, given, clock):
    queue.done(queue.take(last_chance=False), given[1:2])
    assert queue.release() == given[1:]
    assert queue.release() == []


# Second tries, whatever they are of


def test_second_tries__the_oldest_first_and_not_too_early(clock):
    tries = SecondTries()
    tries.add("ab")
    clock.now += second_tries.SECOND_TRY_SECONDS / 2
    tries.add("cde")
    assert (tries.take(9), list(tries), len(tries)) == ([], ["a", "b", "c", "d", "e"], 5)
    clock.now += second_tries.SECOND_TRY_SECONDS / 2
    assert tries.take(1) == ["a"]
    assert tries.take(9) == ["b"]
    assert tries.seconds_left() == second_tries.SECOND_TRY_SECONDS / 2
    assert tries.take(2, at_once=True) == ["c", "d"]
    assert tries.take(-1, at_once=True) == []


def test_second_tries__what_is_given_back_is_next(clock):
    tries = SecondTries()
    tries.add("abc")
    tries.give_back(tries.take(2, at_once=True))
    assert tries.take(9) == ["a", "b"]


# Deadlines


def test_deadline(clock):
    end = Deadline(10, since=clock.now)
    assert end.left() == 10
    clock.now += 9
    assert end.left() == 1
    clock.now += 2
    assert end.left() == 0


def test_deadline__that_progress_puts_off(clock):
    progress = [float("-inf")]
    end = Deadline(10, lambda: progress[0], since=clock.now)
    clock.now += 9
    assert end.left() == 1
    progress[0] = clock.now
    assert end.left() == 10


def test_deadline__is_no_longer_than_a_lock_can_wait(clock):
    assert Deadline(float("inf")).left() == threading.TIMEOUT_MAX
