"""On PostgreSQL one statement stores a batch and counts what of it is new.

It is made from the rollups as they are declared, and reads, shortened::

    WITH share AS (INSERT INTO share … SELECT * FROM unnest(…) ORDER BY 1
                   ON CONFLICT (id) DO NOTHING RETURNING id, app_id AS app, platform, timestamp),
         moment AS (SELECT * FROM unnest(…) AS moment (quarter, day, hour)),
         fact AS (SELECT app, platform, day, hour FROM share LEFT JOIN moment ON quarter = …),
         appcount AS (…), appplatformcount AS (…), appday AS (…), …
    SELECT * FROM unnest(…) EXCEPT SELECT id FROM share

Only rows that were new are in ``fact``, so nothing is counted twice. Each rollup is an entry. That
of shares by app and platform is, in full, but for the prefix ``share_analytics_`` of tables::

    appplatformcount AS (
        INSERT INTO appplatformcount (app_id, platform, n, id)
        SELECT app, platform, n,
               COALESCE((SELECT id FROM appplatformcount AS known
                         WHERE known.app_id = counted.app AND known.platform = counted.platform),
                        nextval(pg_get_serial_sequence('appplatformcount', 'id')))
        FROM (SELECT app, platform, count(*) AS n FROM fact
              WHERE (SELECT count(*) FROM appcount) > 0
              GROUP BY 1, 2 ORDER BY 1, 2) AS counted
        ORDER BY app, platform
        ON CONFLICT (app_id, platform) DO UPDATE SET n = appplatformcount.n + EXCLUDED.n
        RETURNING id, app_id AS app, platform AS platform
    )

The ids that it returns are what the counts by day need, so they never leave the server. A rollup
that is no other's parent takes no ids, and inserts what is ``counted`` as it is.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import connections

from django_share_analytics.counts.rollups import FACTS, moments_of
from django_share_analytics.periods import QUARTER_SECONDS
from django_share_analytics.sql import postgresql, upsert
from django_share_analytics.sql.statements import fields_of, insert_into

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import Model

    from django_share_analytics.counts.rollups import Rollup

QUARTER_OF_SHARE = (
    f"date_bin('{QUARTER_SECONDS} seconds', timestamp, '0001-01-01 00:00:00+00'::timestamptz)"
)
"""Counted from the first year that Python knows: what is older than its start is for no use."""


def is_possible(connection: BaseDatabaseWrapper, model: type[Model], fields: Sequence[str]) -> bool:
    """Whether this is PostgreSQL, and knows all these fields' types."""
    return bool(postgresql.types_of(connection, fields_of(model, fields)))


def insert_and_count_at_once(
    using: str,
    model: type[Model],
    columns: Mapping[str, list[Any]],
    rollups: Sequence[Rollup],
) -> set[Any]:
    """Store the rows whose primary key is not there yet, count them, return the other keys.

    ``columns`` maps the fields of the shares, the key first, to their values.
    """
    moments = moments_of(columns["timestamp"])
    times = {
        "quarters": list(moments),
        "days": [day for day, hour in moments.values()],
        "hours": [hour for day, hour in moments.values()],
    }
    sql = _statement(using, model, tuple(columns), tuple(rollups))
    return {row[0] for row in postgresql.execute(connections[using], sql, {**columns, **times})}


@lru_cache(maxsize=8)
def _statement(
    using: str, model: type[Model], names: tuple[str, ...], rollups: tuple[Rollup, ...]
) -> str:
    connection = connections[using]
    fields = fields_of(model, names)
    types = postgresql.types_of(connection, fields)
    values = [f"%({name})b::{type_}[]" for name, type_ in zip(names, types, strict=True)]
    insert, key = insert_into(connection, model, fields), fields[0].column
    entries = {
        "share": f"{insert} SELECT * FROM unnest({', '.join(values)}) ORDER BY 1"  # noqa: S608
        f" ON CONFLICT ({key}) DO NOTHING RETURNING {key}, app_id AS app, platform, timestamp",
        "moment": "SELECT * FROM unnest(%(quarters)b::timestamptz[], %(days)b::date[],"
        " %(hours)b::timestamptz[]) AS moment (quarter, day, hour)",
        "fact": f"SELECT {', '.join(FACTS)} FROM share"  # noqa: S608
        f" LEFT JOIN moment ON quarter = {QUARTER_OF_SHARE}",
    }
    parents = {rollup.parent for rollup in rollups}
    for rollup, before in zip(rollups, (None, *rollups), strict=False):
        counted = _counted(rollup, before)
        if rollup in parents:
            entries[rollup.name] = _add_returning_ids(connection, rollup, counted)
        else:
            entries[rollup.name] = _add(connection, rollup, counted)
    listed = ", ".join(f"{name} AS ({sql})" for name, sql in entries.items())
    return f"WITH {listed} SELECT * FROM unnest({values[0]}) EXCEPT SELECT {key} FROM share"  # noqa: S608


def _counted(rollup: Rollup, before: Rollup | None) -> str:
    """The new rows' sums by the columns of the rollup, in the order of these."""
    keys, source = list(rollup.by), "fact"
    if rollup.parent:
        shared = rollup.parent.by
        keys = [f"{rollup.parent.name}.id", *rollup.by[len(shared) :]]
        source = f"fact JOIN {rollup.parent.name} USING ({', '.join(shared)})"
    if before:
        # What is read here is complete before the first row is written: so the tables' locks are
        # taken in the order of the rollups, and within one in that of the keys.
        source = f"{source} WHERE (SELECT count(*) FROM {before.name}) > 0"  # noqa: S608
    places = ", ".join(str(place) for place, key in enumerate(keys, 1))
    select = f"SELECT {', '.join(keys)}, count(*) AS n FROM {source}"  # noqa: S608
    return f"{select} GROUP BY {places} ORDER BY {places}"


def _add(connection: BaseDatabaseWrapper, rollup: Rollup, counted: str) -> str:
    fields = fields_of(rollup.model, (*rollup.columns, "n"))
    insert = insert_into(connection, rollup.model, fields)
    on_conflict = upsert.add_on_conflict(connection, rollup.model, fields)
    return f"{insert} {counted} {on_conflict} RETURNING 1"


def _add_returning_ids(connection: BaseDatabaseWrapper, rollup: Rollup, counted: str) -> str:
    """Every row's integer key beside the facts that it stands for.

    Only a row that is new takes a number of the sequence; see :mod:`.upsert`.
    """
    fields = fields_of(rollup.model, (*rollup.columns, "n"))
    insert = insert_into(connection, rollup.model, [*fields, rollup.model._meta.pk])
    on_conflict = upsert.add_on_conflict(connection, rollup.model, fields)
    table = connection.ops.quote_name(rollup.model._meta.db_table)
    columns = list(zip([field.column for field in fields], rollup.by, strict=False))
    same = " AND ".join(f"known.{column} = counted.{fact}" for column, fact in columns)
    named = [f"{column} AS {fact}" for column, fact in columns]
    facts = ", ".join(rollup.by)
    # Not a join: the planner would read the whole table for it.
    known = f"(SELECT id FROM {table} AS known WHERE {same})"  # noqa: S608
    number = f"COALESCE({known}, nextval(pg_get_serial_sequence('{table}', 'id')))"
    select = f"SELECT {facts}, n, {number} FROM ({counted}) AS counted"  # noqa: S608
    return f"{insert} {select} ORDER BY {facts} {on_conflict} RETURNING id, {', '.join(named)}"
