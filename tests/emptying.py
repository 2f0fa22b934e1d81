"""The database after a test with transactions of its own: as it was after the migrations.

Django truncates every table then, and makes content types and permissions anew. There are hundreds
of such tests, and most have written to a few tables.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db import connections, transaction
from django.test import TransactionTestCase

if TYPE_CHECKING:
    from collections.abc import Iterator

_flush = TransactionTestCase._fixture_teardown
_migrated: dict[tuple[str, str], dict[str, list[Any]]] = {}
"""The rows in each table that has some, by the alias and the name of the database."""


def note(alias: str) -> None:
    """Remember what is in the database: that is what shall be in it after each test."""
    with _tables(alias) as (tables, filled):
        _migrated[_key(alias)] = {name: tables.rows(name) for name in filled}


def instead_of_flush(test_case: TransactionTestCase) -> None:
    """Takes the place of ``TransactionTestCase._fixture_teardown``."""
    aliases = test_case._databases_names(include_mirrors=False)
    if all(_key(alias) in _migrated for alias in aliases):
        for alias in aliases:
            put_back(alias)
    else:
        _flush(test_case)


def put_back(alias: str) -> None:
    """Make it so, whatever a test has done to rows."""
    migrated = _migrated[_key(alias)]
    with _tables(alias) as (tables, filled):
        for name in {*filled} - {*migrated}:
            tables.delete(name)
        changed = {name: rows for name, rows in migrated.items() if tables.rows(name) != rows}
        for name in changed:
            tables.delete(name)
        for name, rows in changed.items():
            tables.insert(name, rows)
    if changed:
        ContentType.objects.clear_cache()


class _Tables:
    def __init__(self, connection: Any, cursor: Any) -> None:
        self._quote = connection.ops.quote_name
        self._cursor = cursor

    def filled(self, names: list[str]) -> list[str]:
        """Those that have rows."""
        found = ", ".join(f"EXISTS (SELECT 1 FROM {self._quote(name)})" for name in names)
        self._cursor.execute(f"SELECT {found}")
        return [name for name, has in zip(names, self._cursor.fetchone(), strict=True) if has]

    def rows(self, name: str) -> list[Any]:
        self._cursor.execute(f"SELECT * FROM {self._quote(name)}")
        return sorted(self._cursor.fetchall(), key=repr)

    def delete(self, name: str) -> None:
        self._cursor.execute(f"DELETE FROM {self._quote(name)}")

    def insert(self, name: str, rows: list[Any]) -> None:
        values = ", ".join(["%s"] * len(rows[0]))
        self._cursor.executemany(f"INSERT INTO {self._quote(name)} VALUES ({values})", rows)


@contextmanager
def _tables(alias: str) -> Iterator[tuple[_Tables, list[str]]]:
    """In a transaction: what can be done to tables, and the names of those that have rows."""
    connection = connections[alias]
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with (
        connection.constraint_checks_disabled(),
        transaction.atomic(alias),
        connection.cursor() as cursor,
    ):
        tables = _Tables(connection, cursor)
        yield tables, tables.filled(names)


def _key(alias: str) -> tuple[str, str]:
    return alias, str(connections[alias].settings_dict["NAME"])
