"""What is heard of shares that are dropped, and a table that takes none."""

from __future__ import annotations

import pytest
from django.db import connection

from django_share_analytics import signals
from django_share_analytics.models import Share


@pytest.fixture
def heard():
    """Every call of ``shares_dropped``: (reason, ids)."""
    calls = []

    def hear(events, reason, **kwargs):
        calls.append((reason, [event.id for event in events]))

    signals.shares_dropped.connect(hear)
    yield calls
    signals.shares_dropped.disconnect(hear)


@pytest.fixture
def alter():
    """``alter()``: the table of shares gets a column that this version knows nothing of, as when
    the next one has been migrated already. What it returns makes an end of that."""
    if connection.vendor == "mysql":
        pytest.skip("a change of a table ends the transaction there")
    table = connection.ops.quote_name(Share._meta.db_table)

    def execute(sql):
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} {sql}")

    def alter():
        # SQLite adds a column that no row may lack to an empty table only.
        execute("ADD COLUMN next integer CONSTRAINT is_given CHECK (next IS NOT NULL)")
        return lambda: execute("DROP COLUMN next")

    return alter


@pytest.fixture
def altered(alter):
    return alter()
