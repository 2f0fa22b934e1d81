"""What waits for a place that is away is out of the way of others. No database."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import OperationalError

from django_share_analytics.dispatch.buffer.queues import MemoryQueue
from django_share_analytics.dispatch.postponed import AllResting, Postponed
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.places import Place
from django_share_analytics.writing import resting as module
from django_share_analytics.writing.resting import resting
from tests.dispatch.conftest import Clock
from tests.factories import event

pytestmark = pytest.mark.once

ONE, TWO = Place("one"), Place("two", "of two")


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    resting.clear()
    yield clock
    resting.clear()


def fail(place, error=None):
    resting.note_failure(place, error or OperationalError("away"))


def at(place, n):
    return [replace(event(n), using=place.using, tenant=place.tenant) for n in range(n)]


def test_take__leaves_those_alone_that_rest(clock):
    waiting = Postponed()
    waiting.add([ONE], "ab")
    waiting.add([TWO], "c")
    fail(ONE)
    assert waiting.take(9) == ["c"]
    assert waiting.take(9) == []
    assert (len(waiting), list(waiting)) == (2, ["a", "b"])
    with pytest.raises(AllResting, match="away"):
        waiting.insist()
    assert 0 < waiting.seconds_left() < 0.2
    clock.now += 1
    assert waiting.seconds_left() == 0
    assert waiting.take(9) == ["a", "b"]
    waiting.insist()
    assert waiting.seconds_left() is None


def test_take__goes_round(clock):
    waiting = Postponed()
    waiting.add([ONE], "abc")
    waiting.add([TWO], "xyz")
    assert [waiting.take(2), waiting.take(2), waiting.take(2)] == [
        ["a", "b"],
        ["x", "y"],
        ["c", "z"],
    ]


def test_take__of_several_places_when_one_is_worth_a_try():
    waiting = Postponed()
    waiting.add([ONE, TWO], "a")
    fail(ONE)
    assert waiting.take(1) == ["a"]


def test_resting__for_longer_each_time_and_not_for_ever(clock):
    pauses = []
    for _ in range(12):
        fail(ONE)
        pauses.append(resting.seconds_left([ONE]))
    assert pauses[0] < 0.2 < pauses[4] < pauses[-1] < 7
    resting.note_success(ONE)
    assert (resting.seconds_left([ONE]), resting.last_error()) == (0, "")
    fail(ONE)
    assert resting.seconds_left([ONE]) < 0.2


def test_why_not__only_where_whoever_asks_would_wait(clock):
    fail(ONE, ValueError("no table"))
    assert (resting.why_not(ONE), resting.why_not(TWO)) == ("", "")
    fail(ONE)
    assert resting.why_not(ONE) == "OperationalError: away"
    clock.now += 60
    assert resting.why_not(ONE) == ""
    assert resting.last_error() == "one: OperationalError: away"


def finish(queue, waiting):
    batch = queue.take(last_chance=False)
    queue.done(batch, [], [given for given in batch.events if given.using in waiting])
    return batch


def test_memory__is_all_of_the_only_place_that_there_is(clock):
    """A site with a replica, say: all shares are of one database, and there is nobody else."""
    queue = MemoryQueue(capacity=8, max_batch=4)
    fail(ONE)
    for _ in range(2):
        for given in at(ONE, 4):
            queue.put(given)
        finish(queue, waiting={"one"})
    with pytest.raises(DispatcherUnavailable, match="full"):
        queue.put(at(ONE, 1)[0])
    assert queue.status().waiting == 8


def test_memory__keeps_room_for_tenants_that_it_has_not_seen(clock, settings):
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "TENANT": "tests.tenancy.Hook"}
    queue = MemoryQueue(capacity=8, max_batch=8)
    for given in at(ONE, 4):
        queue.put(given)
    fail(ONE)
    finish(queue, waiting={"one"})
    with pytest.raises(DispatcherUnavailable, match="away already"):
        queue.put(at(ONE, 1)[0])


def test_memory__keeps_room_for_others(clock):
    queue = MemoryQueue(capacity=8, max_batch=4)
    queue.put(at(TWO, 1)[0])
    finish(queue, waiting=())
    for given in at(ONE, 4):
        queue.put(given)
    fail(ONE)
    finish(queue, waiting={"one"})
    with pytest.raises(DispatcherUnavailable, match="away already"):
        queue.put(at(ONE, 1)[0])
    for given in at(TWO, 4):
        queue.put(given)
    with pytest.raises(DispatcherUnavailable, match="full"):
        queue.put(at(TWO, 1)[0])
    assert [given.using for given in finish(queue, waiting=()).events] == ["two"] * 4
    assert queue.take(last_chance=False) is None
    assert queue.status().waiting == 4
    clock.now += 1
    queue.put(at(ONE, 1)[0])  # it may be there again


def test_memory__insists_at_the_end_and_loses_nothing(clock):
    queue = MemoryQueue(capacity=8, max_batch=4)
    for given in [*at(ONE, 2), *at(TWO, 1)]:
        queue.put(given)
    fail(ONE)
    finish(queue, waiting={"one"})
    with pytest.raises(AllResting):
        queue.take(last_chance=True)
    assert 0 < queue.patience() < 0.2
    clock.now += 1
    assert queue.patience() == 0
    assert len(queue.take(last_chance=True).events) == 2


def test_memory__releases_what_was_postponed():
    queue = MemoryQueue(capacity=8, max_batch=4)
    given = at(ONE, 2)
    for one in given:
        queue.put(one)
    fail(ONE)
    finish(queue, waiting={"one"})
    assert queue.release() == given
    assert queue.status().waiting == 0
