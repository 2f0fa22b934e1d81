"""What a database's errors mean: whose fault they are, and whether to try again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, OperationalError

from django_share_analytics.exceptions import WriteConflict

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

MYSQL_BAD_TEXTS = {1267, 1270, 1271, 1300, 1366, 3988}
"""Not in the character set: of what a column is compared with, of the connection, of a column."""
MYSQL_BAD_VALUES = {1264, 1292, 1406} | MYSQL_BAD_TEXTS
"""Out of range, wrong value, too long: its driver calls some of them operational errors."""
POSTGRESQL_BAD_TEXTS = {"22P05", "22021"}


BAD_VALUES = ValueError | TypeError | OverflowError | ValidationError
"""What Django and the drivers raise for a value before any database sees it."""


CONFLICTS: dict[str, set[Any]] = {
    # serialization failure, deadlock, foreign key, unique key
    "postgresql": {"40001", "40P01", "23503", "23505"},
    # lock wait timeout, deadlock, changed since it was read, foreign key, unique key
    "mysql": {1205, 1213, 1020, 1452, 1062},
}
"""What may go well at the next try, as another transaction was at it. That includes the keys: which
apps, users and shares there are was looked up just before, and what has come or gone since is seen
then. A value that is missing or too long is the row's own fault, and stays it."""


def is_conflict(connection: BaseDatabaseWrapper, error: Exception) -> bool:
    """Whether the database gave up a transaction because of another one: it can be tried again."""
    if isinstance(error, WriteConflict):
        return True
    if connection.vendor == "sqlite":
        return "locked" in str(error)
    return _code(error) in CONFLICTS.get(connection.vendor, set())


def is_refusal(error: Exception) -> bool:
    """Whether the database looked at the rows and will never take them.

    Everything else (no connection, no table, no space) passes, and the rows are good.
    """
    if isinstance(error, OperationalError):
        return bool(error.args) and error.args[0] in MYSQL_BAD_VALUES
    return isinstance(error, DataError | IntegrityError | BAD_VALUES)


def is_lack_of_characters(error: Exception) -> bool:
    """Whether a text may be what the database refuses: its character set is not that of all."""
    bad_texts = MYSQL_BAD_TEXTS | POSTGRESQL_BAD_TEXTS
    return isinstance(error, UnicodeEncodeError) or _code(error) in bad_texts


def _code(error: Exception) -> Any:
    """The server's: of PostgreSQL five characters, of MySQL a number."""
    cause = error.__cause__
    state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    return state or next(iter(error.args), None)
