from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from django_share_analytics.conf import get_settings
from django_share_analytics.dispatch.consuming import consume
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.management.progress import ProgressBar
from django_share_analytics.management.stopping import StoppableCommand, Stopped
from django_share_analytics.status.reports import ask_dispatcher

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from django_share_analytics.dispatch.base import BaseDispatcher


class Command(StoppableCommand):
    help = (
        "Writes the shares that wait in a broker or a journal to the database. Any number may run, "
        "on any number of machines. SIGTERM or Ctrl-C: finish the batch and stop; a second one: "
        "stop at once. With --once the exit status is then 130 or 143, as something may still wait."
    )
    once_stopped = "What still waits is as safe as before: the next run goes on with it."

    _stop: Event | None = None
    _stopped_by = 0

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="write what is waiting by now, then stop"
        )
        parser.add_argument(
            "--dispatcher",
            choices=list(get_settings().dispatchers),
            help="consume for this one only; else for every configured one that has a consumer",
        )

    def on_signal(self, number: int) -> None:
        """Finish the batch, if it has got as far."""
        if self._stop is None:
            super().on_signal(number)
        else:
            self._stopped_by = number
            self._stop.set()

    def handle(self, *, once: bool, dispatcher: str | None, verbosity: int, **options: Any) -> None:
        chosen = _with_consumer([dispatcher] if dispatcher else list(get_settings().dispatchers))
        self._stop = stop = Event()
        if verbosity:
            names = ", ".join(f"{each.alias} ({type(each).__name__})" for each in chosen)
            self.stdout.write(f"Consuming shares of: {names}")
            self.stdout.flush()
        with ProgressBar(self.stderr, "Consuming", verbosity if once else 0) as bar:
            look = (lambda: bar.show(0, 0, _waiting(chosen))) if bar.is_shown else None
            n = consume(chosen, stop, once=once, look=look)
        if verbosity:
            self.stdout.write(f"Consumed {n:,} share(s).")
        if once and self._stopped_by:
            raise Stopped(self._stopped_by)


def _waiting(chosen: list[BaseDispatcher]) -> str:
    reports = (ask_dispatcher(get_settings().dispatchers[each.alias]) for each in chosen)
    n = sum(report.status.waiting or 0 for report in reports if report.status)
    return f"{n:,} waiting"


def _with_consumer(aliases: list[str]) -> list[BaseDispatcher]:
    configured = [dispatchers[alias] for alias in aliases]
    chosen = [dispatcher for dispatcher in configured if dispatcher.has_consumer]
    if not chosen:
        names = ", ".join(f"{each.alias}: {type(each).__name__}" for each in configured)
        raise CommandError(
            f"There is nothing to consume ({names}). These dispatchers bring shares to the "
            "database themselves, or have workers of their own."
        )
    return chosen
