"""The first signal ends a command in good order, the second at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from io import StringIO
from typing import Any

import pytest

from django_share_analytics.management import stopping
from django_share_analytics.management.stopping import (
    STOPPABLE,
    StoppableCommand,
    Stopped,
    on_first_signal,
)

pytestmark = pytest.mark.once


@pytest.mark.parametrize("number", stopping.SIGNALS)
def test_on_first_signal__the_second_is_the_system_s(number: int) -> None:
    heard: list[int] = []
    with on_first_signal(heard.append):
        os.kill(os.getpid(), number)
        assert heard == [number]
        assert {signal.getsignal(each) for each in stopping.SIGNALS} == {signal.SIG_DFL}


def test_on_first_signal__leaves_the_handlers_as_they_were() -> None:
    before = [signal.getsignal(each) for each in stopping.SIGNALS]
    with on_first_signal(print):
        assert signal.getsignal(signal.SIGTERM) not in before
    assert [signal.getsignal(each) for each in stopping.SIGNALS] == before


def test_on_first_signal__what_is_ignored_stays_ignored() -> None:
    """A command in the background of a script has nothing to do with Ctrl-C in the foreground."""
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with on_first_signal(heard.append):
            assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
            os.kill(os.getpid(), signal.SIGTERM)
            assert heard == [signal.SIGTERM]
            assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


OF_C = """
import faulthandler, os, sys
faulthandler.register(15)
del sys.modules["_signal"]  # which asks who handles what when it is imported
sys.modules.pop("signal", None)
from django_share_analytics.management.stopping import on_first_signal
with on_first_signal(print):
    os.kill(os.getpid(), 15)
os.kill(os.getpid(), 15)
"""
"""A process that somebody's C handles SIGTERM of, as where Python is embedded."""


def test_on_first_signal__a_handler_that_is_not_python_s_stays() -> None:
    done = subprocess.run([sys.executable, "-c", OF_C], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert done.stderr.count("most recent call first") == 2


class Counting(StoppableCommand):
    """A command that gets a signal in its middle."""

    once_stopped = "It was at three."
    requires_system_checks = ()
    number: int = signal.SIGINT

    def handle(self, *args: Any, **options: Any) -> None:
        os.kill(os.getpid(), self.number)
        pytest.fail("went on")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_run_from_argv__says_how_to_go_on(number: int, status: int) -> None:
    err = StringIO()
    command = Counting(stderr=err, no_color=True)  # type: ignore[arg-type]
    command.number = number
    with pytest.raises(SystemExit) as end:
        command.run_from_argv(["manage.py", "count"])
    assert end.value.code == status
    assert err.getvalue() == "Stopped. It was at three.\n"


def test_execute__called_from_python_leaves_signals_to_its_caller() -> None:
    def callers_own(number: int, frame: Any) -> None:
        raise ZeroDivisionError

    before = signal.signal(signal.SIGINT, callers_own)
    try:
        with pytest.raises(ZeroDivisionError):
            Counting().execute(skip_checks=True, no_color=True, force_color=False)
    finally:
        signal.signal(signal.SIGINT, before)


def test_on_signal__a_command_s_own_way_to_stop() -> None:
    class Finishing(Counting):
        def on_signal(self, number: int) -> None:
            self.heard = number

        def handle(self, *args: Any, **options: Any) -> None:
            os.kill(os.getpid(), self.number)

    command = Finishing()
    command.run_from_argv(["manage.py", "count"])
    assert command.heard == signal.SIGINT


def test_stopped__is_what_libraries_know_as_ctrl_c() -> None:
    assert issubclass(Stopped, KeyboardInterrupt)
    assert not issubclass(Stopped, Exception)


COMMANDS = (
    "blank_shares", "consume_shares", "erase_person", "export_person", "export_shares",
    "find_cascades", "import_shares", "prune_shares", "set_aside_shares", "verify_share_counts",
)  # fmt: skip
"""Those that may take longer than one waits for."""


@pytest.mark.parametrize("name", COMMANDS)
def test_commands__say_in_their_help_that_they_can_be_stopped(name: str) -> None:
    from django.core.management import load_command_class

    command = load_command_class("django_share_analytics", name)
    assert isinstance(command, StoppableCommand)
    assert STOPPABLE in command.help or "finish the batch and stop" in command.help
