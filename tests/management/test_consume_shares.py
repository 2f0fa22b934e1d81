"""The command that writes what waits outside of the web processes."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from django_share_analytics.dispatch.handler import dispatchers
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
