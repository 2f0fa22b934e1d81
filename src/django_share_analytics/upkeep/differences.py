"""Counts beside what they must say, compared inside the database.

One statement adds up both sides by key, one of them with a minus, and returns what does not come
to 0. A statement sees one moment, so what is written meanwhile is on both sides or on neither.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connections

from django_share_analytics.keys import app_key_field
from django_share_analytics.periods import FIRST_DAY, QUARTER_SECONDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django.db.models import QuerySet

    from django_share_analytics.counts.rollups import Rollup

    Deltas = dict[tuple[Any, ...], int]
    """Key of a rollup by its facts → what has to be added to the count."""


def compare(
    rollup: Rollup, truth: Sequence[QuerySet[Any]], said: Sequence[QuerySet[Any]], using: str
) -> Deltas:
    """What has to be added to the rollup's counts for them to say what is true.

    The statement, for a rollup of two facts and one query (see :mod:`.sides`) on either side::

        SELECT k0, k1, SUM(n_) FROM (
            SELECT k0, k1, 1 * n_ AS n_ FROM (…) side
            UNION ALL
            SELECT k0, k1, -1 * n_ AS n_ FROM (…) side
        ) sides GROUP BY k0, k1 HAVING SUM(n_) <> 0
    """
    connection = connections[using]
    signed = [(1, side) for side in truth] + [(-1, side) for side in said]
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


TO_PYTHON: dict[str, Any] = {
    "app": lambda value: app_key_field().to_python(value),
    "platform": str,
    "placement": str,
    "kind": str,
    "detail": str,
    "age": int,
    "within": int,
    "day": as_date,
    "hour": lambda value: datetime.fromtimestamp(int(value) * QUARTER_SECONDS, UTC),
}


def _key(rollup: Rollup, row: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(TO_PYTHON[fact](value) for fact, value in zip(rollup.by, row, strict=False))
