from __future__ import annotations

import csv
import gzip
import io
import os
import sys
import zlib
from argparse import ArgumentTypeError
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, BinaryIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.management.base import CommandError
from django.db import Error as DatabaseError

from django_share_analytics.files.exporting import STEP_COLUMNS
from django_share_analytics.files.importing import Importer
from django_share_analytics.files.records import bounded_lines
from django_share_analytics.files.share_lines import SHARE_COLUMNS, BadHeader
from django_share_analytics.files.step_importing import StepImporter
from django_share_analytics.management.progress import ProgressBar
from django_share_analytics.management.stopping import STOPPABLE, StoppableCommand, Stopped
from django_share_analytics.wording import describe

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence

    from django_share_analytics.files.importing import FileImporter, Imported, Rejected

SOME_REJECTED = 1
TROUBLE = 2
MAX_SHOWN = 20
READ_ERRORS = (OSError, EOFError, zlib.error)


class Command(StoppableCommand):
    help = (
        "Imports shares, or what became of them, from a CSV file, as export_shares writes it, in "
        "constant memory. Each counts once, so a file may be imported again. Exit status: 0 every "
        "line is in, 1 some were set aside, 2 the import could not be finished. "
        f"{STOPPABLE}"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a CSV file, also compressed (.gz); -: standard input")
        parser.add_argument(
            "--steps",
            action="store_true",
            help="the file has what became of shares, as export_shares --steps writes it",
        )
        parser.add_argument(
            "--columns",
            type=_columns,
            default={},
            metavar="appId=product,…",
            help=f"what columns are called in the file, if not {', '.join(SHARE_COLUMNS)}",
        )
        parser.add_argument(
            "--time-zone", type=_zone, metavar="ZONE", help="the zone of times without an offset"
        )
        parser.add_argument(
            "--rejects", metavar="FILE", help="where lines that can't be imported are written to"
        )
        parser.add_argument(
            "--namespace",
            default="",
            help="tells lines without an id from the same lines of another source",
        )
        parser.add_argument(
            "--allow-platforms",
            action="store_true",
            help="take platforms that the site doesn't have (any more)",
        )

    def handle(self, *, file: str, verbosity: int, **options: Any) -> None:
        bar = ProgressBar(self.stderr, "Importing", verbosity)
        imported: Imported | None = None
        try:
            with ExitStack() as stack:
                source = Source(file, stack)
                rejects = Rejects(self, stack, options["rejects"], verbosity)
                importer = _importer(source, rejects, options)
                rejects.start(importer.header)
                self._say_ignored(importer, verbosity)
                imported = importer.imported
                stack.enter_context(bar)
                importer.run(lambda done: bar.show(source.position(), source.size, _figures(done)))
        except BadHeader as error:
            raise CommandError(str(error), returncode=TROUBLE) from error
        except (DatabaseError, *READ_ERRORS) as error:
            message = describe(error)
            if imported:
                message += f"\nStopped. {_how_to_go_on(imported)}"
            raise CommandError(message, returncode=TROUBLE) from error
        except Stopped:
            if imported:
                self.once_stopped = _how_to_go_on(imported)
            raise
        if verbosity:
            self.stdout.write(f"{_figures(imported)}.")
        if imported.rejected:
            sys.exit(SOME_REJECTED)

    def _say_ignored(self, importer: FileImporter[Any], verbosity: int) -> None:
        if importer.layout.ignored and verbosity:
            self.stdout.write(f"Not imported: {', '.join(importer.layout.ignored)}")


class Source:
    """The lines of the file, and how far it is read."""

    def __init__(self, name: str, stack: ExitStack) -> None:
        self._raw: BinaryIO = sys.stdin.buffer
        self.size = 0
        if name != "-":
            self._raw = stack.enter_context(open(name, "rb"))  # noqa: SIM115
            self.size = os.path.getsize(name)
        content: Any = self._raw
        if name.endswith(".gz"):
            content = stack.enter_context(gzip.open(self._raw))  # noqa: SIM115
        # What isn't UTF-8 spoils its own cell, and nothing else.
        text = io.TextIOWrapper(content, encoding="utf-8-sig", errors="surrogateescape", newline="")
        stack.callback(text.detach)
        self.lines = bounded_lines(text)

    def position(self) -> int:
        return self._raw.tell() if self.size else 0


class Rejects:
    """Where the lines go that are not imported: a file of its own, or some to the terminal."""

    def __init__(
        self, command: StoppableCommand, stack: ExitStack, path: str | None, verbosity: int
    ) -> None:
        self._command = command
        self._stack = stack
        self._path = path
        self._left_to_show = MAX_SHOWN if verbosity else 0
        self._writer: Any = None
        self._width = 0

    def start(self, header: Sequence[str]) -> None:
        self._width = len(header)
        if self._path:
            file = open(  # noqa: SIM115 - the stack closes it
                self._path, "w", encoding="utf-8", errors="surrogateescape", newline=""
            )
            self._writer = csv.writer(self._stack.enter_context(file))
            self._writer.writerow([*header, "line", "reason"])

    def add(self, rejected: Rejected) -> None:
        if self._writer:
            row = list(rejected.line.cells)
            row += [""] * (self._width - len(row))
            why = [rejected.line.number, rejected.reason]
            self._writer.writerow([*row[: self._width], *why, *row[self._width :]])
        if self._left_to_show:
            self._left_to_show -= 1
            more = "" if self._left_to_show else " (others are not shown)"
            self._command.stderr.write(f"Line {rejected.line.number}: {rejected.reason}{more}")


def _importer(source: Source, rejects: Rejects, options: dict[str, Any]) -> FileImporter[Any]:
    columns, zone = options["columns"], options["time_zone"]
    if options["steps"]:
        return StepImporter(source.lines, rejects.add, columns=columns, zone=zone)
    return Importer(
        source.lines,
        rejects.add,
        columns=columns,
        zone=zone,
        namespace=options["namespace"],
        any_platform=options["allow_platforms"],
    )


def _figures(imported: Imported) -> str:
    parts = [f"{imported.recorded:,} imported"]
    if imported.duplicates:
        parts.append(f"{imported.duplicates:,} were there already")
    parts += [f"{n:,} set aside ({kind})" for kind, n in sorted(imported.rejected.items())]
    return ", ".join(parts)


def _how_to_go_on(imported: Imported) -> str:
    return (
        f"The lines up to {imported.last_line:,} are done ({_figures(imported)}). Import the same "
        "file again: what is in counts once."
    )


def _columns(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(",") if part]
    known = {column.lower(): column for column in (*SHARE_COLUMNS, *STEP_COLUMNS)}
    names = {ours.strip().replace("_", "").lower(): theirs.strip() for ours, _, theirs in pairs}
    if wrong := [ours for ours, theirs in names.items() if ours not in known or not theirs]:
        names_of_ours = ", ".join(SHARE_COLUMNS)
        raise ArgumentTypeError(f"{wrong[0]!r}: say COLUMN=NAME with one of {names_of_ours}.")
    return {known[ours]: theirs for ours, theirs in names.items()}


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ArgumentTypeError(f"{text!r} is not a time zone, such as Asia/Riyadh.") from None
