"""A site's history comes in: shares from a CSV file, through the writer, as all others.

A share counts once, so a file may be imported again, after a crash or with more lines in it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from django.db import router

from django_share_analytics import outcomes
from django_share_analytics.conf import get_settings
from django_share_analytics.counts.retention import retained_from
from django_share_analytics.files.records import Record, RecordReader
from django_share_analytics.files.share_lines import BadHeader, BadLine, Layout, LineReader
from django_share_analytics.models import Share
from django_share_analytics.places import at_home, current_tenant
from django_share_analytics.wording import describe
from django_share_analytics.writing.batches import write_by_halves
from django_share_analytics.writing.milestones import of_long_ago

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import tzinfo

    from django_share_analytics.events import Event, LinkEvent, ShareEvent

ReadT = TypeVar("ReadT", bound="ShareEvent | LinkEvent")
ReadT_co = TypeVar("ReadT_co", bound="ShareEvent | LinkEvent", covariant=True)

LINES_A_BATCH = 2_000
"""5,000 take a third less time, but visitors' shares of the same apps wait for each batch."""
EXPLANATIONS = {
    outcomes.UNKNOWN_APP: "there is no such app",
    outcomes.UNKNOWN_TENANT: "it is of no tenant: run the command in one",
    outcomes.UNKNOWN_SHARE: "its share is not there (import the shares first)",
    outcomes.OTHER_APP: "it is a share of another app",
    outcomes.BEFORE_RETENTION: "it is older than the shares that are kept (see prune_shares)",
}


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that is not imported, and why."""

    line: Record
    kind: str
    """What lines are added up by: a reason of :mod:`.outcomes`."""
    reason: str


@dataclass(slots=True)
class Imported:
    """What became of the lines so far."""

    recorded: int = 0
    duplicates: int = 0
    """Known already, or the same as another line."""
    rejected: Counter[str] = field(default_factory=Counter)
    last_line: int = 0

    @property
    def lines(self) -> int:
        return self.recorded + self.duplicates + self.rejected.total()


class LineReading(Protocol[ReadT_co]):
    """What makes events of the lines of one kind of file."""

    layout: Layout

    def event(self, row: Sequence[str], /) -> ReadT_co:
        """:raises BadLine: the line is none."""
        ...


class FileImporter(ABC, Generic[ReadT]):
    """Imports the lines of one file, a batch in a transaction of its own each.

    ``reject`` is called with every line that can't be imported; ``reader_of`` makes the reader of
    lines for the header.
    """

    def __init__(
        self,
        lines: Iterable[str],
        reject: Callable[[Rejected], None],
        reader_of: Callable[[Sequence[str]], LineReading[ReadT]],
    ) -> None:
        """:raises BadHeader: the first line doesn't name the columns."""
        self._records = RecordReader(lines)
        self._reject = reject
        first = next(iter(self._records), Record(1, []))
        if first.flaw:
            raise BadHeader(
                f"The first line can't be read: {first.flaw}. Files are read as UTF-8; iconv makes "
                "it of others: iconv -f WINDOWS-1256 -t UTF-8"
            )
        self.header = first.cells
        self._line_reader = reader_of(self.header)
        self.layout = self._line_reader.layout
        self.imported = Imported(last_line=self._records.last_line)

    def run(self, progress: Callable[[Imported], None] | None = None) -> Imported:
        """Import all lines.

        :raises django.db.Error: the database is away. What is imported stays; run it again.
        """
        records = iter(self._records)
        while batch := list(islice(records, LINES_A_BATCH)):
            self._write(self._events(batch))
            self.imported.last_line = self._records.last_line
            if progress:
                progress(self.imported)
        return self.imported

    @abstractmethod
    def _write(self, events: Sequence[tuple[Record, ReadT]]) -> None:
        """Write what the lines say, and note what became of each."""

    def _events(self, lines: Iterable[Record]) -> list[tuple[Record, ReadT]]:
        events = []
        for line in lines:
            try:
                if line.flaw:
                    raise BadLine(line.flaw)
                events.append((line, at_home(self._line_reader.event(line.cells))))
            except BadLine as error:
                self._set_aside(line, outcomes.UNREADABLE, str(error))
        return events

    def _set_aside_for(self, line: Record, reason: str) -> None:
        self._set_aside(line, reason, EXPLANATIONS[reason])

    def _set_aside(self, line: Record, kind: str, reason: str) -> None:
        self.imported.rejected[kind] += 1
        self._reject(Rejected(line, kind, reason))


class Importer(FileImporter["ShareEvent"]):
    """Imports shares."""

    def __init__(
        self,
        lines: Iterable[str],
        reject: Callable[[Rejected], None],
        *,
        columns: Mapping[str, str] | None = None,
        zone: tzinfo | None = None,
        namespace: str = "",
        any_platform: bool = False,
    ) -> None:
        """:raises BadHeader: the first line doesn't name the columns of shares."""

        def reader_of(header: Sequence[str]) -> LineReader:
            layout = Layout.of(header, columns)
            return LineReader(layout, zone=zone, namespace=namespace, any_platform=any_platform)

        super().__init__(lines, reject, reader_of)

    def _retained(
        self, events: Sequence[tuple[Record, ShareEvent]]
    ) -> list[tuple[Record, ShareEvent]]:
        """Those that the writer would not refuse as too old, which it would count."""
        if get_settings().tenant and not current_tenant():
            return list(events)  # of no tenant, which is said of each when it is written
        watermark = retained_from(router.db_for_write(Share))
        kept = []
        for line, event in events:
            if watermark is not None and event.timestamp < watermark:
                self._set_aside_for(line, outcomes.BEFORE_RETENTION)
            else:
                kept.append((line, event))
        return kept

    def _write(self, events: Sequence[tuple[Record, ShareEvent]]) -> None:
        """Write them; what the database refuses is set aside alone."""
        events = self._retained(events)
        lines: dict[Event, Record] = {event: line for line, event in events}

        def refuse(event: Event, error: Exception) -> None:
            self._set_aside(lines[event], outcomes.REFUSED_BY_DATABASE, describe(error))

        with of_long_ago():
            result = write_by_halves([event for _, event in events], refuse, count_unknown=False)
        self.imported.recorded += len(result.recorded)
        self.imported.duplicates += len(result.duplicates)
        for event in result.unknown_app:
            self._set_aside_for(lines[event], outcomes.UNKNOWN_APP)
        for event in result.unknown_tenant:
            self._set_aside_for(lines[event], outcomes.UNKNOWN_TENANT)
        for event in result.before_retention:
            self._set_aside_for(lines[event], outcomes.BEFORE_RETENTION)
