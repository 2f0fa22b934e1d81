"""Database functions that say the same on PostgreSQL, SQLite and MariaDB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, Func
from django.db.models.functions import Now

from .periods import QUARTER_SECONDS

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler


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
        template = f"FLOOR(EXTRACT(EPOCH FROM %(expressions)s) / {QUARTER_SECONDS})::bigint"
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
