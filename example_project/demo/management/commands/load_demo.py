from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from tqdm import tqdm

from example_project.demo import loading

USERNAME, PASSWORD = "admin", "demo"


class Command(BaseCommand):
    help = (
        "Load the demonstration: apps, people, 90 days of simulated shares and the administrator "
        f"{USERNAME} (password: {PASSWORD}). Safe to run again, also after an interruption."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if gap := loading.Gap.up_to(timezone.now()):
            shares = loading.shares_of(gap)
            with tqdm(total=len(shares), desc="Simulated shares", unit=" shares") as bar:
                loading.load_shares(gap, shares, bar.update)
        loading.load_administrator(USERNAME, PASSWORD)
