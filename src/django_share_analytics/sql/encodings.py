"""Which characters a database can store: those of a column of MySQL's, or of a whole database."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.backends.base.base import BaseDatabaseWrapper

MYSQL_COMPLETE = ("utf8mb4", "utf16", "utf16le", "utf32")
POSTGRESQL_COMPLETE = {"UTF8", "GB18030", "SQL_ASCII"}  # the last looks at nothing


def poor_columns(
    connection: BaseDatabaseWrapper, table: str, names: Iterable[str]
) -> dict[str, str]:
    """How to convert each of these columns of MySQL's that lacks characters: ``MODIFY …``."""
    if connection.vendor != "mysql":
        return {}
    marks = ", ".join(["%s"] * len(MYSQL_COMPLETE))
    sql = (
        "SELECT column_name, column_type, is_nullable FROM information_schema.columns "  # noqa: S608
        "WHERE table_schema = DATABASE() AND table_name = %s "
        f"AND character_set_name NOT IN ({marks})"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [table, *MYSQL_COMPLETE])
        found = {name: (type_, is_nullable) for name, type_, is_nullable in cursor.fetchall()}
    quote = connection.ops.quote_name
    return {
        name: f"MODIFY {quote(name)} {found[name][0]} CHARACTER SET utf8mb4"
        f"{'' if found[name][1] == 'YES' else ' NOT NULL'}"
        for name in names
        if name in found
    }


def poor_encoding(connection: BaseDatabaseWrapper) -> str:
    """That of PostgreSQL's database, or of the connection to MySQL, if it lacks characters."""
    ask = {"postgresql": "SHOW server_encoding", "mysql": "SELECT @@character_set_client"}
    if connection.vendor not in ask:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(ask[connection.vendor])
        [name] = cursor.fetchone()
    return "" if name in {*MYSQL_COMPLETE, *POSTGRESQL_COMPLETE} else str(name)
