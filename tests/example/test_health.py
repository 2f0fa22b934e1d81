"""What load balancers are told: yes or no, at no cost, and nothing else."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory

from django_share_analytics.status import pipeline
from django_share_analytics.testing import use_dispatchers
from example_project.health import (
    SECONDS_AN_ANSWER_HOLDS,
    SECONDS_ASKING_MAY_TAKE,
    HealthMiddleware,
    Readiness,
)

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.once

NOWHERE = {
    "BACKEND": "django_share_analytics.dispatch.backends.redis_streams.RedisStreamsDispatcher",
    "OPTIONS": {"url": "redis://127.0.0.1:9/0"},
}
IMMEDIATE = {
    "BACKEND": "django_share_analytics.dispatch.backends.immediate.ImmediateDispatcher",
}


@pytest.fixture
def ask() -> Callable[[str], tuple[int, str]]:
    middleware = HealthMiddleware(lambda request: HttpResponse("a page"))

    def answer(path: str) -> tuple[int, str]:
        # A host that no ALLOWED_HOSTS has: it is called by its number.
        response: Any = middleware(RequestFactory(headers={"host": "10.0.0.7"}).get(path))
        return response.status_code, response.content.decode()

    return answer


@pytest.mark.django_db
def test_ready(ask: Any) -> None:
    assert ask("/health/ready") == (200, "ok\n")
    assert ask("/health/live") == (200, "ok\n")
    assert ask("/apps") == (200, "a page")


def test_live__without_a_database(ask: Any) -> None:
    """Any query would fail here: the test has none."""
    assert ask("/health/live") == (200, "ok\n")


@pytest.mark.django_db
def test_ready__database_away(
    ask: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(now: object) -> None:
        raise OperationalError("connection to server at 10.0.0.5 failed")

    monkeypatch.setattr(pipeline, "read_records", away)
    assert ask("/health/ready") == (503, "no\n")
    assert "The database can't be read" in caplog.text


@pytest.mark.django_db
def test_ready__nothing_takes_shares(ask: Any) -> None:
    with use_dispatchers({"default": NOWHERE}):
        assert ask("/health/ready") == (503, "no\n")


@pytest.mark.django_db
def test_ready__a_fallback_takes_them(ask: Any) -> None:
    with use_dispatchers({"default": NOWHERE, "fallback": IMMEDIATE}):
        assert ask("/health/ready") == (200, "ok\n")


@pytest.mark.django_db
def test_ready__asks_once_in_a_while(ask: Any, django_assert_num_queries: Any) -> None:
    assert ask("/health/ready") == (200, "ok\n")
    with django_assert_num_queries(0):
        assert {ask("/health/ready") for _ in range(20)} == {(200, "ok\n")}


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def test_readiness__is_asked_again_when_it_is_old() -> None:
    answers, clock = iter([True, False]), Clock()
    is_ready = Readiness(lambda: next(answers), clock)
    assert is_ready() is True
    clock.seconds += SECONDS_AN_ANSWER_HOLDS
    assert is_ready() is True
    clock.seconds += 0.1
    assert is_ready() is False


def test_readiness__nobody_waits_for_who_asks() -> None:
    """A database that hangs holds one thread of the server, and not all of them."""
    begun, end = threading.Event(), threading.Event()

    def hangs() -> bool:
        begun.set()
        return end.wait(30)

    is_ready = Readiness(hangs)
    asking = threading.Thread(target=is_ready)
    asking.start()
    assert begun.wait(30)
    assert is_ready() is False
    end.set()
    asking.join()
    assert is_ready() is True


def test_readiness__was_ready_and_hangs() -> None:
    """What was found last is told for a while, and no longer; as soon as it goes on, what it is."""
    begun, end, clock = threading.Event(), threading.Event(), Clock()
    end.set()

    def hangs() -> bool:
        begun.set()
        return end.wait(30)

    is_ready = Readiness(hangs, clock)
    assert is_ready() is True
    begun.clear()
    end.clear()
    # However long nobody has asked before.
    clock.seconds += 3600
    asking = threading.Thread(target=is_ready)
    asking.start()
    try:
        assert begun.wait(30)
        clock.seconds += SECONDS_ASKING_MAY_TAKE
        assert is_ready() is True
        clock.seconds += 0.1
        assert is_ready() is False
    finally:
        end.set()
        asking.join()
    assert is_ready() is True


def test_readiness__failed_to_ask() -> None:
    clock = Clock()
    answers: list[Callable[[], bool]] = [lambda: True, lambda: 1 // 0 > 0, lambda: False]
    is_ready = Readiness(lambda: answers.pop(0)(), clock)
    assert is_ready() is True
    clock.seconds += 60
    with pytest.raises(ZeroDivisionError):
        is_ready()
    assert is_ready() is False
