"""Who takes a share when the default dispatcher doesn't, and when the default is asked again."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError

from django_share_analytics.dispatch import route
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.testing import MemoryDispatcher, use_dispatchers
from tests.dispatch.conftest import Clock
from tests.factories import event

pytestmark = pytest.mark.once

IMMEDIATE = {"BACKEND": "django_share_analytics.dispatch.backends.immediate.ImmediateDispatcher"}
MOODY = {"BACKEND": "tests.dispatch.test_route.MoodyDispatcher"}
AWAY = DispatcherUnavailable("Connection refused.", broker_is_away=True)
FULL = DispatcherUnavailable("It is full.", retry_after=7)


class MoodyDispatcher(MemoryDispatcher):
    """Does what its ``mood`` says: an exception to raise, or nothing to take the event."""

    mood: Exception | None = None

    def __init__(self, config):
        super().__init__(config)
        self.asked = 0

    def submit(self, event):
        self.asked += 1
        if self.mood:
            raise self.mood
        return super().submit(event)


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(route, "time", clock)
    return clock


@pytest.fixture
def moody():
    """The default dispatcher, with nobody behind it."""
    with use_dispatchers({"default": MOODY}):
        yield dispatchers["default"]


@pytest.fixture
def pair():
    """The default dispatcher and the fallback."""
    with use_dispatchers({"default": MOODY, "fallback": MOODY}):
        yield dispatchers["default"], dispatchers["fallback"]


def test_submit__while_the_default_works(pair):
    default, fallback = pair
    dispatchers.submit(event(1))
    assert (len(default.events), len(fallback.events)) == (1, 0)


@pytest.mark.parametrize("mood", [AWAY, FULL, ZeroDivisionError("a stranger's mistake")])
def test_submit__falls_back(pair, mood):
    default, fallback = pair
    default.mood = mood
    given = event(1)
    dispatchers.submit(given)
    assert fallback.events == [given]


def test_submit__of_a_mistake_is_a_refusal_with_a_traceback_in_the_log(moody, caplog):
    moody.mood = ZeroDivisionError("a stranger's mistake")
    with pytest.raises(DispatcherUnavailable, match="ZeroDivisionError: a stranger's mistake"):
        dispatchers.submit(event(1))
    assert "Traceback" in caplog.text


def test_submit__when_both_refuse(pair):
    default, fallback = pair
    default.mood, fallback.mood = AWAY, FULL
    with pytest.raises(DispatcherUnavailable, match="full") as caught:
        dispatchers.submit(event(1))
    assert caught.value.retry_after == 7


def test_away__is_left_alone_for_a_while(pair, clock):
    default, fallback = pair
    default.mood = AWAY
    for _ in range(10):
        dispatchers.submit(event(1))
    clock.now += route.PAUSE_SECONDS - 0.1
    dispatchers.submit(event(1))
    assert (default.asked, len(fallback.events)) == (1, 11)


def test_away__is_asked_again_once_per_pause_and_told_of_once(pair, clock, caplog):
    default, _ = pair
    default.mood = AWAY
    for _ in range(3):
        dispatchers.submit(event(1))
        dispatchers.submit(event(1))
        clock.now += route.PAUSE_SECONDS
    assert default.asked == 3
    assert len(caplog.records) == 1


def test_away__and_back(pair, clock, caplog):
    default, fallback = pair
    default.mood = AWAY
    dispatchers.submit(event(1))
    default.mood = None
    clock.now += route.PAUSE_SECONDS
    for _ in range(3):
        dispatchers.submit(event(1))
    assert (len(default.events), len(fallback.events)) == (3, 1)
    assert [record.getMessage() for record in caplog.records] == [
        "The broker of 'default' is away: Connection refused.",
        "The broker of 'default' is back",
    ]


def test_away__and_back_but_full(pair, clock):
    """A broker that says no at once is there: nobody has to wait for it."""
    default, _ = pair
    default.mood = AWAY
    dispatchers.submit(event(1))
    default.mood = FULL
    clock.now += route.PAUSE_SECONDS
    dispatchers.submit(event(1))
    default.mood = None
    dispatchers.submit(event(1))
    assert len(default.events) == 1


def test_full__is_asked_each_time(pair):
    """It says no at once, and a moment later there may be room."""
    default, fallback = pair
    default.mood = FULL
    dispatchers.submit(event(1))
    default.mood = None
    dispatchers.submit(event(1))
    assert (len(default.events), len(fallback.events)) == (1, 1)


def test_away__without_a_fallback(moody, clock):
    moody.mood = AWAY
    with pytest.raises(DispatcherUnavailable, match="Connection refused"):
        dispatchers.submit(event(1))
    with pytest.raises(DispatcherUnavailable, match=r"Left alone.*Connection refused") as caught:
        dispatchers.submit(event(1))
    assert caught.value.retry_after == 1
    moody.mood = None
    clock.now += route.PAUSE_WITHOUT_DEPUTY_SECONDS
    dispatchers.submit(event(1))
    assert (moody.asked, len(moody.events)) == (2, 1)


def test_away__the_fallback_too(pair, clock):
    """It has nobody behind it, so that to leave it alone is to refuse shares."""
    default, fallback = pair
    default.mood = fallback.mood = AWAY
    for _ in range(2):
        with pytest.raises(DispatcherUnavailable):
            dispatchers.submit(event(1))
    fallback.mood = None
    clock.now += route.PAUSE_WITHOUT_DEPUTY_SECONDS
    dispatchers.submit(event(1))
    assert (default.asked, fallback.asked, len(fallback.events)) == (1, 2, 1)


def test_away__one_thread_tries_and_the_others_do_not_wait(pair, clock):
    default, fallback = pair
    default.mood = AWAY
    dispatchers.submit(event(1))
    clock.now += route.PAUSE_SECONDS
    asked, answer = threading.Event(), threading.Event()

    def hang(given):
        asked.set()
        answer.wait(10)
        raise AWAY

    default.submit = hang
    trying = threading.Thread(target=dispatchers.submit, args=[event(1)])
    trying.start()
    assert asked.wait(10)
    start = time.monotonic()
    for _ in range(100):
        dispatchers.submit(event(1))
    took = time.monotonic() - start
    assert len(fallback.events) == 101
    answer.set()
    trying.join()
    assert took < 5
    assert len(fallback.events) == 102


def test_status__tells_what_was_refused(pair, clock):
    default, _ = pair
    default.mood = AWAY
    for _ in range(3):
        dispatchers.submit(event(1))
    assert dispatchers.status_of("fallback").refused == 0
    status = dispatchers.status_of("default")
    assert (status.refused, status.is_left_alone) == (3, True)
    assert status.last_error == "Connection refused."
    default.mood = None
    clock.now += route.PAUSE_SECONDS
    dispatchers.submit(event(1))
    status = dispatchers.status_of("default")
    assert (status.refused, status.is_left_alone, status.last_error) == (3, False, "")


def test_status__of_a_full_one_that_has_room_again(pair):
    default, _ = pair
    default.mood = FULL
    dispatchers.submit(event(1))
    assert dispatchers.status_of("default").last_error == "It is full."
    default.mood = None
    dispatchers.submit(event(1))
    assert dispatchers.status_of("default").last_error == ""


def test_fork__a_child_asks_for_itself(pair):
    """What the parent knew of its connections says nothing about those of the child."""
    default, _ = pair
    default.mood = AWAY
    dispatchers.submit(event(1))
    dispatchers.reset_after_fork()
    dispatchers.submit(event(1))
    assert len(dispatchers["default"].events) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "is_away"),
    [
        (OperationalError("connection timed out"), True),
        (InterfaceError("connection already closed"), True),
        (OSError("Network is unreachable"), True),
        (ProgrammingError("no such column"), False),
    ],
    ids=str,
)
def test_immediate__leaves_a_database_alone_that_is_away(app, database_away, error, is_away):
    """Each request would wait for the time limit of the connection otherwise."""
    database_away.error = error
    database_away.set()
    with use_dispatchers({"default": IMMEDIATE}):
        for _ in range(2):
            with pytest.raises(DispatcherUnavailable) as caught:
                dispatchers.submit(event(app))
        assert dispatchers.status_of("default").is_left_alone is is_away
        assert ("Left alone" in str(caught.value)) is is_away
