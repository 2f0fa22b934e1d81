"""How long after its share a step was, in numbers of edges passed: to the microsecond.

Python has the same in :mod:`.steps`, by bisection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, Func, IntegerField, Value, When
from django.db.models.lookups import Exact

from django_share_analytics.steps import AGES, LATER, WINDOWS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler

MICROSECONDS = 1_000_000
SECONDS_A_DAY = 86_400


class EdgesPassed(Func):
    """How many of the ``edges``, in seconds, one instant is later than another by more than.

    The difference is computed once, or some five times on SQLite, and never thirty.
    """

    arity = 2
    output_field = IntegerField()

    def __init__(self, later: Any, earlier: Any, edges: Sequence[int]) -> None:
        super().__init__(later, earlier)
        self.edges = tuple(edges)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Any:
        beyond = ", ".join(f"{edge}.000001 seconds" for edge in self.edges)
        template = f"WIDTH_BUCKET(%(expressions)s, '{{{beyond}}}'::interval[])"
        return self.as_sql(compiler, connection, template=template, arg_joiner=" - ", **context)

    def as_mysql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Any:
        beyond = ", ".join(str(edge * MICROSECONDS + 1) for edge in self.edges)
        passed = "TIMESTAMPDIFF(MICROSECOND, %(expressions)s)"
        turned = self.copy()
        turned.set_source_expressions(self.get_source_expressions()[::-1])
        template = f"INTERVAL({passed}, {beyond})"
        return Func.as_sql(turned, compiler, connection, template=template, **context)

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Any:
        (later, values), (earlier, more) = map(compiler.compile, self.get_source_expressions())
        passed = f"({_microseconds(later)} - {_microseconds(earlier)})"
        sql, times = _halved(passed, self.edges, 0)
        return sql, (*values, *values, *more, *more) * times


def _microseconds(instant: str) -> str:
    """Since 1970. SQLite would round the fraction, and its own clock writes three digits of it."""
    seconds = f"CAST(STRFTIME('%%s', SUBSTR({instant}, 1, 19)) AS INTEGER)"
    fraction = f"CAST(SUBSTR(SUBSTR({instant}, 21, 6) || '000000', 1, 6) AS INTEGER)"
    return f"({seconds} * {MICROSECONDS} + {fraction})"


def _halved(passed: str, edges: Sequence[int], before: int) -> tuple[str, int]:
    """A search among the edges, and how often ``passed`` stands in it."""
    if not edges:
        return str(before), 0
    middle = len(edges) // 2
    below, n = _halved(passed, edges[:middle], before)
    above, m = _halved(passed, edges[middle + 1 :], before + middle + 1)
    edge = edges[middle] * MICROSECONDS
    return f"CASE WHEN {passed} <= {edge} THEN {below} ELSE {above} END", n + m + 1


def stored_age(timestamp: Any, share_timestamp: Any) -> EdgesPassed:
    """:func:`.steps.age_of` in the database, of two fields or expressions."""
    return EdgesPassed(timestamp, share_timestamp, AGES)


def stored_window(timestamp: Any, share_timestamp: Any) -> Case:
    """:func:`.steps.window_of` of that age."""
    days = EdgesPassed(timestamp, share_timestamp, [day * SECONDS_A_DAY for day in WINDOWS])
    windows = (When(Exact(days, number), then=Value(day)) for number, day in enumerate(WINDOWS))
    return Case(*windows, default=Value(LATER), output_field=IntegerField())
