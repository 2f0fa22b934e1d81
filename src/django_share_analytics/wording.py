"""An error in words that may be logged and kept: what went wrong, and nothing of what was written.

Databases quote the values of the row that they refuse, drivers, Django and Python those that they
can't convert: who shared, in which session, with which browser. A message of theirs is only passed
on where it is known to speak of the database; else the error says its kind and its place.
"""

from __future__ import annotations

import re
import sqlite3
import traceback
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import Error, InterfaceError, InternalError, NotSupportedError, OperationalError
from django.db.transaction import TransactionManagementError

from django_share_analytics.exceptions import ShareAnalyticsError

if TYPE_CHECKING:
    from collections.abc import Iterator

OF_VALUES = (
    ValueError, TypeError, KeyError, AttributeError, OverflowError, AssertionError, ValidationError
)  # fmt: skip
"""What is raised for a value, and often repeats it."""
OF_BROKERS = {"amqp", "celery", "kombu", "redis"}
"""They name queues and servers, and never repeat what was sent, whatever kind theirs is."""
DRIVERS = {"psycopg", "psycopg2", "MySQLdb", "pymysql", "sqlite3"}
OF_CONNECTIONS = (
    OperationalError, InterfaceError, InternalError, NotSupportedError, TransactionManagementError
)  # fmt: skip
"""What Django and the drivers raise of themselves, without a server that looked at a row."""

POSTGRESQL_CLASSES = {
    "08", "0A", "25", "26", "28", "3B", "3D", "3F", "40", "42", "53", "54", "55", "57", "58",
    "XX",
}  # fmt: skip
"""Classes of SQLSTATE whose primary message names nothing but what the database has: not those of
data (22), which quote it, nor those that somebody's trigger raises (P0, or as a constraint: 23)."""
MYSQL_CODES = {
    # an unknown column or table, too many or killed connections, rights, read only, full
    1020, 1021, 1030, 1036, 1037, 1038, 1040, 1041, 1044, 1045, 1049, 1053, 1054, 1114, 1142, 1143,
    1146, 1153, 1205, 1213, 1227, 1290, 1317, 1792, 1836, 1927, 1969, 3024,
    # absent, out of range, too long, keys and checks: they name the column
    1048, 1264, 1364, 1406, 1451, 1452, 1267, 1270, 1271, 3819, 4025,
}  # fmt: skip
MYSQL_CLIENT = range(2000, 3000)
"""Codes of the client library, which knows of connections alone."""
MYSQL_VALUES = {1062, 1292, 1366}
"""They quote one value, and go on with the column or the key that it was for."""
ENDS_A_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
"""An error of a host's may quote what a stranger wrote: a line of the log stays one."""
QUOTED_VALUE = re.compile(r"'.*' for (?=column|key)", re.DOTALL)
SQLITE_TRIGGER = "SQLITE_CONSTRAINT_TRIGGER"


def describe(error: BaseException | None) -> str:
    """The kind of an error and what it says, without the values of any share."""
    if error is None:
        return ""
    said = ENDS_A_LINE.sub(" ", _message(error))
    return f"{type(error).__name__}: {said}" if said else f"{type(error).__name__}{_place(error)}"


def traced(error: BaseException) -> str:
    """The same, below the lines of code that it came through: a traceback without its message."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{describe(error)}\nTraceback (most recent call last):\n{frames}".rstrip()


def _message(error: BaseException) -> str:
    package = type(error).__module__.partition(".")[0]
    if isinstance(error, ShareAnalyticsError) or package in OF_BROKERS:
        return str(error)
    if isinstance(error, Error) or package in DRIVERS:
        return _of_database(error)
    return "" if isinstance(error, OF_VALUES) else str(error)


def _of_database(error: BaseException) -> str:
    for cause in _chain(error):
        if state := getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None):
            return _of_postgresql(cause, state)
        if isinstance(cause, sqlite3.Error):
            return _of_sqlite(cause)
    code = next(iter(error.args), None)
    if isinstance(code, int):
        return _of_mysql(code, str(error.args[-1]))
    return str(error) if isinstance(error, OF_CONNECTIONS) else ""


def _of_postgresql(error: Any, state: str) -> str:
    """Never what else comes with it: ``DETAIL`` is the row, ``CONTEXT`` and ``LINE`` are values."""
    about = error.diag
    if state[:2] in POSTGRESQL_CLASSES:
        return f"{about.message_primary} ({state})"
    named = (about.table_name, about.column_name, about.constraint_name)
    where = ", ".join(name for name in named if name)
    return f"SQLSTATE {state}, {type(error).__name__}{where and f', {where}'}"


def _of_mysql(code: int, text: str) -> str:
    if code in MYSQL_CODES or code in MYSQL_CLIENT:
        return f"({code}) {text}"
    if code in MYSQL_VALUES and QUOTED_VALUE.search(text):
        return f"({code}) {QUOTED_VALUE.sub('… for ', text)}"
    return f"({code})"


def _of_sqlite(error: sqlite3.Error) -> str:
    """Values are bound, and never in its messages; a trigger of somebody's may say anything."""
    name = getattr(error, "sqlite_errorname", "")
    return name if name == SQLITE_TRIGGER else str(error)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f" in {frames[-1].name}, {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
