from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone
from tqdm import tqdm

from example_project.demo import loading, simulation
from example_project.demo.impressions import load_impressions

if TYPE_CHECKING:
    from argparse import ArgumentParser

USERNAME, PASSWORD = "admin", "demo"


class Command(BaseCommand):
    help = (
        "Load the demonstration: apps, people, sharing and what became of it, simulated up to now, "
        f"and the administrator {USERNAME} (password: {PASSWORD}). Safe to run again, also after "
        "an interruption."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--days", type=int, default=simulation.DAYS, help="default: %(default)s"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if gap := loading.Gap.up_to(timezone.now(), options["days"]):
            events = loading.events_of(gap)
            with tqdm(total=len(events), desc="Simulating", unit=" events", mininterval=0.5) as bar:
                load_impressions(gap)
                loading.load_events(gap, events, bar.update)
            call_command("find_cascades", verbosity=options["verbosity"])
            gap.note_filled()
        cache.clear()  # counts of before, from when this database was last served
        loading.load_administrator(USERNAME, PASSWORD)
