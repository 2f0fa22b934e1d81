"""What a writer says to the database before it reads or writes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from django.db import connections

from django_share_analytics.places import current_tenant

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.utils import CursorWrapper
    from django.db.models import Model, QuerySet


def lock_for_writing(connection: BaseDatabaseWrapper, model: type[Model]) -> None:
    """On SQLite, become the one writer now, before anything is read.

    A transaction that reads first and writes later fails at once when another one wrote in between;
    one that starts by writing waits for its turn.
    """
    if connection.vendor == "sqlite":
        table = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE 1 = 0")  # noqa: S608


def read_and_keep(
    rows: QuerySet[Any, tuple[Any, ...]], *, only_there: bool = False
) -> list[tuple[Any, ...]]:
    """The values of these rows, as they are now. Nobody changes the rows until the commit; whoever
    else keeps them need not wait for it, so whoever keeps a row changes none of its table later
    on. ``only_there``: nobody deletes them; on PostgreSQL all but their keys may be changed."""
    connection = connections[rows.db]
    on_postgresql = " FOR KEY SHARE" if only_there else " FOR SHARE"
    clause = {"postgresql": on_postgresql, "mysql": " LOCK IN SHARE MODE"}
    compiler = rows.query.get_compiler(connection=connection)
    sql, parameters = compiler.as_sql()
    with connection.cursor() as cursor:
        cursor.execute(sql + clause.get(connection.vendor, ""), parameters)
        return [tuple(row) for row in compiler.results_iter([cursor.fetchall()])]


def check_constraints_now(connection: BaseDatabaseWrapper, models: Collection[type[Model]]) -> None:
    """On PostgreSQL, check these models' foreign keys at each statement from now on.

    They are deferred to the commit otherwise, which may be that of a host's own transaction.
    """
    if connection.vendor != "postgresql":
        return
    tables = tuple(connection.ops.quote_name(model._meta.db_table) for model in models)
    known = _constraints.setdefault(connection.connection, {})
    key = current_tenant(), tables
    with connection.cursor() as cursor:
        if key not in known:
            known[key] = _deferrable_constraints(cursor, tables)
        if known[key]:
            cursor.execute(f"SET CONSTRAINTS {known[key]} IMMEDIATE")


_constraints: WeakKeyDictionary[Any, dict[tuple[str, tuple[str, ...]], str]] = WeakKeyDictionary()
"""The names of a tenant's tables' foreign keys, as long as the connection lives that asked for
them: a connection goes from one tenant to the next, and a schema may have names of its own."""


def _deferrable_constraints(cursor: CursorWrapper, tables: Sequence[str]) -> str:
    cursor.execute(
        "SELECT quote_ident(conname) FROM pg_constraint WHERE contype = 'f' AND condeferrable"
        " AND conrelid = ANY(%s::regclass[])",
        [list(tables)],
    )
    return ", ".join(row[0] for row in cursor.fetchall())
