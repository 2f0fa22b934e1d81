"""What a database's errors mean, asked of the database itself."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from django_share_analytics.sql import errors

STATEMENTS = (
    "SELECT * FROM poor WHERE word IN (%s)",
    "SELECT * FROM poor WHERE word IN (%s, 'b')",
    "SELECT * FROM poor WHERE word = %s",
    "INSERT INTO poor VALUES (%s)",
)


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["utf8mb3", "latin1", "cp1256", "ascii"])
@pytest.mark.parametrize("sql", STATEMENTS)
def test_lack_of_characters__in_a_column(charset, sql):
    """Whether it is written, or looked for, as strangers' keys of apps are."""
    if connection.vendor != "mysql":
        pytest.skip("columns have no character sets of their own")
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE poor (word varchar(9) CHARACTER SET {charset})")
        try:
            with pytest.raises(OperationalError) as caught:
                cursor.execute(sql, ["\U0001f600"])
        finally:
            cursor.execute("DROP TEMPORARY TABLE poor")
    assert errors.is_lack_of_characters(caught.value)
    assert errors.is_refusal(caught.value)


@pytest.mark.django_db
@pytest.mark.parametrize("sql", ["SELECT %s", "SELECT 1 WHERE 'a' = %s"])
def test_lack_of_characters__in_a_connection(sql):
    if connection.vendor != "postgresql":
        pytest.skip("it speaks UTF-8")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL client_encoding TO 'LATIN1'")
        with pytest.raises(UnicodeEncodeError) as caught:
            cursor.execute(sql, ["\u0634"])
        transaction.set_rollback(True)
    assert errors.is_lack_of_characters(caught.value)
    assert errors.is_refusal(caught.value)


@pytest.mark.parametrize(
    "error", [OperationalError("no server"), OperationalError(1205, "lock"), IntegrityError("null")]
)
def test_lack_of_characters__is_not_everything(error):
    assert not errors.is_lack_of_characters(error)
