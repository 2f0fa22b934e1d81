"""A command that is told to stop, by Ctrl-C or SIGTERM, does no harm and says how to go on."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from django_share_analytics.management.progress import CLEAR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SIGNALS = (signal.SIGTERM, signal.SIGINT)
EXIT_STOPPED = 128
"""With the number of the signal added, as shells have it: 130 for Ctrl-C, 143 for SIGTERM."""
STOPPABLE = (
    "Ctrl-C or SIGTERM stops it without harm: what is done stays, what is half done is undone, and "
    "the last line says how to go on (exit status 130 or 143)."
)
"""The sentence about it in each command's help."""


class Stopped(KeyboardInterrupt):
    """The process was told to stop.

    Whatever undoes its work at Ctrl-C does so: transactions are rolled back, and psycopg has the
    server give up the statement that it is at.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
        self.once_stopped = ""
        """What is true where it was stopped, in the place of what the command says."""


@contextmanager
def on_first_signal(act: Callable[[int], object]) -> Iterator[None]:
    """Have ``act`` called with the number of the first SIGTERM or SIGINT. The second ends the
    process at once, which is as safe as a ``kill -9``.

    A signal that is ignored stays so: in the background of a script, Ctrl-C is meant for others.
    So does one that C handles: its handler couldn't be put back.
    """

    def on_signal(number: int, frame: Any) -> None:
        for each in before:
            signal.signal(each, signal.SIG_DFL)
        act(number)

    left_alone = (signal.SIG_IGN, None)
    before = {each: is_ for each in SIGNALS if (is_ := signal.getsignal(each)) not in left_alone}
    for each in before:
        signal.signal(each, on_signal)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


class StoppableCommand(BaseCommand):
    """A command that may take a while.

    Called from Python, as by ``call_command()``, it leaves signals to its caller.
    """

    once_stopped = "Nothing was changed. Run it again."
    """What is true when it was stopped, and how to go on."""

    def on_signal(self, number: int) -> None:
        """What the first SIGTERM or SIGINT does.

        :raises Stopped: it ends the command where it is.
        """
        raise Stopped(number)

    def run_from_argv(self, argv: Sequence[str]) -> None:
        try:
            with on_first_signal(self.on_signal):
                super().run_from_argv(list(argv))
        except Stopped as stopped:
            # Where the terminal has shown the keys, or a bar that was about to begin.
            line = CLEAR if self.stderr.isatty() else ""
            said = f"Stopped. {stopped.once_stopped or self.once_stopped}"
            self.stderr.write(line + self.style.WARNING(said), str)
            sys.exit(EXIT_STOPPED + stopped.number)
