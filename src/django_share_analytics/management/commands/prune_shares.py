from __future__ import annotations

import re
from argparse import ArgumentTypeError
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from django_share_analytics.counts.retention import MIN_DAYS
from django_share_analytics.exceptions import ShareAnalyticsError
from django_share_analytics.management.progress import ProgressBar
from django_share_analytics.periods import FIRST_DAY
from django_share_analytics.upkeep.pruning import PRUNE_BATCH_SIZE, day_before, prunable, prune

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "Deletes the rows of old shares; their counts stay. Safe to interrupt and to run again. "
        "Shares of that time that arrive later are refused: they may have been counted already."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--older-than",
            required=True,
            type=_day,
            metavar="AGE",
            help=f"so many days, such as 365d ({MIN_DAYS}d at least), or the first day to keep, "
            "such as 2025-01-01",
        )
        parser.add_argument(
            "--batch-size",
            type=_positive,
            default=PRUNE_BATCH_SIZE,
            help="rows deleted in one transaction (default: %(default)s)",
        )
        parser.add_argument("--dry-run", action="store_true", help="only count what would go")

    def handle(
        self, *, older_than: date, batch_size: int, dry_run: bool, verbosity: int, **options: Any
    ) -> None:
        day = older_than
        bar = ProgressBar(self.stderr, "Deleting", verbosity)
        try:
            if dry_run:
                n = prunable(day).count()
                self.stdout.write(f"{n:,} shares from before {day} would be deleted.")
                return
            total = prunable(day).count() if self.stderr.isatty() and verbosity else 0
            with bar:
                n = prune(day, batch_size=batch_size, progress=lambda done: bar.show(done, total))
        except ShareAnalyticsError as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self.stdout.write(f"{n:,} shares from before {day} deleted. Their counts stay.")


def _day(text: str) -> date:
    if match := re.fullmatch(r"(\d{1,5})d?", text):
        return max(FIRST_DAY, day_before(int(match[1])))
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
