"""One moment of the database: rows and counts that are compared are read as of the same one."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import connections, transaction

from django_share_analytics.conf import reporting_zone
from django_share_analytics.counts import state
from django_share_analytics.exceptions import ZoneChanged
from django_share_analytics.periods import FIRST_DAY, LAST_DAY, DayRange, local_day

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime, tzinfo


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the state says at this moment."""

    using: str
    zone: tzinfo
    retained_from: datetime | None
    """The watermark: rows from before it are gone. ``None``: all rows are there."""
    repairs: int

    @property
    def first_day(self) -> date:
        """The first day whose shares are there row by row."""
        return local_day(self.retained_from, self.zone) if self.retained_from else FIRST_DAY

    @property
    def pruned_days(self) -> DayRange:
        """The days before the watermark, which have counts and no rows."""
        return self.days(FIRST_DAY, self.first_day - timedelta(days=1))

    @property
    def kept_days(self) -> DayRange:
        """The days from the watermark on."""
        return self.days(self.first_day, LAST_DAY)

    def days(self, start: date, end: date) -> DayRange:
        """The days from ``start`` to ``end``, both included, as far as the calendar goes."""
        return DayRange(max(start, FIRST_DAY), min(end, LAST_DAY), self.zone)


@contextmanager
def snapshot(using: str) -> Iterator[Snapshot]:
    """A transaction whose statements all see the same moment, and that nobody has to wait for.

    (On SQLite writers have to, unless it keeps a write-ahead log.) Inside another transaction it is
    what that one is.

    :raises ZoneChanged: the counts are not of the zone that is set.
    """
    connection = connections[using]
    state.read(using)  # makes the row when it is missing
    vendor = "" if connection.in_atomic_block else connection.vendor
    if vendor == "mysql":
        _isolate(using)  # the transaction that comes
    with _taking_no_lock(connection), transaction.atomic(using=using):
        if vendor == "postgresql":
            _isolate(using)  # the transaction that has just begun
        row, zone = state.read(using), reporting_zone()
        if row.reporting_zone != str(zone):
            raise ZoneChanged(f"The counts are of {row.reporting_zone}, TIME_ZONE is {zone}.")
        yield Snapshot(using, zone, row.retained_from, row.repairs)


@contextmanager
def _taking_no_lock(connection: Any) -> Iterator[None]:
    """SQLite can be set to begin each transaction as the one writer, also one that only reads."""
    mode = getattr(connection, "transaction_mode", None)
    if mode is None:
        yield
        return
    connection.transaction_mode = None
    try:
        yield
    finally:
        connection.transaction_mode = mode


def _isolate(using: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
