from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.core.management.base import CommandError

from django_share_analytics.api.filters import ShareFilterSet
from django_share_analytics.conf import reporting_zone
from django_share_analytics.files.downloads import BYTE_ORDER_MARK
from django_share_analytics.files.exporting import shares_csv, steps_csv
from django_share_analytics.management.output_files import add_output_argument, opened
from django_share_analytics.management.progress import ProgressBar
from django_share_analytics.management.stopping import STOPPABLE, StoppableCommand
from django_share_analytics.models import Share

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterable, Iterator

    from django_share_analytics.models import ShareQuerySet

HELP = {
    "app": "only shares of the app with this key",
    "platform": "only on this platform",
    "user": "only by the user with this key",
    "session": "only of this session; needs --from and --to, at most a year apart",
    "from": "from this day on (YYYY-MM-DD, in the site's time zone)",
    "to": "up to this day, included",
}


class Command(StoppableCommand):
    help = (
        "Writes the shares as CSV, newest first, in constant memory; filtered as the list of "
        "GET admin/shares is. import_shares reads it. "
        f"{STOPPABLE}"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_output_argument(parser)
        parser.add_argument(
            "--bom", action="store_true", help="start with a byte order mark, for Excel"
        )
        parser.add_argument(
            "--steps",
            action="store_true",
            help="write what became of these shares, on their links, instead of themselves",
        )
        for name in ShareFilterSet.get_filters():
            parser.add_argument(f"--{name}", help=HELP.get(name))

    def handle(
        self, *, output: str, bom: bool, steps: bool, verbosity: int, **options: Any
    ) -> None:
        shares = _filtered(options)
        bar = ProgressBar(self.stderr, "Writing", 0 if self._shows_it_all(output) else verbosity)
        with bar, opened(output, self.stdout) as write:
            if bom:
                write(BYTE_ORDER_MARK)
            total = shares.count() if bar.is_shown and not steps else 0
            for done, chunk in _counted((steps_csv if steps else shares_csv)(shares)):
                write(chunk)
                bar.show(done, total)
        zone = f"Times are in the zone {reporting_zone()}."
        if verbosity and output == "-":
            self.stderr.write(zone, self.style.NOTICE)
        elif verbosity:
            self.stdout.write(f"Written to {output}. {zone}")

    def _shows_it_all(self, output: str) -> bool:
        """Whether the file itself is written to the terminal: no bar comes between its lines."""
        return output == "-" and self.stdout.isatty()


def _counted(chunks: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Each with the lines so far, without the header."""
    lines = -1
    for chunk in chunks:
        lines += chunk.count("\r\n")
        yield lines, chunk


def _filtered(options: dict[str, Any]) -> ShareQuerySet:
    given = {name: options[name] for name in ShareFilterSet.get_filters() if options.get(name)}
    filters = ShareFilterSet(given, queryset=Share.objects.all())
    if filters.is_valid():
        return cast("ShareQuerySet", filters.qs)
    wrong = (f"--{name}: {' '.join(map(str, errors))}" for name, errors in filters.errors.items())
    raise CommandError(" ".join(wrong))
