from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from django_share_analytics.management.progress import ProgressBar
from django_share_analytics.management.stopping import STOPPABLE, StoppableCommand
from django_share_analytics.stats.period import MAX_DAYS
from django_share_analytics.virality.cohort import DEFAULT_DAYS
from django_share_analytics.virality.finding import find_cascades

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(StoppableCommand):
    help = (
        "Looks through all shares for those that led to others, and keeps the largest cascades for "
        "the page about how far shares travel. Reads some thousand rows at a time, and writes one "
        "in the end. Needed only where there is too much to look through while the page is asked "
        f"for. {STOPPABLE}"
    )
    once_stopped = "What was found before stays. Run it again: it begins anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--days",
            type=int,
            default=DEFAULT_DAYS,
            help="as many as the page is asked for (default: %(default)s)",
        )

    def handle(self, *, days: int, verbosity: int, **options: Any) -> None:
        if not 1 <= days <= MAX_DAYS:
            raise CommandError(f"--days must be from 1 to {MAX_DAYS}.")
        bar = ProgressBar(self.stderr, "Looking", verbosity)
        with bar:
            found = find_cascades(
                days,
                progress=lambda done, total, shares: bar.show(done, total, f"{shares:,} shares"),
            )
        if found is None:
            raise CommandError("Of each of these days shares are pruned: there is nothing to find.")
        if verbosity:
            self.stdout.write(
                f"{found.start} to {found.end}: {found.roots:,} shares began something, "
                f"{found.forwarded:,} of them led to others; the largest cascade has "
                f"{max((each.size for each in found.largest), default=1):,}."
            )
