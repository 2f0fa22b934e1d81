from __future__ import annotations

import dataclasses
import json
import sys
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError

from django_share_analytics.management.status_output import as_json, headline, lines
from django_share_analytics.management.stopping import StoppableCommand
from django_share_analytics.status.health import Level, Limits, Thresholds
from django_share_analytics.status.pipeline import pipeline_status
from django_share_analytics.status.reports import HOURS

if TYPE_CHECKING:
    from argparse import ArgumentParser

THRESHOLDS = {
    "age": "seconds that the oldest share has been waiting",
    "waiting": "shares waiting in a dispatcher",
    "set-aside": "shares set aside",
    "lost": f"shares lost in the last {HOURS} hours",
    "set-aside-full": f"shares set aside and gone for others in the last {HOURS} hours",
    "silence": "seconds since the newest recorded share was accepted",
}


class Command(StoppableCommand):
    help = (
        "How shares get on: what waits, what was recorded, what was not and why. Exit status: 0 "
        "all is well, 1 warning, 2 critical, for monitors. What waits in the memory of other "
        "processes can't be seen from here: the statistics page in the admin shows it."
    )
    # A dispatcher whose broker is away is an answer here, and not a reason to stop.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")
        for name, meaning in THRESHOLDS.items():
            limits = getattr(Thresholds(), name.replace("-", "_"))
            for level in ("warning", "critical"):
                default = getattr(limits, level)
                parser.add_argument(
                    f"--{name}-{level}",
                    type=_limit,
                    metavar="N",
                    default=default,
                    help=f"{level} from so many {meaning} on, or 'never' "
                    f"(default: {'never' if default is None else default})",
                )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            status = pipeline_status(_thresholds(options))
        except ImproperlyConfigured as error:
            raise CommandError(str(error), returncode=Level.CRITICAL) from error
        if options["json"]:
            self.stdout.write(json.dumps(as_json(status), indent=2, ensure_ascii=False))
        else:
            paint = (self.style.SUCCESS, self.style.WARNING, self.style.ERROR)[status.level]
            self.stdout.write(paint(headline(status)))
            self.stdout.write("\n".join(lines(status)))
        if status.level:
            sys.exit(status.level)


def _limit(text: str) -> float | None:
    return None if text == "never" else float(text)


def _thresholds(options: dict[str, Any]) -> Thresholds:
    names = [field.name for field in dataclasses.fields(Thresholds)]
    return Thresholds(
        **{name: Limits(options[f"{name}_warning"], options[f"{name}_critical"]) for name in names}
    )
