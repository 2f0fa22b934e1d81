"""Rows that are inserted unless they are there: in raw SQL, which says which of them were new.

Rows are sorted by key, so that two writers never wait for each other in a circle.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from django.db import IntegrityError

from django_share_analytics.exceptions import WriteConflict
from django_share_analytics.sql import postgresql
from django_share_analytics.sql.statements import (
    chunks,
    fields_of,
    insert_into,
    insert_rows,
    prepared,
    quoted,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import Field, Model

MYSQL_DUPLICATE_KEY = 1062
MARIADB_VERSIONS = range(1, 8)


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
        key = quoted(connection, fields[0])
        clause = f"ON CONFLICT ({key}) DO NOTHING RETURNING {key}"
        start = insert_into(connection, model, fields)
        return {
            row[0] for row in postgresql.insert(connection, start, types, rows.values(), clause)
        }
    ready = prepared(fields, rows.values(), connection)
    keys = dict(zip(map(itemgetter(0), ready), rows, strict=True))
    ordered = sorted(ready, key=itemgetter(0))
    if connection.vendor == "mysql":
        new = _insert_absent(connection, model, fields, ordered)
    else:
        new = _insert_or_ignore(connection, model, fields, ordered)
    return {keys[key] for key in new}


def _insert_or_ignore(
    connection: BaseDatabaseWrapper,
    model: type[Model],
    fields: Sequence[Field[Any, Any]],
    rows: Sequence[tuple[Any, ...]],
) -> set[Any]:
    key = quoted(connection, fields[0])
    new: set[Any] = set()
    with connection.cursor() as cursor:
        for chunk in chunks(rows, len(fields)):
            sql, values = insert_rows(connection, model, fields, chunk)
            cursor.execute(f"{sql} ON CONFLICT ({key}) DO NOTHING RETURNING {key}", values)
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
    table, key = connection.ops.quote_name(model._meta.db_table), quoted(connection, fields[0])
    new: set[Any] = set()
    with connection.cursor() as cursor:
        for chunk in chunks(rows, len(fields)):
            marks = ", ".join(["%s"] * len(chunk))
            keys = [row[0] for row in chunk]
            cursor.execute(f"SELECT {key} FROM {table} WHERE {key} IN ({marks})", keys)  # noqa: S608
            there = {str(row[0]) for row in cursor.fetchall()}
            absent = [row for row in chunk if str(row[0]) not in there]
            if not absent:
                continue
            try:
                cursor.execute(*insert_rows(connection, model, fields, absent))
            except IntegrityError as error:
                if error.args[0] == MYSQL_DUPLICATE_KEY:
                    raise WriteConflict from error
                raise
            new.update(row[0] for row in absent)
    return new


def storable_id(connection: BaseDatabaseWrapper, id: UUID) -> UUID:
    """``id``, or, where the database takes no such UUID, always the same other one.

    MariaDB's own type refuses a quarter of all 128-bit numbers: none of those that RFC 9562 lays
    out as a version from 1 to 7.
    """
    takes_all = connection.vendor != "mysql" or not connection.features.has_native_uuid_field
    if takes_all or not isinstance(id, UUID) or (id.version or 0) in MARIADB_VERSIONS:
        return id
    return uuid5(id, "share")
