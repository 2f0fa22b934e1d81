"""What ``blank_shares`` and ``prune_shares`` have in common: how old, how much at once, how far."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.management.base import CommandError

from django_share_analytics.conf import MIN_DAYS
from django_share_analytics.exceptions import ShareAnalyticsError
from django_share_analytics.management.progress import ProgressBar
from django_share_analytics.management.stopping import StoppableCommand
from django_share_analytics.periods import FIRST_DAY
from django_share_analytics.upkeep.ages import day_before, first_day_kept

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Callable

    from django_share_analytics.models import ShareQuerySet
    from django_share_analytics.upkeep import Forgotten


class ForgettingCommand(StoppableCommand):
    """A command that does something to all shares that are old enough."""

    setting: str
    """How old, where ``--older-than`` doesn't say."""
    batch_size: int
    doing: str
    done: str
    staying: ClassVar[str]
    once_stopped = "What was done stays. Run it again: it goes on from there."

    @staticmethod
    def old_shares(day: date) -> ShareQuerySet:
        """The shares that are left to do it to."""
        raise NotImplementedError

    forget: ClassVar[Callable[..., Forgotten]]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--older-than",
            type=_day,
            metavar="AGE",
            help=f"so many days, such as 365d ({MIN_DAYS}d at least), or the first day to keep, "
            f"such as 2025-01-01 (default: {self.setting})",
        )
        parser.add_argument(
            "--batch-size",
            type=_positive,
            default=self.batch_size,
            help="rows in one transaction (default: %(default)s)",
        )
        parser.add_argument("--dry-run", action="store_true", help="only count them")

    def handle(
        self,
        *,
        older_than: date | None,
        batch_size: int,
        dry_run: bool,
        verbosity: int,
        **options: Any,
    ) -> None:
        try:
            day = first_day_kept(older_than, self.setting)
            if dry_run:
                n = self.old_shares(day).count()
                self.stdout.write(f"{n:,} shares from before {day} would be {self.done}.")
            else:
                self._run(day, batch_size, verbosity)
        except ShareAnalyticsError as error:
            raise CommandError(str(error)) from error

    def _run(self, day: date, batch_size: int, verbosity: int) -> None:
        bar = ProgressBar(self.stderr, self.doing, verbosity)
        with bar:
            total = self.old_shares(day).count() if bar.is_shown else 0
            forgotten = type(self).forget(
                day, batch_size=batch_size, progress=lambda done: bar.show(done, total)
            )
        if not verbosity:
            return
        text = f"{forgotten.shares:,} shares from before {day} {self.done}. {self.staying}"
        for n, what in (
            (forgotten.set_aside, "set aside"),
            (forgotten.bad_files, "files of what can't be read"),
        ):
            text += f" {n:,} {what}, too." if n else ""
        self.stdout.write(text)


def _day(text: str) -> date:
    if match := re.fullmatch(r"(\d{1,5})d?", text):
        return day_before(int(match[1]))
    try:
        return max(FIRST_DAY, date.fromisoformat(text))
    except ValueError:
        raise ArgumentTypeError(
            f"{text!r} is neither a number of days, such as 365d, nor a date, such as 2025-01-01."
        ) from None


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError("must be 1 or more.")
    return int(text)
