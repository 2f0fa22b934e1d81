"""The raw SQL, all of it: what the ORM can't say on PostgreSQL, SQLite, MariaDB and MySQL.

Every function takes rows of Python values and a connection inside a transaction. Rows are sorted by
key, so that two writers never wait for each other in a circle.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.db import IntegrityError, NotSupportedError

from django_share_analytics.exceptions import WriteConflict
from django_share_analytics.sql import postgresql

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import Field, Model

T = TypeVar("T")

MAX_PARAMETERS = 30_000
"""Below the limits of SQLite (32,766) and PostgreSQL (65,535)."""

MYSQL_DUPLICATE_KEY = 1062


def insert_new(
    connection: BaseDatabaseWrapper,
    model: type[Model],
    columns: Sequence[str],
    rows: Mapping[Any, Sequence[Any]],
) -> set[Any]:
    """Insert the rows whose primary key is not there yet and return these keys.

    ``rows`` maps each primary key to its values, the key first.

    :raises WriteConflict: another writer inserted one of them meanwhile (MariaDB and MySQL).
    """
    fields = fields_of(model, columns)
    if types := postgresql.types_of(connection, fields):
        key = _quoted(connection, fields[0])
        clause = f"ON CONFLICT ({key}) DO NOTHING RETURNING {key}"
        start = insert_into(connection, model, fields)
        return {
            row[0] for row in postgresql.insert(connection, start, types, rows.values(), clause)
        }
    prepared = dict(zip(_prepared(fields, rows.values(), connection), rows, strict=True))
    ordered = sorted(prepared, key=lambda row: row[0])
    if connection.vendor == "mysql":
        new = _insert_absent(connection, model, fields, ordered)
    else:
        new = _insert_or_ignore(connection, model, fields, ordered)
    return {key for row, key in prepared.items() if row[0] in new}


def _insert_or_ignore(
    connection: BaseDatabaseWrapper,
    model: type[Model],
    fields: Sequence[Field[Any, Any]],
    rows: Sequence[tuple[Any, ...]],
) -> set[Any]:
    key = _quoted(connection, fields[0])
    new: set[Any] = set()
    with connection.cursor() as cursor:
        for chunk in _chunks(rows, len(fields)):
            sql = _insert(connection, model, fields, len(chunk))
            cursor.execute(f"{sql} ON CONFLICT ({key}) DO NOTHING RETURNING {key}", _flat(chunk))
            new.update(row[0] for row in cursor.fetchall())
    return new


def _insert_absent(
    connection: BaseDatabaseWrapper,
    model: type[Model],
    fields: Sequence[Field[Any, Any]],
    rows: Sequence[tuple[Any, ...]],
) -> set[Any]:
    # INSERT IGNORE would also hide an unknown app and cut over-long values, so the absent rows are
    # inserted plainly; whoever comes second to the same key starts again.
    table, key = (
        connection.ops.quote_name(model._meta.db_table),
        _quoted(connection, fields[0]),
    )
    new: set[Any] = set()
    with connection.cursor() as cursor:
        for chunk in _chunks(rows, len(fields)):
            marks = ", ".join(["%s"] * len(chunk))
            keys = [row[0] for row in chunk]
            cursor.execute(f"SELECT {key} FROM {table} WHERE {key} IN ({marks})", keys)  # noqa: S608
            there = {str(row[0]) for row in cursor.fetchall()}
            absent = [row for row in chunk if str(row[0]) not in there]
            if not absent:
                continue
            try:
                cursor.execute(_insert(connection, model, fields, len(absent)), _flat(absent))
            except IntegrityError as error:
                if error.args[0] == MYSQL_DUPLICATE_KEY:
                    raise WriteConflict from error
                raise
            new.update(row[0] for row in absent)
    return new


def add(
    connection: BaseDatabaseWrapper,
    model: type[Model],
    key_columns: Sequence[str],
    sums: Mapping[tuple[Any, ...], int],
) -> None:
    """Add each number to the ``n`` of the row with that key, which is made when there is none."""
    fields = fields_of(model, (*key_columns, "n"))
    clause = add_on_conflict(connection, model, fields)
    rows = [(*key, n) for key, n in sums.items()]
    if types := postgresql.types_of(connection, fields):
        postgresql.insert(connection, insert_into(connection, model, fields), types, rows, clause)
        return
    with connection.cursor() as cursor:
        for chunk in _chunks(sorted(_prepared(fields, rows, connection)), len(fields)):
            sql = _insert(connection, model, fields, len(chunk))
            cursor.execute(f"{sql} {clause}", _flat(chunk))


def add_and_read_keys(
    connection: BaseDatabaseWrapper,
    model: type[Model],
    key_columns: Sequence[str],
    sums: Mapping[tuple[Any, ...], int],
) -> dict[tuple[Any, ...], int]:
    """As ``add``, and the integer primary key of each row by its key."""
    fields = fields_of(model, key_columns)
    if connection.vendor == "sqlite":  # its numbers have room, and it says which row it was
        return _by_key(connection, fields, sums, _add_to(connection, model, fields, sums, {}))
    keys = stored_keys(connection, model, key_columns, sums)
    _add_to(connection, model, fields, sums, keys)
    if new := sums.keys() - keys.keys():
        keys |= stored_keys(connection, model, key_columns, new)
    table = model._base_manager.using(connection.alias)
    for key in new - keys.keys():
        # A collation took the key for that of another row.
        wanted = dict(zip(key_columns, key, strict=True))
        keys[key] = table.values_list("pk", flat=True).get(**wanted)
    return keys


def _add_to(
    connection: BaseDatabaseWrapper,
    model: type[Model],
    key_fields: Sequence[Field[Any, Any]],
    sums: Mapping[tuple[Any, ...], int],
    known: Mapping[tuple[Any, ...], int],
) -> list[tuple[Any, ...]]:
    """As ``add``; the rows that are ``known`` are named by their primary key, too.

    Else the database would take a new number for each before it finds the row that is there, and
    run out of numbers that fit the column. Returns what it says of itself: SQLite each primary key
    with its key.
    """
    fields = [*key_fields, *fields_of(model, ["n"])]
    marks = ", ".join(["%s"] * len(fields))
    new = f"({marks}, {'NULL' if connection.vendor == 'sqlite' else 'DEFAULT'})"
    start = insert_into(connection, model, [*fields, model._meta.pk])
    clause = add_on_conflict(connection, model, fields)
    if connection.vendor == "sqlite":
        clause += f" RETURNING {_listed(connection, [model._meta.pk, *key_fields])}"
    prepared = _prepared(fields, [(*key, n) for key, n in sums.items()], connection)
    rows = sorted(zip(prepared, map(known.get, sums), strict=True), key=itemgetter(0))
    said: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for chunk in _chunks(rows, len(fields) + 1):
            values = ", ".join(new if pk is None else f"({marks}, %s)" for _, pk in chunk)
            flat = [value for row, pk in chunk for value in (row if pk is None else (*row, pk))]
            cursor.execute(f"{start} VALUES {values} {clause}", flat)
            said += cursor.fetchall() if cursor.description else ()
    return said


def stored_keys(
    connection: BaseDatabaseWrapper,
    model: type[Model],
    key_columns: Sequence[str],
    keys: Collection[tuple[Any, ...]],
) -> dict[tuple[Any, ...], int]:
    """The integer primary keys of those of the rows that are there.

    Not of those that only a collation takes for one of ``keys``.
    """
    fields = fields_of(model, key_columns)
    table = connection.ops.quote_name(model._meta.db_table)
    start = f"SELECT {_listed(connection, [model._meta.pk, *fields])} FROM {table}"  # noqa: S608
    row = f"({', '.join(['%s'] * len(fields))})"
    values = "VALUES " if connection.vendor == "sqlite" else ""
    found: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for chunk in _chunks(list(_prepared(fields, keys, connection)), len(fields)):
            wanted = f"{values}{', '.join([row] * len(chunk))}"
            where = f"({_listed(connection, fields)}) IN ({wanted})"
            cursor.execute(f"{start} WHERE {where}", _flat(chunk))
            found += cursor.fetchall()
    return _by_key(connection, fields, keys, found)


def _by_key(
    connection: BaseDatabaseWrapper,
    fields: Sequence[Field[Any, Any]],
    keys: Collection[tuple[Any, ...]],
    rows: Iterable[tuple[Any, ...]],
) -> dict[tuple[Any, ...], int]:
    """Rows of a primary key and a key, as the database has them, by the key as Python has it."""
    places = {tuple(map(str, row)): pk for pk, *row in rows}
    prepared = zip(_prepared(fields, keys, connection), keys, strict=True)
    named = ((tuple(map(str, row)), key) for row, key in prepared)
    return {key: places[place] for place, key in named if place in places}


def add_on_conflict(
    connection: BaseDatabaseWrapper, model: type[Model], fields: Sequence[Field[Any, Any]]
) -> str:
    """What makes an insert of these fields, ``n`` the last, add to the row with the same key."""
    quote = connection.ops.quote_name
    table, n = quote(model._meta.db_table), _quoted(connection, fields[-1])
    if connection.vendor == "mysql":
        return f"ON DUPLICATE KEY UPDATE {n} = {n} + VALUES({n})"
    if connection.vendor in ("postgresql", "sqlite"):
        keys = _listed(connection, fields[:-1])
        return f"ON CONFLICT ({keys}) DO UPDATE SET {n} = {table}.{n} + EXCLUDED.{n}"
    raise NotSupportedError(f"Share analytics can't count on {connection.display_name}.")


def fields_of(model: type[Model], names: Iterable[str]) -> list[Field[Any, Any]]:
    return [cast("Field[Any, Any]", model._meta.get_field(name)) for name in names]


def _listed(connection: BaseDatabaseWrapper, fields: Sequence[Field[Any, Any]]) -> str:
    return ", ".join(_quoted(connection, field) for field in fields)


def _quoted(connection: BaseDatabaseWrapper, field: Field[Any, Any]) -> str:
    assert field.column is not None  # no rollup and no share has a key of several columns to write
    return connection.ops.quote_name(field.column)


def _prepared(
    fields: Sequence[Field[Any, Any]],
    rows: Iterable[Sequence[Any]],
    connection: BaseDatabaseWrapper,
) -> Iterable[tuple[Any, ...]]:
    """The rows as the database takes them; each value of a column is looked at once."""
    columns = []
    for field, values in zip(fields, zip(*rows, strict=True), strict=False):
        known = {value: field.get_db_prep_save(value, connection) for value in set(values)}
        columns.append([known[value] for value in values])
    return zip(*columns, strict=True)


def _insert(
    connection: BaseDatabaseWrapper, model: type[Model], fields: Sequence[Field[Any, Any]], n: int
) -> str:
    row = f"({', '.join(['%s'] * len(fields))})"
    return f"{insert_into(connection, model, fields)} VALUES {', '.join([row] * n)}"


def insert_into(
    connection: BaseDatabaseWrapper, model: type[Model], fields: Sequence[Field[Any, Any]]
) -> str:
    table = connection.ops.quote_name(model._meta.db_table)
    return f"INSERT INTO {table} ({_listed(connection, fields)})"


def _chunks(rows: Sequence[T], width: int) -> Iterator[Sequence[T]]:
    size = MAX_PARAMETERS // width
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _flat(rows: Iterable[tuple[Any, ...]]) -> list[Any]:
    return [value for row in rows for value in row]
