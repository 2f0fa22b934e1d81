"""Counts that are added to: in raw SQL, for PostgreSQL, SQLite, MariaDB and MySQL.

Every function takes a connection inside a transaction, and numbers by the key of their row. Rows
are sorted by key, so that two writers never wait for each other in a circle.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from django.db import NotSupportedError

from django_share_analytics.sql import postgresql
from django_share_analytics.sql.statements import (
    DEFAULT,
    chunks,
    fields_of,
    flat,
    insert_into,
    insert_rows,
    listed,
    prepared,
    quoted,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import Field, Model


def add_sums(
    connection: BaseDatabaseWrapper,
    model: type[Model],
    key_columns: Sequence[str],
    sums: Mapping[tuple[Any, ...], int],
) -> None:
    """Add each number to the ``n`` of the row with that key, which is made when there is none."""
    add_columns(connection, model, key_columns, ("n",), {key: (n,) for key, n in sums.items()})


def add_columns(
    connection: BaseDatabaseWrapper,
    model: type[Model],
    key_columns: Sequence[str],
    number_columns: Sequence[str],
    sums: Mapping[tuple[Any, ...], Sequence[int]],
) -> None:
    """As :func:`add_sums`, where a row has several numbers."""
    fields = fields_of(model, (*key_columns, *number_columns))
    clause = add_on_conflict(connection, model, fields, len(number_columns))
    rows = [(*key, *numbers) for key, numbers in sums.items()]
    if types := postgresql.types_of(connection, fields):
        postgresql.insert(connection, insert_into(connection, model, fields), types, rows, clause)
        return
    with connection.cursor() as cursor:
        for chunk in chunks(sorted(prepared(fields, rows, connection)), len(fields)):
            sql, values = insert_rows(connection, model, fields, chunk)
            cursor.execute(f"{sql} {clause}", values)


def add_returning_ids(
    connection: BaseDatabaseWrapper,
    model: type[Model],
    key_columns: Sequence[str],
    sums: Mapping[tuple[Any, ...], int],
) -> dict[tuple[Any, ...], int]:
    """As :func:`add_sums`, and the integer primary key of each row by its key."""
    if connection.vendor == "sqlite":
        return _add_on_sqlite(connection, model, key_columns, sums)
    ids = find_ids(connection, model, key_columns, sums)
    _add_naming_ids(connection, model, key_columns, sums, ids)
    if new := sums.keys() - ids.keys():
        ids |= find_ids(connection, model, key_columns, new)
    table = model._base_manager.using(connection.alias)
    for key in new - ids.keys():
        # The database ignores case, and has added this one to the row of another key.
        wanted = dict(zip(key_columns, key, strict=True))
        ids[key] = table.values_list("pk", flat=True).get(**wanted)
    return ids


def _add_on_sqlite(
    connection: BaseDatabaseWrapper,
    model: type[Model],
    key_columns: Sequence[str],
    sums: Mapping[tuple[Any, ...], int],
) -> dict[tuple[Any, ...], int]:
    """SQLite says which row it was. It takes a new number for each, and has room for them."""
    fields = fields_of(model, (*key_columns, "n"))
    rows = prepared(fields, [(*key, n) for key, n in sums.items()], connection)
    clause = add_on_conflict(connection, model, fields)
    clause += f" RETURNING {listed(connection, [model._meta.pk, *fields[:-1]])}"
    found: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for chunk in chunks(sorted(rows), len(fields)):
            sql, values = insert_rows(connection, model, fields, chunk)
            cursor.execute(f"{sql} {clause}", values)
            found += cursor.fetchall()
    return _by_key([row[:-1] for row in rows], sums, found)


def _add_naming_ids(
    connection: BaseDatabaseWrapper,
    model: type[Model],
    key_columns: Sequence[str],
    sums: Mapping[tuple[Any, ...], int],
    ids: Mapping[tuple[Any, ...], int],
) -> None:
    """As :func:`add_sums`, for the others: a row that is there is named by its id, too.

    Else the database would take a new number for it before it finds the row that is there, and run
    out of numbers that fit the column.
    """
    fields = fields_of(model, (*key_columns, "n"))
    clause = add_on_conflict(connection, model, fields)
    ready = prepared(fields, [(*key, n) for key, n in sums.items()], connection)
    named = sorted(
        ((*row, ids.get(key, DEFAULT)) for row, key in zip(ready, sums, strict=True)),
        key=itemgetter(slice(len(fields))),
    )
    with connection.cursor() as cursor:
        for chunk in chunks(named, len(fields) + 1):
            sql, values = insert_rows(connection, model, [*fields, model._meta.pk], chunk)
            cursor.execute(f"{sql} {clause}", values)


def find_ids(
    connection: BaseDatabaseWrapper,
    model: type[Model],
    key_columns: Sequence[str],
    keys: Collection[tuple[Any, ...]],
) -> dict[tuple[Any, ...], int]:
    """The integer primary keys of those of the rows that are there.

    Rows that match only because case is ignored are left out.
    """
    fields = fields_of(model, key_columns)
    if types := postgresql.types_of(connection, [model._meta.pk, *fields]):
        return _find_ids_on_postgresql(connection, model, fields, types[1:], keys)
    table = connection.ops.quote_name(model._meta.db_table)
    start = f"SELECT {listed(connection, [model._meta.pk, *fields])} FROM {table}"  # noqa: S608
    row = f"({', '.join(['%s'] * len(fields))})"
    values = "VALUES " if connection.vendor == "sqlite" else ""
    found: list[tuple[Any, ...]] = []
    asked = prepared(fields, keys, connection)
    with connection.cursor() as cursor:
        for chunk in chunks(asked, len(fields)):
            wanted = f"{values}{', '.join([row] * len(chunk))}"
            where = f"({listed(connection, fields)}) IN ({wanted})"
            cursor.execute(f"{start} WHERE {where}", flat(chunk))
            found += cursor.fetchall()
    return _by_key(asked, keys, found)


def _find_ids_on_postgresql(
    connection: BaseDatabaseWrapper,
    model: type[Model],
    fields: Sequence[Field[Any, Any]],
    types: Sequence[str],
    keys: Collection[tuple[Any, ...]],
) -> dict[tuple[Any, ...], int]:
    if not keys:
        return {}
    table, pk = connection.ops.quote_name(model._meta.db_table), quoted(connection, model._meta.pk)
    asked = [f"k{place}" for place in range(len(fields))]
    arrays = ", ".join(f"%b::{type_}[]" for type_ in types)
    same = " AND ".join(
        f"{quoted(connection, field)} = {name}" for field, name in zip(fields, asked, strict=True)
    )
    # Not a join: the planner would read the whole table for it.
    sql = (
        f"SELECT {', '.join(asked)}, (SELECT {pk} FROM {table} WHERE {same})"  # noqa: S608
        f" FROM unnest({arrays}) AS asked ({', '.join(asked)})"
    )
    found = postgresql.execute(
        connection, sql, [list(column) for column in zip(*keys, strict=True)]
    )
    return {tuple(key): pk for *key, pk in found if pk is not None}


def _by_key(
    asked: Iterable[tuple[Any, ...]],
    keys: Iterable[tuple[Any, ...]],
    rows: Iterable[tuple[Any, ...]],
) -> dict[tuple[Any, ...], int]:
    """Rows of a primary key and a key by the key as Python has it, of which ``asked`` is what the
    database was given."""
    places = {tuple(map(str, row)): pk for pk, *row in rows}
    named = ((tuple(map(str, row)), key) for row, key in zip(asked, keys, strict=True))
    return {key: places[place] for place, key in named if place in places}


def add_on_conflict(
    connection: BaseDatabaseWrapper,
    model: type[Model],
    fields: Sequence[Field[Any, Any]],
    numbers: int = 1,
) -> str:
    """What makes an insert of these fields add its last ones, the numbers, to the row with the
    same key."""
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    added = [quoted(connection, field) for field in fields[-numbers:]]
    if connection.vendor == "mysql":
        sums = ", ".join(f"{n} = {n} + VALUES({n})" for n in added)
        return f"ON DUPLICATE KEY UPDATE {sums}"
    if connection.vendor in ("postgresql", "sqlite"):
        keys = listed(connection, fields[:-numbers])
        sums = ", ".join(f"{n} = {table}.{n} + EXCLUDED.{n}" for n in added)
        return f"ON CONFLICT ({keys}) DO UPDATE SET {sums}"  # nosec B608 - names alone, quoted
    raise NotSupportedError(f"Share analytics can't count on {connection.display_name}.")
