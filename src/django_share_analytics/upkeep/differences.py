"""Counts beside what they must say, compared inside the database.

One statement adds up both sides by key, one of them with a minus, and returns what does not come
to 0. A statement sees one moment, so what is written meanwhile is on both sides or on neither.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connections
from django.db.models import Count, F

from django_share_analytics.keys import app_key_field
from django_share_analytics.models import Share
from django_share_analytics.periods import FIRST_DAY, QUARTER_SECONDS
from django_share_analytics.sql.functions import (
    DayNumber,
    QuarterHour,
    local_day_number,
    local_hour_quarter,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from django_share_analytics.counts.rollups import Rollup
    from django_share_analytics.periods import DayRange

    Deltas = dict[tuple[Any, ...], int]
    """Key of a rollup by its facts → what has to be added to the count."""


def stored(rollup: Rollup, days: DayRange | None, using: str) -> QuerySet[Any]:
    """What a rollup must say of the shares of these days; without days, of all shares.

    A row for each key, with the facts of the rollup as ``k0``, ``k1``, … and the number as ``n_``.
    """
    shares = Share.objects.using(using).order_by()
    if days is not None:
        shares = shares.between(days.lower, days.upper)
    return _side(shares, [_fact(fact, days) for fact in rollup.by], Count("*"))


def counted(
    rollup: Rollup, days: DayRange | None, using: str, *, by: Rollup | None = None
) -> QuerySet[Any]:
    """What the rollup says of these days, in the same columns; without days, all that it says.

    With ``by`` as rows of that coarser rollup: of one key there may be several.
    """
    rows = rollup.model._base_manager.using(using).order_by()
    if days is not None and "day" in rollup.by:
        rows = rows.filter(day__range=(days.start, days.end))
    elif days is not None:
        rows = rows.filter(hour__gte=days.lower, hour__lt=days.upper)
    keys = [_column(rollup, fact) for fact in (by or rollup).by]
    return _side(rows, keys, F("n"))


def compare(
    rollup: Rollup, truth: Sequence[QuerySet[Any]], said: QuerySet[Any], using: str
) -> Deltas:
    """What has to be added to the rollup's counts for them to say what is true.

    The statement, for a rollup of two facts and one query that says what is true::

        SELECT k0, k1, SUM(n_) FROM (
            SELECT k0, k1, 1 * n_ AS n_ FROM (…) side
            UNION ALL
            SELECT k0, k1, -1 * n_ AS n_ FROM (…) side
        ) sides GROUP BY k0, k1 HAVING SUM(n_) <> 0
    """
    connection = connections[using]
    signed = [(1, side) for side in truth] + [(-1, said)]
    parts, parameters = [], []
    keys = ", ".join(f"k{place}" for place in range(len(rollup.by)))
    for sign, side in signed:
        sql, values = side.query.get_compiler(using=using).as_sql()
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


def _side(rows: QuerySet[Any], keys: Iterable[Any], n: Any) -> QuerySet[Any]:
    columns: Any = rows.values(**{f"k{place}": key for place, key in enumerate(keys)})
    side: QuerySet[Any] = columns.annotate(n_=n)
    return side


def _fact(fact: str, days: DayRange | None) -> Any:
    """What is known of a share; local times need to know on which days it was."""
    if days is None or fact not in ("day", "hour"):
        return F(fact)
    local = local_day_number if fact == "day" else local_hour_quarter
    return local("timestamp", days.lower, days.upper, days.zone)


def _column(rollup: Rollup, fact: str) -> Any:
    if fact == "day":
        return DayNumber(F("day"))
    if fact == "hour":
        return QuarterHour(F("hour"))
    if rollup.parent is not None and fact in rollup.parent.by:
        return F(f"{rollup.parent_column}__{fact}")
    return F(fact)


TO_PYTHON: dict[str, Any] = {
    "app": lambda value: app_key_field().to_python(value),
    "platform": str,
    "day": as_date,
    "hour": lambda value: datetime.fromtimestamp(int(value) * QUARTER_SECONDS, UTC),
}


def _key(rollup: Rollup, row: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(TO_PYTHON[fact](value) for fact, value in zip(rollup.by, row, strict=False))
