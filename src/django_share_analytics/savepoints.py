"""Queries that may fail, inside a transaction that is not ours."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connections, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def without_harm_to_a_transaction(using: str) -> Iterator[None]:
    """A savepoint, if there is a transaction: a query that fails would end the host's, too."""
    if not connections[using].in_atomic_block:
        yield
        return
    with transaction.atomic(using=using):
        yield
