"""Which characters a database lacks, asked of real ones that lack some."""

from __future__ import annotations

import pytest
from django.db import connection

from django_share_analytics.checks import TEXT_COLUMNS, check_characters
from django_share_analytics.models import Share
from django_share_analytics.sql import encodings
from tests.writing.test_charsets import poor

pytestmark = pytest.mark.django_db(transaction=True)

assert poor  # a fixture


def test_check__is_content_with_a_complete_database():
    assert check_characters(databases=["default"]) == []
    assert check_characters(databases=None) == []


@pytest.mark.parametrize("poor", ["utf8mb3", "latin1"], indirect=True)
def test_w021__says_how_to_convert(poor):
    if connection.vendor != "mysql":
        pytest.skip("see below")
    [message] = check_characters(databases=["default"])
    assert message.id == "share_analytics.W023"
    assert f"session_id, user_agent, referrer_url of {Share._meta.db_table}" in message.msg
    with connection.cursor() as cursor:
        cursor.execute(message.hint.partition(": ")[2])
        cursor.execute(f"SHOW CREATE TABLE {Share._meta.db_table}")
        definition = cursor.fetchone()[1]
    assert check_characters(databases=["default"]) == []
    assert "`session_id` varchar(100) " in definition
    assert definition.count("varchar(500)") == len(TEXT_COLUMNS) - 1
    assert [field.null for field in map(Share._meta.get_field, TEXT_COLUMNS)] == [
        "NOT NULL" not in line
        for line in definition.splitlines()
        if line.strip().startswith(tuple(f"`{name}`" for name in TEXT_COLUMNS))
    ]


def test_w021__of_a_connection():
    if connection.vendor != "mysql":
        pytest.skip("see below")
    with connection.cursor() as cursor:
        cursor.execute("SET NAMES latin1")
    try:
        [message] = check_characters(databases=["default"])
    finally:
        connection.close()
    assert "its connection speaks latin1" in message.msg
    assert '"charset": "utf8mb4"' in message.hint


def test_poor_encoding__of_a_database():
    if connection.vendor != "postgresql":
        pytest.skip("its databases have no encoding that matters")
    name = f"{connection.settings_dict['NAME']}_latin"
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE DATABASE {name} ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' "
            "TEMPLATE template0"
        )
    other = connection.copy()
    other.settings_dict["NAME"] = name
    try:
        assert encodings.poor_encoding(other) == "LATIN1"
        assert encodings.poor_encoding(connection) == ""
    finally:
        other.close()
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name}")


def test_check__of_a_database_that_is_away_or_not_migrated(monkeypatch):
    monkeypatch.setattr(Share._meta, "db_table", "nowhere")
    assert check_characters(databases=["default"]) == []
