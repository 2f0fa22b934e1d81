"""Whatever is away and comes back: all is written once, and nobody waits for another."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import OperationalError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics.dispatch.buffer import drain as module
from django_share_analytics.dispatch.buffer.drain import Drain
from django_share_analytics.dispatch.buffer.queues import MemoryQueue
from django_share_analytics.dispatch.journal.queue import JournalQueue
from django_share_analytics.dispatch.postponed import AllResting
from django_share_analytics.places import Place, by_place
from django_share_analytics.writing import resting as resting_module
from django_share_analytics.writing.batches import NotAllWritten
from django_share_analytics.writing.resting import resting
from django_share_analytics.writing.writer import WriteResult
from tests.factories import event

PLACES = ["one", "two", "three"]
MAX_BATCH = 3
steps = st.lists(
    st.tuples(
        st.lists(st.sampled_from(PLACES), max_size=7),  # where shares are accepted
        st.sets(st.sampled_from(PLACES)),  # what is away meanwhile
        st.booleans(),  # whether it is flushed
    ),
    max_size=6,
)


class World:
    """Databases that are away or not, and what they were given; and a clock."""

    def __init__(self):
        self.now, self.away, self.written = 1_000.0, set(), Counter()

    def monotonic(self):
        return self.now

    def write_batch(self, events, *, count_unknown):
        result, waiting, problems = WriteResult(), [], {}
        for place, group in by_place(events).items():
            if place.using in self.away:
                problems[place] = OperationalError("away")
                resting.note_failure(place, problems[place])
                waiting.extend(group)
            else:
                resting.note_success(place)
                self.written.update((place.using, share.id) for share in group)
                result.recorded.extend(group)
        if problems:
            raise NotAllWritten(result, waiting, problems)
        return result


@pytest.fixture(autouse=True)
def world(monkeypatch):
    world = World()
    monkeypatch.setattr(module, "write_batch", lambda *args, **how: world.write_batch(*args, **how))
    monkeypatch.setattr(module, "let_connection_go", lambda: None)
    monkeypatch.setattr(resting_module, "time", world)
    yield world
    resting.clear()


def empty(drain, *, last_chance):
    """As the thread does, and whoever ends it."""
    for _ in range(200):
        try:
            if not drain.write_next(last_chance=last_chance):
                return
        except AllResting:
            return
    pytest.fail("it goes round and round")


def play(world, queue, story):
    drain = Drain(queue, name="test", flush_seconds=0)
    world.__init__()
    resting.clear()
    accepted = Counter()
    for places, away, is_flushed in story:
        world.away = away
        for using in places:
            share = replace(event(1), using=using)
            accepted[using, share.id] += 1
            queue.put(share)
        empty(drain, last_chance=is_flushed)
        missing = {using for using, _ in accepted - world.written}
        assert missing <= away | {place for place in PLACES if is_resting(place)}
        world.now += 0.5
    world.away, world.now = set(), world.now + 60
    empty(drain, last_chance=True)
    assert queue.take(last_chance=True) is None
    assert set(world.written) == set(accepted)
    return world.written - accepted


def is_resting(using):
    return resting.seconds_left([Place(using)]) > 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=steps)
def test_memory(world, story):
    queue = MemoryQueue(capacity=100, max_batch=MAX_BATCH)
    assert play(world, queue, story) == Counter()
    assert queue.release() == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=steps)
def test_journal(world, story):
    """What is in one file is written again with it: that changes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        queue = JournalQueue(
            Path(folder) / "journal",
            max_batch=MAX_BATCH,
            max_bytes=1 << 30,
            fsync="never",
            sync_seconds=9.0,
        )
        play(world, queue, story)
        queue.refuse()
        queue.release()
