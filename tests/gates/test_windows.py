"""Never more than the pace allows, whatever the times; who waits as told is let in."""

from __future__ import annotations

import os
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from django_share_analytics.conf import Pace
from django_share_analytics.gates.windows import Windows, seconds_to_room
from tests.examples import examples

pytestmark = pytest.mark.once

KEY = b"somebody"


class Clock:
    def __init__(self, now=1_000.0):
        self.now = now

    def __call__(self):
        return self.now


def windows(clock, most=20):
    return Windows(most, clock=clock)


paces = st.builds(Pace, number=st.integers(1, 12), seconds=st.sampled_from([1, 60, 3_600]))
# In sixtieths of a window: bursts, and any pause between them.
pauses = st.lists(
    st.one_of(st.just(0.0), st.floats(0, 3, width=32), st.floats(0, 150, width=32)),
    min_size=1,
    max_size=150,
)


def taken_at(pace, gaps):
    """The moments, in seconds, at which one was let in."""
    clock = Clock()
    own = windows(clock)
    taken = []
    for gap in gaps:
        clock.now += gap * pace.seconds / 60
        if not own.take([(KEY, [pace])]):
            taken.append(clock.now)
    return taken


@settings(max_examples=examples(300))
@given(paces, pauses)
def test_take__never_more_than_the_bound_in_any_span(pace, gaps):
    taken = taken_at(pace, gaps)
    for i, first in enumerate(taken):
        for n, last in enumerate(taken[i:], start=1):
            spans = (last - first) / pace.seconds
            assert n <= pace.number * (int(spans) + 2)
            if spans <= 1:
                assert n <= pace.number * (1 + spans) + 1 + 1e-3


@given(paces, st.integers(1, 40))
def test_take__who_never_rests_gets_no_more_than_the_pace(pace, per_window):
    taken = taken_at(pace, [60 / per_window] * (per_window * 10))
    assert len(taken) <= pace.number * 10 + 1


@settings(max_examples=examples(300))
@given(st.lists(paces, min_size=1, max_size=3), pauses)
def test_take__who_waits_as_told_is_let_in_and_no_sooner(many, gaps):
    clock = Clock()
    own = windows(clock)
    for gap in gaps:
        clock.now += gap * many[0].seconds / 60
        wait = own.take([(KEY, many)])
        if wait:
            clock.now += wait * 0.99
            assert own.take([(KEY, many)]) > 0
            clock.now += wait * 0.01 + 1e-6
            assert own.take([(KEY, many)]) == 0


def test_take__a_burst_has_the_number_whenever_it_begins():
    for start in range(0, 120, 7):
        clock = Clock(start + 0.5)
        own = windows(clock)
        waits = []
        for _ in range(100):
            clock.now += 0.05
            waits.append(own.take([(KEY, [Pace(60, 60)])]))
        assert waits.count(0) == 60


def test_take__a_burst_after_a_burst_has_what_the_former_leaves():
    clock = Clock()
    own = windows(clock)
    taken = []
    for moment, tries in [(0, 1), (59, 80), (61, 80), (90, 80)]:
        clock.now = 1_000 + moment
        taken.append([own.take([(KEY, [Pace(60, 60)])]) for _ in range(tries)].count(0))
    assert taken == [1, 59, 2, 29]


@pytest.mark.parametrize(
    ("elapsed", "current", "former", "seconds"),
    [
        (10, 2, 0, 0),
        (0, 0, 3, 0),
        (10, 1, 3, 10),  # (3 * 50 / 60) + 1 is half of one too many
        (20, 3, 0, 40),
        (20, 6, 0, 40 + 30),  # of many processes: half of it has to fade
    ],
)
def test_seconds_to_room(elapsed, current, former, seconds):
    assert seconds_to_room(Pace(3, 60), elapsed, current, former) == pytest.approx(seconds)


def test_take__one_each_second_is_never_stopped_at_sixty_a_minute():
    assert len(taken_at(Pace(60, 60), [1.0] * 600)) == 600


def test_take__what_is_refused_uses_nothing_up():
    clock = Clock()
    own = windows(clock)
    minute, hour = Pace(2, 60), Pace(3, 3_600)
    both = [(b"one", [minute]), (b"two", [hour])]
    assert [own.take(both) for _ in range(2)] == [0, 0]
    for _ in range(50):
        assert own.take(both) > 0
    clock.now += 120
    assert own.take(both) == 0
    assert own.take(both) > 3_000
    # The minute of the first had no part in that.
    assert own.take([(b"one", [minute])]) == 0


def test_take__nobody_uses_up_another_s():
    own = windows(Clock())
    assert own.take([(b"one", [Pace(1, 60)])]) == 0
    assert own.take([(b"two", [Pace(1, 60)])]) == 0
    assert own.take([(b"one", [Pace(1, 60)])]) > 0


def test_take__remembers_so_many_and_those_who_go_on():
    own = windows(Clock(), most=3)
    pace = [Pace(1, 60)]
    assert own.take([(b"0", pace)]) == 0
    for i in range(1, 50):
        assert own.take([(b"%d" % i, pace)]) == 0
        assert own.take([(b"0", pace)]) > 0, "it was forgotten, though it never stopped"
    assert len(own._kept) == 3


def test_take__from_many_threads_counts_each_once():
    own = windows(Clock())
    let_in = []

    class Slow:
        seconds = 60

        @property
        def number(self):
            time.sleep(0)  # another thread's turn, between what is read and what is written
            return 100

    def run():
        let_in.extend(own.take([(KEY, [Slow()])]) for _ in range(100))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert let_in.count(0) == 100


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_fork__begins_anew_whoever_had_the_lock():
    own = windows(Clock())
    own.take([(KEY, [Pace(1, 60)])])
    with own._lock:
        child = os.fork()
        if not child:
            os._exit(0 if own.take([(KEY, [Pace(1, 60)])]) == 0 else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_memory__of_as_many_as_are_remembered():
    import tracemalloc

    own, pace = Windows(), [Pace(60, 60)]
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for i in range(own.most + 5_000):
            own.take([(i.to_bytes(16, "big"), [*pace, Pace(600, 3_600)])])
        used = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert len(own._kept) == own.most
    assert used < 500 * own.most
