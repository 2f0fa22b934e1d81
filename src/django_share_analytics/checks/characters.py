"""Databases have characters for what visitors write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.checks import CheckMessage, Warning
from django.db import Error as DatabaseError
from django.db import connections

from django_share_analytics.models import Share
from django_share_analytics.sql.encodings import poor_columns, poor_encoding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper


TEXT_COLUMNS = ("session_id", "user_agent", "referrer_url")


def check_characters(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """W023: the database has characters for what visitors write."""
    table = Share._meta.db_table
    messages: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        try:
            with connection.cursor() as cursor:
                if table not in connection.introspection.table_names(cursor):
                    continue
            columns = poor_columns(connection, table, TEXT_COLUMNS)
            encoding = poor_encoding(connection)
        except DatabaseError:
            continue  # away, which is not ours to report
        for problem, hint in _poor(connection, table, columns, encoding):
            messages.append(
                Warning(
                    f"The database {alias!r} has no characters for some of what visitors write: "
                    f"{problem}. Such characters are stored as \\U0001f600.",
                    hint=hint,
                    id="share_analytics.W023",
                )
            )
    return messages


def _poor(
    connection: BaseDatabaseWrapper, table: str, columns: dict[str, str], encoding: str
) -> Iterator[tuple[str, str]]:
    if columns:
        statement = f"ALTER TABLE {connection.ops.quote_name(table)} {', '.join(columns.values())};"
        yield f"{', '.join(columns)} of {table} are not utf8mb4", f"Run, with a backup: {statement}"
    if encoding and connection.vendor == "mysql":
        yield (
            f"its connection speaks {encoding}",
            'Set "charset": "utf8mb4" in the OPTIONS of the database.',
        )
    elif encoding:
        yield f"its encoding is {encoding}", "Dump it, and load it into a database in UTF8."
