"""What is said of an error holds nothing of what was to be written, whoever quotes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)

from django_share_analytics import wording
from django_share_analytics.exceptions import DispatcherUnavailable, UnreadableShare
from django_share_analytics.models import Share
from django_share_analytics.writing import writer
from tests.factories import event

MARK = "Zq7SECRET"
WRONG = {
    "nothing": None,
    "a list": [MARK],
    "a dictionary": {MARK: MARK},
    "too long": MARK * 200,
    "a NUL": f"{MARK}\x00",
    "half a character": f"{MARK}\ud800",
    "another character set": f"{MARK} \U0001f600 '{MARK}",
    "text": MARK,
    "a large number": 10**30,
    "another time": datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
}
COLUMNS = (
    "id", "app_id", "platform", "user_id", "session_id", "timestamp", "user_agent", "referrer_url"
)  # fmt: skip


def personal(app, **values):
    """A share whose every text can be told."""
    texts = {name: f"{MARK} {name}" for name in ("session_id", "user_agent", "referrer_url")}
    return replace(event(app), **texts | values)


def refusal(share):
    """The error that writing this share ends with, if it does."""
    try:
        with transaction.atomic():
            writer.write_shares([share])
    except Exception as error:
        return error
    return None


@pytest.mark.django_db
@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("wrong", WRONG)
def test_describe__tells_no_value_of_a_share_that_was_refused(column, wrong, app):
    if column == "timestamp" and wrong != "another time":
        pytest.skip("an event can't have that")
    if error := refusal(personal(app, **{column: WRONG[wrong]})):
        assert type(error).__name__ in wording.describe(error)
        assert "in write_shares" in wording.traced(error)
        assert MARK not in wording.describe(error) + wording.traced(error)


STATEMENTS = {
    "the same id": "INSERT INTO {t} ({c}) SELECT {c} FROM {t}",
    "no such column": "UPDATE {t} SET nowhere = '" + MARK + "'",
    "broken": "UPDATE {t} SET session_id = '" + MARK + "' WHERE WHERE",
    "of another type": "SELECT 1 FROM {t} WHERE timestamp + '" + MARK + "' = '" + MARK + "'::uuid",
}


@pytest.mark.django_db
@pytest.mark.parametrize("what", STATEMENTS)
def test_describe__tells_nothing_of_a_statement_with_values_in_it(what, app):
    writer.write_shares([personal(app)])
    names = [connection.ops.quote_name(field.column) for field in Share._meta.concrete_fields]
    table = connection.ops.quote_name(Share._meta.db_table)
    sql = STATEMENTS[what].format(t=table, c=", ".join(names))
    with (
        pytest.raises(DatabaseError) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert MARK not in wording.describe(caught.value)
    assert MARK not in wording.traced(caught.value)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (None, ""),
        (OperationalError("could not connect to server"), "OperationalError: could not connect to"),
        (OperationalError(2006, "Server has gone away"), "OperationalError: (2006) Server has"),
        (OperationalError(1406, "Data too long for column 'c' at row 1"),
         "OperationalError: (1406) Data too long for column 'c' at row 1"),
        (OperationalError(1366, f"Incorrect string value: '{MARK}' for column `t`.`c` at row 1"),
         "OperationalError: (1366) Incorrect string value: … for column `t`.`c` at row 1"),
        (IntegrityError(1062, f"Duplicate entry '{MARK}' for key '{MARK}' for key 'PRIMARY'"),
         "IntegrityError: (1062) Duplicate entry … for key 'PRIMARY'"),
        (OperationalError(1644, MARK), "OperationalError: (1644)"),
        (ProgrammingError(1064, f"near '{MARK}' at line 1"), "ProgrammingError: (1064)"),
        (DataError(1366, MARK), "DataError: (1366)"),
        (DataError(MARK), "DataError"),
        (IntegrityError(MARK), "IntegrityError"),
        (ValueError(MARK), "ValueError"),
        (ValidationError(MARK), "ValidationError"),
        (KeyError(MARK), "KeyError"),
        (UnicodeEncodeError("ascii", MARK, 0, 1, MARK), "UnicodeEncodeError"),
        (UnreadableShare(), "UnreadableShare: This is not an encoded share."),
        (DispatcherUnavailable("full"), "DispatcherUnavailable: full"),
        (ImproperlyConfigured("no queue"), "ImproperlyConfigured: no queue"),
        (ZeroDivisionError("a stranger's"), "ZeroDivisionError: a stranger's"),
        (OSError(28, "No space left on device"), "OSError: [Errno 28] No space left on device"),
    ],
    ids=repr,
)  # fmt: skip
def test_describe__says_what_is_known_to_be_no_value(error, said):
    assert wording.describe(error).startswith(said)
    assert MARK not in wording.describe(error)


def test_describe__says_where_what_it_says_no_more_about_came_from():
    try:
        raise KeyError(MARK)
    except KeyError as error:
        place = wording.describe(error)
        frames = wording.traced(error)
    assert place.startswith("KeyError in test_describe__says_where")
    assert f"{__file__}:" in place
    assert "raise KeyError(MARK)" in frames  # the code, and not its values
    assert MARK not in frames


@pytest.mark.django_db
def test_describe__names_what_an_operator_looks_for(app):
    with pytest.raises(IntegrityError) as caught:
        writer.write_shares([personal(app, session_id=None)])
    assert "session_id" in wording.describe(caught.value)
