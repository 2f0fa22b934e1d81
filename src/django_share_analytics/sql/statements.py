"""What raw statements are made of: columns, values as the database takes them, rows in portions."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from django.db.models import DateTimeField, UUIDField

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import Field, Model

T = TypeVar("T")

MAX_PARAMETERS = 30_000
"""Below the limits of SQLite (32,766) and PostgreSQL (65,535)."""


def fields_of(model: type[Model], names: Iterable[str]) -> list[Field[Any, Any]]:
    return [cast("Field[Any, Any]", model._meta.get_field(name)) for name in names]


def listed(connection: BaseDatabaseWrapper, fields: Sequence[Field[Any, Any]]) -> str:
    """The columns of these fields, with commas between."""
    return ", ".join(quoted(connection, field) for field in fields)


def quoted(connection: BaseDatabaseWrapper, field: Field[Any, Any]) -> str:
    assert field.column is not None  # no rollup and no share has a key of several columns to write
    return connection.ops.quote_name(field.column)


def target_of(field: Any) -> Field[Any, Any]:
    """The field whose values a foreign key holds."""
    while field.remote_field:
        field = field.target_field
    return cast("Field[Any, Any]", field)


def prepared(
    fields: Sequence[Field[Any, Any]],
    rows: Iterable[Sequence[Any]],
    connection: BaseDatabaseWrapper,
) -> list[tuple[Any, ...]]:
    """The rows as the database takes them; each value of a column is looked at once."""
    columns: list[Iterable[Any]] = []
    for field, values in zip(fields, zip(*rows, strict=True), strict=False):
        prepare = _preparing(field, connection)
        if field.unique:
            columns.append(map(prepare, values))
        else:
            known = {value: prepare(value) for value in set(values)}
            columns.append([known[value] for value in values])
    return list(zip(*columns, strict=True))


def _preparing(field: Field[Any, Any], connection: BaseDatabaseWrapper) -> Callable[[Any], Any]:
    """How a value of this field becomes what the database takes.

    Django's own way, which for ids and times takes longer than all else that is done with them, is
    cut short for these. On MariaDB ids are texts from here on, as which its driver sends them.
    """
    as_django_does, kind = field.get_db_prep_save, type(target_of(field))

    def id_of(value: Any) -> Any:
        return as_text(value) if type(value) is UUID else as_django_does(value, connection)

    def time_of(value: Any) -> Any:
        is_whole = type(value) is datetime and value.tzinfo is not None
        if not is_whole or zone is None:
            return as_django_does(value, connection)
        return str(value.astimezone(zone).replace(tzinfo=None))

    if connection.vendor in ("mysql", "sqlite"):
        as_text = str if connection.features.has_native_uuid_field else _hexadecimal
        zone = connection.timezone
        if kind is UUIDField:
            return id_of
        if kind is DateTimeField:
            return time_of
    return lambda value: as_django_does(value, connection)


def _hexadecimal(id: UUID) -> str:
    return id.hex


class Sql(str):
    """A value of a row that stands in the statement as it is."""


DEFAULT = Sql("DEFAULT")


def insert_rows(
    connection: BaseDatabaseWrapper,
    model: type[Model],
    fields: Sequence[Field[Any, Any]],
    rows: Sequence[Sequence[Any]],
) -> tuple[str, list[Any]]:
    """An ``INSERT`` of these rows, and its parameters.

    The drivers of MariaDB and MySQL write parameters into the statement one by one, for each of
    which they look up how: whole numbers are written by us.
    """
    is_written = (int, Sql) if connection.vendor == "mysql" else (Sql,)
    marks = (
        f"({', '.join([str(value) if type(value) in is_written else '%s' for value in row])})"
        for row in rows
    )
    sql = f"{insert_into(connection, model, fields)} VALUES {', '.join(marks)}"
    return sql, [value for row in rows for value in row if type(value) not in is_written]


def insert_into(
    connection: BaseDatabaseWrapper, model: type[Model], fields: Sequence[Field[Any, Any]]
) -> str:
    """How an ``INSERT`` of these fields starts."""
    table = connection.ops.quote_name(model._meta.db_table)
    return f"INSERT INTO {table} ({listed(connection, fields)})"


def chunks(rows: Sequence[T], width: int) -> Iterator[Sequence[T]]:
    """The rows, as many at a time as fit one statement with ``width`` parameters for each."""
    size = MAX_PARAMETERS // width
    return (rows[start : start + size] for start in range(0, len(rows), size))


def flat(rows: Iterable[tuple[Any, ...]]) -> list[Any]:
    return [value for row in rows for value in row]
