"""Rows that are looked up by many keys at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connections

from django_share_analytics.sql import postgresql
from django_share_analytics.sql.statements import fields_of, flat, listed, prepared, quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from django.db.models import Model


def rows_with(
    model: type[Model], field: str, values: Collection[Any], columns: Sequence[str], using: str
) -> list[tuple[Any, ...]]:
    """The ``columns`` of the rows whose ``field`` has one of these values; on PostgreSQL, where
    their types allow it, with the values as one array."""
    connection = connections[using]
    asked, *fields = fields_of(model, (field, *columns))
    types = postgresql.types_of(connection, [asked, *fields])
    if not values:
        return []
    if not types:
        # Not by Django's own lookup, which takes several times as long with each value.
        wanted = flat(prepared([asked], [(value,) for value in values], connection))
        where = f"{quoted(connection, asked)} IN ({', '.join(['%s'] * len(wanted))})"
        rows = model._base_manager.using(using).extra(where=[where], params=wanted)  # noqa: S610
        return list(rows.values_list(*columns))
    table = connection.ops.quote_name(model._meta.db_table)
    sql = (
        f"SELECT {listed(connection, fields)} FROM {table}"  # noqa: S608
        f" WHERE {quoted(connection, asked)} = ANY(%b::{types[0]}[])"
    )
    return postgresql.execute(connection, sql, [list(values)])
