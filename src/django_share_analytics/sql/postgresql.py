"""PostgreSQL takes the values of a column as one array, in a third of the time of one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import DataError, ProgrammingError, models

from django_share_analytics.sql.statements import target_of

try:
    from django.db.backends.postgresql.psycopg_any import is_psycopg3
except ImportError:  # there is no driver for PostgreSQL
    is_psycopg3 = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import Field, Model

TYPES: dict[type, str] = {
    models.UUIDField: "uuid",
    # Not varchar(50): a cast to that would cut silently what is too long.
    models.CharField: "text",
    models.SlugField: "text",
    models.DateField: "date",
    models.DateTimeField: "timestamptz",
    models.AutoField: "integer",
    models.BigAutoField: "bigint",
    models.IntegerField: "integer",
    models.BigIntegerField: "bigint",
    models.PositiveIntegerField: "integer",
    models.PositiveSmallIntegerField: "smallint",
    models.PositiveBigIntegerField: "bigint",
}
"""The fields whose values PostgreSQL takes as Python has them."""


WRONG_TYPES = {None, "42804", "42846"}
"""A value that the driver can't send at all, or that the server can't take for the column's type:
the row's fault, where other programming errors are the table's or the statement's."""


def types_of(connection: BaseDatabaseWrapper, fields: Sequence[Field[Any, Any]]) -> list[str]:
    """The types of these columns, or nothing when their values can't travel as arrays.

    A field class of the host's own may want its values prepared, so it is not in the list.
    """
    if connection.vendor != "postgresql" or not is_psycopg3:
        return []
    types = [TYPES.get(type(target_of(field)), "") for field in fields]
    return types if all(types) else []


def insert(
    connection: BaseDatabaseWrapper,
    start: str,
    types: Sequence[str],
    rows: Iterable[Sequence[Any]],
    clause: str,
) -> list[tuple[Any, ...]]:
    """Run ``start``, an ``INSERT INTO … (…)``, with these rows; what ``clause`` returns.

    In the order of the columns, as every writer takes its locks in the same order then.
    """
    arrays = ", ".join(f"%b::{name}[]" for name in types)
    order = ", ".join(str(place) for place in range(1, len(types) + 1))
    sql = f"{start} SELECT * FROM unnest({arrays}) ORDER BY {order} {clause}"  # noqa: S608
    return execute(connection, sql, [list(column) for column in zip(*rows, strict=True)])


def lock_and_find_absent(
    connection: BaseDatabaseWrapper, model: type[Model], keys: Sequence[Any]
) -> set[Any]:
    """The keys that no row of ``model`` has. The rows of the others can't go until the commit."""
    field = model._meta.pk
    [type_] = types_of(connection, [field])
    table = connection.ops.quote_name(model._meta.db_table)
    key = connection.ops.quote_name(str(field.column))
    sql = (
        f"WITH there AS (SELECT {key} FROM {table} WHERE {key} = ANY(%(keys)b::{type_}[])"  # noqa: S608
        f" ORDER BY {key} FOR KEY SHARE)"
        f" SELECT * FROM unnest(%(keys)b::{type_}[]) EXCEPT SELECT {key} FROM there"
    )
    return {row[0] for row in execute(connection, sql, {"keys": keys})}


def execute(
    connection: BaseDatabaseWrapper, sql: str, parameters: Sequence[Any] | Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    """Run ``sql`` with parameters that travel in binary, and return its rows."""
    # Django's usual cursor writes every value into the text of the statement.
    from django.db.backends.postgresql.base import ServerBindingCursor

    # Asked for one all the same: with it, an engine of schemas tells the server which one it is in.
    connection.cursor().close()
    cursor: Any = ServerBindingCursor(connection.connection)  # type: ignore[call-arg]
    try:
        with connection.wrap_database_errors, cursor:
            cursor.execute(sql, parameters, binary=True)
            return cursor.fetchall() if cursor.description else []
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", None) in WRONG_TYPES:
            raise DataError(*error.args) from error
        raise
