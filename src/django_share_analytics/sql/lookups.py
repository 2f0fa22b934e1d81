"""Look-ups of what people typed, in databases that don't have the characters for all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django_share_analytics.sql.errors import is_lack_of_characters
from django_share_analytics.sql.transactions import without_harm_to_a_transaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

T = TypeVar("T")


def first_of(rows: QuerySet[Any]) -> Any:
    """The first row, or ``None``: also where the database can't be asked, as none has such text."""
    return _asked(rows, rows.first, otherwise=None)


def can_be_asked(rows: QuerySet[Any]) -> bool:
    """Whether the database has the characters for what is asked of it. It is asked for a row."""
    return _asked(rows, lambda: rows.exists() or True, otherwise=False)


def _asked(rows: QuerySet[Any], ask: Callable[[], T], *, otherwise: T) -> T:
    try:
        with without_harm_to_a_transaction(rows.db):
            return ask()
    except Exception as error:
        if not is_lack_of_characters(error):
            raise
        return otherwise
