from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.management.base import CommandError

from django_share_analytics.conf import reporting_zone
from django_share_analytics.management.progress import ProgressBar
from django_share_analytics.management.stopping import STOPPABLE, StoppableCommand
from django_share_analytics.models import SetAside
from django_share_analytics.writing.replay import Replayed, discard, replay

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from django.db.models import QuerySet

REPLAY_STOPPED = "What was recorded stays so. Run it again: what was written counts once."


class Command(StoppableCommand):
    help = (
        "What could not be stored as a share and was set aside: list it, write it again "
        "(--replay) or give it up (--discard). Without --id and --reason, all of it. Exit status "
        "of --replay: 0 when everything is recorded now. "
        f"{STOPPABLE}"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        action = parser.add_mutually_exclusive_group()
        action.add_argument("--replay", action="store_true", help="write them as shares again")
        action.add_argument("--discard", action="store_true", help="delete them for good")
        parser.add_argument(
            "--id", action="append", type=UUID, dest="ids", help="only this one; can be repeated"
        )
        parser.add_argument("--reason", help="only what was set aside for this reason")
        parser.add_argument("--payload", action="store_true", help="list the payloads, too")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = _chosen(options["ids"], options["reason"])
        if options["replay"]:
            self._replay(rows, options["verbosity"])
        elif options["discard"]:
            self.stdout.write(f"{discard(rows):,} discarded.")
        else:
            self._list(rows, with_payload=options["payload"])

    def _replay(self, rows: QuerySet[SetAside], verbosity: int) -> None:
        self.once_stopped = REPLAY_STOPPED
        with ProgressBar(self.stderr, "Replaying", verbosity) as bar:
            replayed = replay(rows, progress=bar.show)
        self.stdout.write(_summary(replayed))
        if replayed.stayed:
            raise CommandError(f"{replayed.stayed:,} stay set aside.")

    def _list(self, rows: QuerySet[SetAside], *, with_payload: bool) -> None:
        zone = reporting_zone()
        listed = list(rows.order_by("set_aside_at", "id"))
        for row in listed:
            when = f"{row.set_aside_at.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"
            self.stdout.write(f"{row.id}  {when}  {row.reason}  {row.error}")
            if with_payload:
                self.stdout.write(f"    {row.payload}")
        self.stdout.write(f"{len(listed):,} set aside.")


def _chosen(ids: list[UUID] | None, reason: str | None) -> QuerySet[SetAside]:
    rows = SetAside.objects.all()
    if ids:
        rows = rows.filter(id__in=ids)
        missing = set(ids) - set(rows.values_list("id", flat=True))
        if missing:
            raise CommandError(f"Not set aside: {', '.join(sorted(map(str, missing)))}.")
    return rows.filter(reason=reason) if reason else rows


def _summary(replayed: Replayed) -> str:
    outcomes = {
        "recorded": replayed.recorded,
        "recorded before": replayed.duplicates,
        "of unknown apps": replayed.unknown_app,
        "of unknown tenants": replayed.unknown_tenant,
        "older than what is kept": replayed.before_retention,
        "refused again": replayed.refused,
        "not to be read": replayed.unreadable,
    }
    return ", ".join(f"{n:,} {what}" for what, n in outcomes.items() if n) or "Nothing to replay."
