"""Transactions of ours that are tried again, and queries that may fail inside of a host's."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from django.db import DatabaseError, connections, transaction

from django_share_analytics.backoff import backoff
from django_share_analytics.sql.errors import is_conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


T = TypeVar("T")

MAX_SECONDS = 5.0
"""How long a transaction is tried again when others get in its way."""
FIRST_PAUSE, LAST_PAUSE = 0.005, 0.5
"""Seconds between the tries. Writers that met once would meet again without them."""


def is_in_transaction(using: str) -> bool:
    """Whether what is asked now is part of the host's own transaction, by ``atomic`` or by hand.

    :raises django.db.Error: there is no connection yet, and none can be had.
    """
    connection = connections[using]
    return connection.in_atomic_block or not connection.get_autocommit()


@contextmanager
def without_harm_to_a_transaction(using: str) -> Iterator[None]:
    """A savepoint, if there is a transaction: a query that fails would end the host's, too."""
    if not is_in_transaction(using):
        yield
        return
    with transaction.atomic(using=using):
        yield


def in_transaction(using: str, work: Callable[[], T]) -> T:
    """What ``work()`` returns, run in a transaction; again when others get in its way.

    :raises django.db.Error: the database is away, or refuses what ``work`` does.
    """
    connection = connections[using]
    deadline = time.monotonic() + MAX_SECONDS
    for pause in backoff(FIRST_PAUSE, LAST_PAUSE):
        try:
            with transaction.atomic(using=using):
                return work()
        except DatabaseError as error:
            # A host's transaction that the database undid with ours can't be gone on with.
            hopeless = connection.needs_rollback or time.monotonic() + pause > deadline
            if hopeless or not is_conflict(connection, error):
                raise
        time.sleep(pause)
    raise AssertionError("unreachable")
