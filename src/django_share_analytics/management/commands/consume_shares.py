from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from django_share_analytics.conf import get_settings
from django_share_analytics.dispatch.consuming import consume, stop_on_signals
from django_share_analytics.dispatch.handler import dispatchers

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from django_share_analytics.dispatch.base import BaseDispatcher


class Command(BaseCommand):
    help = (
        "Writes the shares that wait in a broker or a journal to the database. Any number may run, "
        "on any number of machines. SIGTERM or Ctrl-C: finish the batch and stop; a second one: "
        "stop at once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="write what is waiting by now, then stop"
        )
        parser.add_argument(
            "--dispatcher",
            choices=list(get_settings().dispatchers),
            help="consume for this one only; else for every configured one that has a consumer",
        )

    def handle(self, *, once: bool, dispatcher: str | None, verbosity: int, **options: Any) -> None:
        chosen = _with_consumer([dispatcher] if dispatcher else list(get_settings().dispatchers))
        if verbosity:
            names = ", ".join(f"{each.alias} ({type(each).__name__})" for each in chosen)
            self.stdout.write(f"Consuming shares of: {names}")
            self.stdout.flush()
        with stop_on_signals() as stop:
            n = consume(chosen, stop, once=once)
        if verbosity:
            self.stdout.write(f"Consumed {n:,} share(s).")


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
