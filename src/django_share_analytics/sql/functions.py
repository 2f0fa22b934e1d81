"""Database functions that say the same on PostgreSQL, SQLite and MariaDB."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, Case, Func, Value, When
from django.db.models.functions import Now
from django.db.models.lookups import Lookup

from django_share_analytics.periods import QUARTER_SECONDS, offsets_between

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, tzinfo

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler

QUARTERS_AN_HOUR = 4


class UtcNow(Now):
    """The current time as Django stores it: in UTC, whatever the zone of the database session.

    Django's ``Now()`` is the session's local time on MariaDB and MySQL, whose columns hold no zone.
    """

    def as_mysql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Any:
        return self.as_sql(compiler, connection, template="UTC_TIMESTAMP(6)", **context)


class QuarterHour(Func):
    """The quarter of an hour, counted from 1970-01-01 00:00 UTC, in which an instant lies.

    The finest grain that every local hour and local day is made of, computed without zone tables.
    """

    arity = 1
    output_field = BigIntegerField()

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Any:
        # Twice as fast as EXTRACT, which is a numeric. Without the fraction, a double is exact.
        seconds = "DATE_PART('epoch', DATE_TRUNC('second', %(expressions)s))"
        template = f"FLOOR({seconds} / {QUARTER_SECONDS})::bigint"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Any:
        # Without the fraction, which SQLite rounds: 14:59.9999 would be in the next quarter.
        seconds = "STRFTIME('%%%%s', SUBSTR(%(expressions)s, 1, 19))"
        template = f"CAST({seconds} AS INTEGER) / {QUARTER_SECONDS}"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_mysql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Any:
        seconds = "TIMESTAMPDIFF(SECOND, '1970-01-01', %(expressions)s)"
        template = f"CAST({seconds} DIV {QUARTER_SECONDS} AS SIGNED)"
        return self.as_sql(compiler, connection, template=template, **context)


class WholeDays(Func):
    """So many quarters of an hour as whole days."""

    arity = 1
    output_field = BigIntegerField()
    template = "((%(expressions)s) / 96)"

    def as_mysql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Any:
        return self.as_sql(compiler, connection, template="((%(expressions)s) DIV 96)", **context)


def local_day_number(column: str, lower: datetime, upper: datetime, zone: tzinfo) -> WholeDays:
    """The day of ``zone`` on which the instants of ``column`` lie, in days since 1970-01-01.

    The zone's offsets go into the query, so that the database needs to know of no zone. They are
    those between ``lower`` and ``upper``.
    """
    return WholeDays(_local_quarter(column, lower, upper, zone))


def local_hour_quarter(column: str, lower: datetime, upper: datetime, zone: tzinfo) -> Any:
    """The quarter of an hour of UTC, counted from 1970, that starts the hour which ``zone`` shows.

    The zone's offsets are those between ``lower`` and ``upper``.
    """
    past = _local_quarter(column, lower, upper, zone) % Value(QUARTERS_AN_HOUR)
    return QuarterHour(column) - past


def _local_quarter(column: str, lower: datetime, upper: datetime, zone: tzinfo) -> Any:
    *changes, (_, last) = [
        (until, offset // timedelta(seconds=QUARTER_SECONDS))
        for until, offset in offsets_between(lower, upper, zone)
    ]
    offset = Case(
        *(When(**{f"{column}__lt": until}, then=Value(n)) for until, n in changes),
        default=Value(last),
        output_field=BigIntegerField(),
    )
    return QuarterHour(column) + offset


class DayNumber(Func):
    """A date as the number of days since 1970-01-01."""

    arity = 1
    output_field = BigIntegerField()

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Any:
        template = "(%(expressions)s - DATE '1970-01-01')::bigint"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Any:
        template = "CAST(JULIANDAY(%(expressions)s) - 2440587.5 AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_mysql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Any:
        template = "DATEDIFF(%(expressions)s, '1970-01-01')"
        return self.as_sql(compiler, connection, template=template, **context)


class IsAmong(Lookup):
    """Whether a whole number is one of many; of none is an error of the database.

    Django's ``in`` hands each of them over by itself: of 9,000 that took longer than their query.
    """

    prepare_rhs = False

    def __init__(self, number: Any, numbers: Iterable[int]) -> None:
        super().__init__(number, tuple(map(int, numbers)))

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        number, parameters = self.process_lhs(compiler, connection)
        return f"{number} IN ({', '.join(map(str, self.rhs))})", parameters

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        number, parameters = self.process_lhs(compiler, connection)
        # Of the very type: between two of them an index takes half as long again.
        kind = self.lhs.output_field.cast_db_type(connection)
        return f"{number} = ANY(%s::{kind}[])", (*parameters, list(self.rhs))
