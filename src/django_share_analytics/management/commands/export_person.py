from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from django_share_analytics.management.output_files import opened
from django_share_analytics.management.person_command import PersonCommand
from django_share_analytics.upkeep import export_person

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(PersonCommand):
    help = "Writes everything that is stored about somebody as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--output",
            default="-",
            metavar="FILE",
            help="where to; it appears when it is complete. -: standard output (the default)",
        )

    def handle(self, *, user: str | None, session: str, output: str, **options: Any) -> None:
        try:
            found = export_person(user=user, session=session)
        except ValueError as error:
            raise CommandError(str(error)) from error
        with opened(output, self.stdout) as write:
            write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
