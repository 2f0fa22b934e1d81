from __future__ import annotations

import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from django_share_analytics.conf import get_settings
from django_share_analytics.models import AppPlatformCount
from django_share_analytics.upkeep.audit import audit_counts
from example_project.catalog.models import App
from example_project.replay import comparison, sharefile
from example_project.replay.sender import NotAccepted, Sender
from example_project.replay.site import Site, SiteProblem

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from uuid import UUID

    from example_project.replay.sharefile import ShareFile

QUIET_SECONDS = 1.5
"""Nothing changes for this long on a site where nobody shares: three flush intervals."""


class Command(BaseCommand):
    help = (
        "Send every share of FILE (CSV: item,platform,slice,shares; also .gz) through a running "
        "server, and compare what it has counted with the file. Exit status 0: every count is "
        "equal. Safe to repeat and to interrupt: a share that was counted is not counted again. "
        "Nobody else should share on the site meanwhile."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="of the running server")
        parser.add_argument("--concurrency", type=int, default=16, help="connections that send")
        parser.add_argument("--user", default="admin", help="who may see the share statistics")
        parser.add_argument("--password", default="demo")
        parser.add_argument(
            "--patience", type=float, default=30.0, metavar="SECONDS",
            help="how long the totals may stand still below what is expected",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        site = Site(options["url"].rstrip("/"))
        try:
            file = sharefile.read(options["file"], _platform_name)
            found = self._replay(file, site, options)
        except (sharefile.BadShareFile, SiteProblem, NotAccepted) as error:
            raise CommandError(error) from error
        finally:
            site.close()
        if found:
            self.stdout.write(comparison.table(found))
            raise CommandError(f"{len(found):,} counts differ from the file.")
        if wrong := audit_counts().found:
            raise CommandError(f"{wrong:,} counts differ from the rows: see verify_share_counts.")
        self.stdout.write(
            self.style.SUCCESS(
                f"All counts of {len(file.by_item()):,} apps and the site's totals are equal to "
                f"the file's: {file.total:,} shares. All counts are equal to the rows."
            )
        )

    def _replay(
        self, file: ShareFile, site: Site, options: dict[str, Any]
    ) -> list[comparison.Difference]:
        site.log_in(options["user"], options["password"])
        apps = _make_apps(file)
        site.check_has(apps)
        before = site.settled_totals(QUIET_SECONDS)
        # What an earlier run has sent already is not going to be counted again.
        new = file.by_platform() - sum(_stored_counts(file).values(), Counter())
        self._send(file, Sender(site.url, options["concurrency"]))
        after = site.settled_totals(options["patience"], awaited=before.total + new.total())
        with tqdm(total=len(apps), desc="Comparing", unit=" apps") as bar:
            found = comparison.compare_apps(file, site, bar.update)
        found += comparison.compare_stored(file, _stored_counts(file))
        return [*comparison.differences("the site", new, after - before), *found]

    def _send(self, file: ShareFile, sender: Sender) -> None:
        start = time.monotonic()
        with tqdm(total=file.total, desc="Sending", unit=" shares") as bar:
            filtered = sender.send(file.planned(), bar.update)
        seconds = time.monotonic() - start
        self.stdout.write(f"{file.total:,} shares sent in {seconds:.0f} s")
        for reason, n in filtered.most_common():
            self.stdout.write(f"{n:,} of them were accepted but not recorded: {reason}")


def _platform_name(spelling: str) -> str | None:
    platform = get_settings().platforms.find(spelling)
    return platform.name if platform else None


def _make_apps(file: ShareFile) -> list[UUID]:
    """The file's items as apps of the store."""
    items = {item: file.app_id(item) for item in file.by_item()}
    App.objects.bulk_create(
        (
            App(
                pk=pk,
                name_en=item,
                name_ar=item,
                slug=f"{file.namespace}-{pk}",
                description="An item of a replayed file.",
            )
            for item, pk in items.items()
        ),
        ignore_conflicts=True,
        batch_size=1_000,
    )
    return list(items.values())


def _stored_counts(file: ShareFile) -> dict[UUID, Counter[str]]:
    """How often each of the file's apps was shared on each platform so far."""
    counts: dict[UUID, Counter[str]] = defaultdict(Counter)
    rows = AppPlatformCount.objects.filter(app__slug__startswith=str(file.namespace))
    for app_id, platform, n in rows.values_list("app", "platform", "n"):
        counts[app_id][platform] = n
    return counts
