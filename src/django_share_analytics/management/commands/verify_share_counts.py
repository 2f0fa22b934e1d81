from __future__ import annotations

import json
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import Error as DatabaseError

from django_share_analytics.exceptions import ShareAnalyticsError
from django_share_analytics.management.progress import ProgressBar
from django_share_analytics.management.stopping import STOPPABLE, StoppableCommand
from django_share_analytics.management.verify_output import audit_as_json, audit_lines
from django_share_analytics.upkeep.audit import audit_counts

if TYPE_CHECKING:
    from argparse import ArgumentParser

EXIT_DRIFT = 1
EXIT_UNKNOWN = 2
REPAIR_STOPPED = "What was corrected stays so. Run it again with --repair: it corrects the rest."


class Command(StoppableCommand):
    help = (
        "Compares every count with the rows that it counts, while the site goes on. Exit status: 0 "
        "the counts are right (with --repair: now), 1 they are not, 2 it could not be found out. "
        f"{STOPPABLE}"
    )
    # A warning of theirs would have the exit status that means drift.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--from", dest="start", type=date.fromisoformat, metavar="DAY", help="first day"
        )
        parser.add_argument(
            "--to", dest="end", type=date.fromisoformat, metavar="DAY", help="last day"
        )
        parser.add_argument(
            "--repair",
            action="store_true",
            help="correct what is wrong, and recount everything when TIME_ZONE was changed",
        )
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *, start: date | None, end: date | None, **options: Any) -> None:
        if start and end and start > end:
            raise CommandError("--from is after --to.", returncode=EXIT_UNKNOWN)
        if options["repair"]:
            self.once_stopped = REPAIR_STOPPED
        bar = ProgressBar(self.stderr, "Comparing", options["verbosity"])
        try:
            with bar:
                audit = audit_counts(start, end, repair=options["repair"], progress=bar.show)
        except (DatabaseError, ImproperlyConfigured, ShareAnalyticsError) as error:
            raise CommandError(str(error), returncode=EXIT_UNKNOWN) from error
        if options["json"]:
            self.stdout.write(json.dumps(audit_as_json(audit), indent=2, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(audit_lines(audit)))
        if not audit.is_exact:
            sys.exit(EXIT_DRIFT)
