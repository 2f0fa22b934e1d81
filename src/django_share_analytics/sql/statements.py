"""What raw statements are made of: columns, values as the database takes them, rows in portions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

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


def prepared(
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


def insert_rows(
    connection: BaseDatabaseWrapper, model: type[Model], fields: Sequence[Field[Any, Any]], n: int
) -> str:
    """An ``INSERT`` of ``n`` rows, whose values are its parameters."""
    row = f"({', '.join(['%s'] * len(fields))})"
    return f"{insert_into(connection, model, fields)} VALUES {', '.join([row] * n)}"


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
