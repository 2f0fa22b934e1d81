"""The command that writes what waits outside of the web processes."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import CommandError, call_command

from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.management.commands.consume_shares import Command
from django_share_analytics.testing import IMMEDIATE, MemoryDispatcher, use_dispatchers

pytestmark = pytest.mark.django_db(transaction=True)


@use_dispatchers(IMMEDIATE)
def test_command__when_there_is_nothing_to_consume():
    with pytest.raises(CommandError, match="default: ImmediateDispatcher"):
        call_command("consume_shares", "--once")


class ConsumedDispatcher(MemoryDispatcher):
    """Somebody else's dispatcher that has something to consume, once."""

    has_consumer = True

    def consume(self, stop, *, once=False):
        self.events.append(once)
        if self.alias == "fallback":
            raise ZeroDivisionError("a mistake")
        assert once or stop.wait(10)
        return 1_234


CONSUMED = {"BACKEND": "tests.management.test_consume_shares.ConsumedDispatcher"}


def test_command__consumes_for_any_dispatcher_that_says_so(capsys):
    with use_dispatchers({"default": CONSUMED, "fallback": IMMEDIATE["default"]}):
        call_command("consume_shares", "--once")
        assert dispatchers["default"].events == [True]
    assert capsys.readouterr().out.splitlines() == [
        "Consuming shares of: default (ConsumedDispatcher)",
        "Consumed 1,234 share(s).",
    ]


def test_command__of_one_dispatcher_by_name():
    with use_dispatchers({"default": CONSUMED, "fallback": IMMEDIATE["default"]}):
        with pytest.raises(CommandError, match="fallback: ImmediateDispatcher"):
            call_command("consume_shares", "--dispatcher", "fallback")
        assert dispatchers["default"].events == []


def test_command__stops_the_others_when_one_fails():
    with (
        use_dispatchers({"default": CONSUMED, "fallback": CONSUMED}),
        pytest.raises(ZeroDivisionError),
    ):
        call_command("consume_shares", verbosity=0)


class Signalled(MemoryDispatcher):
    """Consumes until it is told to, as somebody tells the process meanwhile."""

    has_consumer = True

    def consume(self, stop, *, once=False):
        self.events.append(signal.getsignal(signal.SIGTERM))
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.wait(10)
        return 1


SIGNALLED = {"BACKEND": "tests.management.test_consume_shares.Signalled"}


@pytest.mark.parametrize(("arguments", "status"), [([], 0), (["--once"], 143)])
def test_command__finishes_the_batch_when_it_is_told_to_stop(arguments, status, capsys):
    with use_dispatchers({"default": SIGNALLED}):
        try:
            Command(no_color=True).run_from_argv(["manage.py", "consume_shares", *arguments])
            ended = 0
        except SystemExit as end:
            ended = end.code
    out, err = capsys.readouterr()
    assert ended == status
    assert out.endswith("Consumed 1 share(s).\n")
    assert err == (f"Stopped. {Command.once_stopped}\n" if status else "")


class CallersOwn(Exception):  # noqa: N818 - what a caller's handler raises
    pass


def test_command__called_from_python_leaves_signals_to_its_caller():
    """Who stops it by an exception does so after the batch."""

    def callers_own(number, frame):
        raise CallersOwn

    before = signal.signal(signal.SIGTERM, callers_own)
    try:
        with use_dispatchers({"default": SIGNALLED}):
            with pytest.raises(CallersOwn):
                call_command("consume_shares", once=True, verbosity=0)
            assert dispatchers["default"].events == [callers_own]
        assert signal.getsignal(signal.SIGTERM) is callers_own
    finally:
        signal.signal(signal.SIGTERM, before)


def test_command__called_in_a_thread():
    with use_dispatchers({"default": CONSUMED}), ThreadPoolExecutor() as pool:
        pool.submit(call_command, "consume_shares", once=True, verbosity=0).result()
        assert dispatchers["default"].events == [True]
