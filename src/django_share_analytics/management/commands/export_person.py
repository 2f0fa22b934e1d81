from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django_share_analytics.management.output_files import add_output_argument, opened
from django_share_analytics.management.person_command import PersonCommand
from django_share_analytics.management.progress import ProgressBar
from django_share_analytics.management.stopping import STOPPABLE
from django_share_analytics.upkeep import export_person

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Mapping


class Command(PersonCommand):
    help = f"Writes everything that is stored about somebody as JSON. {STOPPABLE}"
    once_stopped = "Nothing was written. Run it again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        add_output_argument(parser)

    def work(self, who: Mapping[str, Any], options: Mapping[str, Any]) -> None:
        with ProgressBar(self.stderr, "Looking", options["verbosity"]) as bar:
            found = export_person(**who, progress=bar.show)
        with opened(options["output"], self.stdout) as write:
            write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
