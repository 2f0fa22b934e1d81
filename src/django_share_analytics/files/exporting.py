"""Shares, what became of them, and tables as CSV, written as they are read.

Shares are read in pages cut by (time, id), never as one result: no database keeps a cursor or a
snapshot open meanwhile, and every one of them, with any pool in front of it, can give a page. A
share that was there when the export began is in it once, if nobody deletes it.
"""

from __future__ import annotations

import csv
from io import StringIO
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from django_share_analytics.conf import reporting_zone
from django_share_analytics.files.cells import escape_formula
from django_share_analytics.host.names import names_of_apps
from django_share_analytics.models import LinkStep
from django_share_analytics.steps import RESHARE, SEEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django_share_analytics.models import ShareQuerySet

EXPORTED_COLUMNS = (
    "id", "appId", "appName", "platform", "userId", "sessionId", "timestamp", "userAgent",
    "referrerUrl", "placement",
)  # fmt: skip
FIELDS = (
    "id", "app_id", "platform", "user_id", "session_id", "timestamp", "user_agent", "referrer_url",
    "placement",
)  # fmt: skip
"""Not the visitor, whom nobody could tell again from it, and whose day is over."""
STEP_COLUMNS = ("id", "shareId", "kind", "detail", "timestamp")
STEP_FIELDS = ("id", "share_id", "kind", "detail", "timestamp")
EXPORTED_KINDS = (*SEEN, RESHARE)
"""The facts of a share follow from its steps: they are made anew by an import."""
PAGE_SIZE = 2_000
"""Rows in memory at a time."""
MAX_NAMES = 10_000
"""Names of apps in memory at a time."""


def shares_csv(shares: ShareQuerySet, *, oldest_first: bool = False) -> Iterator[str]:
    """The file, a page at a time: a header with :data:`EXPORTED_COLUMNS`, then a line per share.

    ``timestamp`` is ISO 8601 in the reporting zone, with its offset. What is absent is empty. Text
    that a spreadsheet would run is escaped (:mod:`.csvcells`).
    """
    names, zone = AppNames(shares.db), reporting_zone()

    def lines(page: list[tuple[Any, ...]]) -> Iterator[Sequence[object]]:
        names.look_up({row[1] for row in page})
        for id, app, platform, user, session, at, *rest in page:
            moment = at.astimezone(zone).isoformat()
            yield (id, app, names[app], platform, user, session, moment, *rest)

    yield from _with_header(EXPORTED_COLUMNS, map(lines, pages(shares, oldest_first=oldest_first)))


def steps_csv(shares: ShareQuerySet) -> Iterator[str]:
    """What became of these shares, newest share first: :data:`STEP_COLUMNS`, a line per step."""
    zone = reporting_zone()

    def lines(page: list[tuple[Any, ...]]) -> Iterator[Sequence[object]]:
        return ((*rest, at.astimezone(zone).isoformat()) for *rest, at in page)

    yield from _with_header(STEP_COLUMNS, map(lines, step_pages(shares)))


def step_pages(shares: ShareQuerySet) -> Iterator[list[tuple[Any, ...]]]:
    """The :data:`STEP_FIELDS` of the steps, as :func:`pages` of the shares."""
    for page in pages(shares):
        steps = LinkStep.objects.using(shares.db).filter(kind__in=EXPORTED_KINDS).order_by("id")
        steps = following = steps.filter(share__in=[row[0] for row in page])
        while found := list(following.values_list(*STEP_FIELDS)[:PAGE_SIZE]):
            yield found
            if len(found) < PAGE_SIZE:
                break
            following = steps.filter(pk__gt=found[-1][0])


def pages(shares: ShareQuerySet, *, oldest_first: bool = False) -> Iterator[list[tuple[Any, ...]]]:
    """The :data:`FIELDS` of the shares, at most :data:`PAGE_SIZE` at a time; no page is empty."""
    shares = shares.prefetch_related(None)
    following = shares.in_time(newest_first=not oldest_first)
    while page := list(following.values_list(*FIELDS)[:PAGE_SIZE]):
        yield page
        if len(page) < PAGE_SIZE:
            return
        last = dict(zip(FIELDS, page[-1], strict=True))
        following = shares.beyond(last["timestamp"], last["id"], newest_first=not oldest_first)


class AppNames(dict[Any, str]):
    """What apps are called, by key: looked up for a page at a time, and kept for the next ones."""

    def __init__(self, using: str) -> None:
        super().__init__()
        self.using = using

    def look_up(self, keys: set[Any]) -> None:
        """One query for those of ``keys`` that are not known yet."""
        if len(self) > MAX_NAMES:
            self.clear()
        if unknown := keys - self.keys():
            self.update(names_of_apps(unknown, self.using))

    def __missing__(self, key: Any) -> str:
        return ""  # deleted a moment ago, as its shares are


def table_csv(header: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A table as CSV, some lines at a time. Text is escaped, numbers and days are not."""
    yield from _with_header(header, _some_at_a_time(iter(rows)))


def _some_at_a_time(rows: Iterator[Sequence[object]]) -> Iterator[list[Sequence[object]]]:
    while some := list(islice(rows, PAGE_SIZE)):
        yield some


def _with_header(
    header: Sequence[object], pages: Iterable[Iterable[Sequence[object]]]
) -> Iterator[str]:
    """The header comes with the first page: with nothing before the first query has succeeded."""
    above = [header]
    for page in pages:
        yield csv_lines(chain(above, page))
        above = []
    if above:
        yield csv_lines(above)


def csv_lines(rows: Iterable[Sequence[object]]) -> str:
    """Lines as RFC 4180 has them. ``None`` is an empty cell."""
    lines = StringIO(newline="")
    csv.writer(lines).writerows(map(_cells, rows))
    return lines.getvalue()


def _cells(row: Sequence[object]) -> list[object]:
    return [escape_formula(cell) if isinstance(cell, str) else cell for cell in row]
