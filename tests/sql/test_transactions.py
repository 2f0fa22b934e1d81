"""What a database's errors mean, and what is tried again."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)
from django.db.models import F

from django_share_analytics.exceptions import WriteConflict
from django_share_analytics.models import SiteHour
from django_share_analytics.sql import errors, transactions
from django_share_analytics.sql.transactions import in_transaction
from tests.factories import NOON


def from_postgresql(state):
    error = DatabaseError("what the server said")
    error.__cause__ = Exception()
    error.__cause__.sqlstate = state
    return error


CONFLICTS = [
    ("postgresql", from_postgresql("40001")),  # can't be serialized
    ("postgresql", from_postgresql("40P01")),  # deadlock
    ("postgresql", from_postgresql("23503")),  # the app went meanwhile
    ("postgresql", from_postgresql("23505")),  # somebody else made the same row
    ("mysql", OperationalError(1205, "lock wait timeout")),
    ("mysql", OperationalError(1213, "deadlock")),
    ("mysql", OperationalError(1020, "record has changed")),
    ("mysql", IntegrityError(1452, "foreign key")),
    ("mysql", IntegrityError(1062, "duplicate")),
    ("sqlite", OperationalError("database is locked")),
    ("sqlite", OperationalError("database table is locked: share")),
    *((vendor, WriteConflict()) for vendor in ("postgresql", "mysql", "sqlite")),
]
OTHERS = [
    ("postgresql", from_postgresql("22001")),  # too long
    ("postgresql", from_postgresql("23502")),  # a value is missing
    ("postgresql", OperationalError("the connection is lost")),
    ("mysql", DataError(1406, "too long")),
    ("mysql", OperationalError(2006, "the server has gone away")),
    ("mysql", OperationalError()),
    ("sqlite", IntegrityError("UNIQUE constraint failed")),
    ("oracle", OperationalError(1213, "deadlock")),
]


@pytest.mark.parametrize(("vendor", "error"), CONFLICTS)
def test_is_conflict__of_what_other_transactions_do(vendor, error):
    assert errors.is_conflict(SimpleNamespace(vendor=vendor), error)


@pytest.mark.parametrize(("vendor", "error"), OTHERS)
def test_is_conflict__of_what_a_second_try_would_say_again(vendor, error):
    assert not errors.is_conflict(SimpleNamespace(vendor=vendor), error)


@pytest.mark.parametrize(
    ("error", "is_refusal"),
    [
        (DataError("too long"), True),
        (IntegrityError("a value is missing"), True),
        (ValueError("no NUL, please"), True),
        (OverflowError("int too large"), True),
        (OperationalError(1366, "not in the character set"), True),
        (OperationalError(2006, "the server has gone away"), False),
        (OperationalError("no space left"), False),
        (OperationalError(), False),
        (ProgrammingError("no such table"), False),
        (DatabaseError("?"), False),
        (RuntimeError("?"), False),
    ],
    ids=repr,
)
def test_is_refusal__of_rows_that_will_never_be_taken(error, is_refusal):
    assert errors.is_refusal(error) is is_refusal


@pytest.mark.django_db(transaction=True)
def test_in_transaction__of_two_that_wait_for_each_other():
    """The database ends one of them, which is tried again: nothing is lost, nothing is twice."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time: nobody waits for two")
    names, problems = ["copy", "x"], []
    SiteHour.objects.bulk_create(SiteHour(hour=NOON, platform=name, n=0) for name in names)
    both_hold_one = threading.Barrier(2, timeout=30)

    def add_to(first, second):
        tries = []

        def work():
            SiteHour.objects.filter(platform=first).update(n=F("n") + 1)
            tries.append(1)
            if len(tries) == 1:
                both_hold_one.wait()
            SiteHour.objects.filter(platform=second).update(n=F("n") + 1)

        try:
            in_transaction("default", work)
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=add_to, args=order) for order in (names, names[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert set(SiteHour.objects.values_list("platform", "n")) == {("copy", 2), ("x", 2)}


@pytest.mark.django_db
def test_in_transaction__inside_of_one_that_the_database_has_undone(monkeypatch):
    """As MariaDB does after a deadlock: what the host had written is gone, so nothing goes on."""
    tries = []

    def savepoint_is_gone(savepoint):
        raise OperationalError(1305, "SAVEPOINT does not exist")

    def work():
        tries.append(1)
        raise WriteConflict

    with transaction.atomic():
        monkeypatch.setattr(connection, "savepoint_rollback", savepoint_is_gone)
        with pytest.raises(WriteConflict):
            in_transaction("default", work)
        monkeypatch.undo()
        assert connection.needs_rollback
        connection.set_rollback(False)
    assert len(tries) == 1


@pytest.mark.django_db
def test_in_transaction__of_what_is_no_conflict(monkeypatch):
    monkeypatch.setattr(transactions.time, "sleep", lambda seconds: pytest.fail("tried again"))

    def work():
        raise DataError("too long")

    with pytest.raises(DataError):
        in_transaction("default", work)
