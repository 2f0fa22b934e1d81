"""The raw SQL, all of it: what the ORM can't say on PostgreSQL, SQLite, MariaDB and MySQL.

Every function takes rows of Python values and a connection inside a transaction. Rows are sorted by
key, so that two writers never wait for each other in a circle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, NotSupportedError, OperationalError

from . import arrays
from .exceptions import WriteConflict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import Field, Model

MAX_PARAMETERS = 30_000
"""Below the limits of SQLite (32,766) and PostgreSQL (65,535)."""

MYSQL_DUPLICATE_KEY = 1062
MYSQL_BAD_VALUES = {1264, 1292, 1366, 1406}
"""Out of range, wrong value, not in the character set, too long: its driver calls some of them
operational errors."""
BAD_VALUES = ValueError | TypeError | OverflowError | ValidationError
"""What Django and the drivers raise for a value before any database sees it."""
CONFLICTS: dict[str, set[Any]] = {
    "postgresql": {"40001", "40P01"},  # serialization failure, deadlock
    "mysql": {1205, 1213},  # lock wait timeout, deadlock
}


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
    fields = _fields(model, columns)
    if types := arrays.types_of(connection, fields):
        key = _quoted(connection, fields[0])
        clause = f"ON CONFLICT ({key}) DO NOTHING RETURNING {key}"
        start = _insert_into(connection, model, fields)
        return {row[0] for row in arrays.insert(connection, start, types, rows.values(), clause)}
    prepared = {_prepare(fields, values, connection): key for key, values in rows.items()}
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
    fields = _fields(model, (*key_columns, "n"))
    clause = _add_on_conflict(connection, model, fields)
    if types := arrays.types_of(connection, fields):
        start = _insert_into(connection, model, fields)
        plain = ((*key, n) for key, n in sums.items())
        arrays.insert(connection, start, types, plain, clause)
        return
    rows = sorted(_prepare(fields, (*key, n), connection) for key, n in sums.items())
    with connection.cursor() as cursor:
        for chunk in _chunks(rows, len(fields)):
            sql = _insert(connection, model, fields, len(chunk))
            cursor.execute(f"{sql} {clause}", _flat(chunk))


def _add_on_conflict(
    connection: BaseDatabaseWrapper, model: type[Model], fields: Sequence[Field[Any, Any]]
) -> str:
    quote = connection.ops.quote_name
    table, n = quote(model._meta.db_table), _quoted(connection, fields[-1])
    if connection.vendor == "mysql":
        return f"ON DUPLICATE KEY UPDATE {n} = {n} + VALUES({n})"
    if connection.vendor in ("postgresql", "sqlite"):
        keys = ", ".join(_quoted(connection, field) for field in fields[:-1])
        return f"ON CONFLICT ({keys}) DO UPDATE SET {n} = {table}.{n} + EXCLUDED.{n}"
    raise NotSupportedError(f"Share analytics can't count on {connection.display_name}.")


def lock_for_writing(connection: BaseDatabaseWrapper, model: type[Model]) -> None:
    """On SQLite, become the one writer now, before anything is read.

    A transaction that reads first and writes later fails at once when another one wrote in between;
    one that starts by writing waits for its turn.
    """
    if connection.vendor == "sqlite":
        table = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE 1 = 0")  # noqa: S608


def check_constraints_now(connection: BaseDatabaseWrapper, models: Collection[type[Model]]) -> None:
    """On PostgreSQL, check these models' foreign keys at each statement from now on.

    They are deferred to the commit otherwise, which may be that of a host's own transaction.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(conname) FROM pg_constraint WHERE contype = 'f' AND condeferrable"
            " AND conrelid = ANY(%s::regclass[])",
            [[connection.ops.quote_name(model._meta.db_table) for model in models]],
        )
        names = ", ".join(row[0] for row in cursor.fetchall())
        if names:
            cursor.execute(f"SET CONSTRAINTS {names} IMMEDIATE")


def is_conflict(connection: BaseDatabaseWrapper, error: Exception) -> bool:
    """Whether the database gave up a transaction because of another one: it can be tried again."""
    if isinstance(error, WriteConflict):
        return True
    if connection.vendor == "sqlite":
        return "locked" in str(error)
    codes = CONFLICTS.get(connection.vendor, set())
    cause = error.__cause__
    state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    return (state or next(iter(error.args), None)) in codes


def is_refusal(error: Exception) -> bool:
    """Whether the database looked at the rows and will never take them.

    Everything else (no connection, no table, no space) passes, and the rows are good.
    """
    if isinstance(error, OperationalError):
        return bool(error.args) and error.args[0] in MYSQL_BAD_VALUES
    return isinstance(error, DataError | IntegrityError | BAD_VALUES)


def _fields(model: type[Model], names: Iterable[str]) -> list[Field[Any, Any]]:
    return [cast("Field[Any, Any]", model._meta.get_field(name)) for name in names]


def _quoted(connection: BaseDatabaseWrapper, field: Field[Any, Any]) -> str:
    assert field.column is not None  # no rollup and no share has a key of several columns to write
    return connection.ops.quote_name(field.column)


def _prepare(
    fields: Iterable[Field[Any, Any]], values: Iterable[Any], connection: BaseDatabaseWrapper
) -> tuple[Any, ...]:
    return tuple(
        field.get_db_prep_save(value, connection)
        for field, value in zip(fields, values, strict=True)
    )


def _insert(
    connection: BaseDatabaseWrapper, model: type[Model], fields: Sequence[Field[Any, Any]], n: int
) -> str:
    row = f"({', '.join(['%s'] * len(fields))})"
    return f"{_insert_into(connection, model, fields)} VALUES {', '.join([row] * n)}"


def _insert_into(
    connection: BaseDatabaseWrapper, model: type[Model], fields: Sequence[Field[Any, Any]]
) -> str:
    columns = ", ".join(_quoted(connection, field) for field in fields)
    return f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({columns})"


def _chunks(rows: Sequence[tuple[Any, ...]], width: int) -> Iterator[Sequence[tuple[Any, ...]]]:
    size = MAX_PARAMETERS // width
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _flat(rows: Iterable[tuple[Any, ...]]) -> list[Any]:
    return [value for row in rows for value in row]
