"""Counts beside what they must say, compared inside the database.

One statement adds up both sides by key, one of them with a minus, and returns what does not come
to 0. A statement sees one moment, so what is written meanwhile is on both sides or on neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connections
from django.db.models import Count, F

from django_share_analytics.keys import app_key_field
from django_share_analytics.models import Share
from django_share_analytics.periods import (
    FIRST_DAY,
    LAST_DAY,
    QUARTER_SECONDS,
    day_start,
    local_day,
)
from django_share_analytics.sql.functions import (
    DayNumber,
    QuarterHour,
    local_day_number,
    local_hour_quarter,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo

    from django.db.models import QuerySet

    from django_share_analytics.counts.rollups import Rollup

    Deltas = dict[tuple[Any, ...], int]
    """Key of a rollup by its facts → what has to be added to the count."""

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """The instants from ``lower`` up to, and not at, ``upper``, and the zone of their days."""

    lower: datetime
    upper: datetime
    zone: tzinfo

    @classmethod
    def of_days(cls, start: date, end: date, zone: tzinfo) -> Span:
        """The days from ``start`` to ``end``, both included, as far as the calendar goes."""
        after = min(end, LAST_DAY) + ONE_DAY
        return cls(day_start(max(start, FIRST_DAY), zone), day_start(after, zone), zone)

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day that start in it."""
        return self._from(self.lower), self._from(self.upper) - ONE_DAY

    def _from(self, instant: datetime) -> date:
        day = local_day(instant, self.zone)
        return day if day_start(day, self.zone) >= instant else day + ONE_DAY


@dataclass(frozen=True, slots=True)
class Side:
    """One side by the facts of a rollup: a query with the columns ``k0``, ``k1``, …, ``n_``."""

    rows: QuerySet[Any]

    def filter(self, **conditions: Any) -> Side:
        return Side(self.rows.filter(**conditions))


def stored(rollup: Rollup, span: Span | None, using: str) -> Side:
    """What a rollup must say of the shares of this span; without one, of all shares."""
    shares = Share.objects.using(using).order_by()
    if span is not None:
        shares = shares.between(span.lower, span.upper)
    return Side(_by(shares, [_fact(fact, span) for fact in rollup.by]).annotate(n_=Count("*")))


def counted(rollup: Rollup, span: Span | None, using: str, *, by: Rollup | None = None) -> Side:
    """What the rollup says of days or hours that start in the span; with ``by``, as rows of that
    coarser rollup."""
    rows = rollup.model._base_manager.using(using).order_by()
    if span is not None and "day" in rollup.by:
        rows = rows.filter(day__range=span.days)
    elif span is not None:
        rows = rows.filter(hour__gte=span.lower, hour__lt=span.upper)
    keys = [_column(rollup, fact) for fact in (by or rollup).by]
    return Side(_by(rows, keys).annotate(n_=F("n")))


def compare(rollup: Rollup, truth: Sequence[Side], said: Side, using: str) -> Deltas:
    """What has to be added to the rollup's counts for them to say what is true."""
    connection = connections[using]
    signed = [(1, side) for side in truth] + [(-1, said)]
    parts, parameters = [], []
    keys = ", ".join(f"k{place}" for place in range(len(rollup.by)))
    for sign, side in signed:
        sql, values = side.rows.query.get_compiler(using=using).as_sql()
        parts.append(f"SELECT {keys}, {sign} * n_ AS n_ FROM ({sql}) side")  # noqa: S608
        parameters.extend(values)
    sql = (
        f"SELECT {keys}, SUM(n_) FROM ({' UNION ALL '.join(parts)}) sides"  # noqa: S608
        f" GROUP BY {keys} HAVING SUM(n_) <> 0"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return {_key(rollup, row): int(row[-1]) for row in cursor}


def as_date(number: int) -> date:
    """The day that is so many days after 1970-01-01."""
    return FIRST_DAY + timedelta(days=int(number))


def _by(rows: QuerySet[Any], keys: Iterable[Any]) -> Any:
    return rows.values(**{f"k{place}": key for place, key in enumerate(keys)})


def _fact(fact: str, span: Span | None) -> Any:
    """What is known of a share; local times need to know in which span it lies."""
    if span is None or fact not in ("day", "hour"):
        return F(fact)
    of_share = local_day_number if fact == "day" else local_hour_quarter
    return of_share("timestamp", span.lower, span.upper, span.zone)


def _column(rollup: Rollup, fact: str) -> Any:
    if fact == "day":
        return DayNumber(F("day"))
    if fact == "hour":
        return QuarterHour(F("hour"))
    if rollup.parent is not None and fact in rollup.parent.by:
        return F(f"{rollup.parent_column}__{fact}")
    return F(fact)


READERS: dict[str, Any] = {
    "app": lambda value: app_key_field().to_python(value),
    "platform": str,
    "day": as_date,
    "hour": lambda value: datetime.fromtimestamp(int(value) * QUARTER_SECONDS, UTC),
}


def _key(rollup: Rollup, row: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(READERS[fact](value) for fact, value in zip(rollup.by, row, strict=False))
