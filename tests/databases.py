"""The databases that the tests can run on: where they are, and whether they can be reached.

``TEST_DATABASE`` picks one. PostgreSQL and MariaDB are looked for on this machine, with their own
clients' variables (``PGHOST``, ``MYSQL_HOST`` and so on) to say otherwise.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

CHOICES = ("sqlite", "postgres", "mariadb")


def run_name() -> str:
    """A name of this test run's own, so that runs at the same time don't share a database."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")[:8] or str(os.getpid())
    return f"test_share_analytics_{run}"


def configuration(database: str) -> dict[str, Any]:
    """What belongs under ``DATABASES["default"]``.

    A process that a test starts gets the name of the database that is there already in
    ``TEST_DATABASE_NAME`` (see ``child_environment``).
    """
    config = _CONFIGURATIONS[database]()
    if name := os.environ.get("TEST_DATABASE_NAME"):
        config["NAME"] = name
    return config


def _sqlite() -> dict[str, Any]:
    # A file, as threads and processes that a test starts can't share a database in memory.
    path = Path(tempfile.gettempdir()) / f"{run_name()}.sqlite3"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": ":memory:",
        "TEST": {"NAME": str(path)},
        "OPTIONS": {"init_command": "PRAGMA synchronous = OFF"},
    }


def _postgres() -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ.get("PGDATABASE", "postgres"),
        "HOST": os.environ.get("PGHOST", "127.0.0.1"),
        "PORT": os.environ.get("PGPORT", "5432"),
        "USER": os.environ.get("PGUSER", "postgres"),
        "PASSWORD": os.environ.get("PGPASSWORD", ""),
        # Of these tests none stops the server: `make test-crash` does, with settings of its own.
        "OPTIONS": {"options": "-c synchronous_commit=off"},
        "TEST": {"NAME": run_name()},
    }


def _mariadb() -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.mysql",
        "NAME": os.environ.get("MYSQL_DATABASE", ""),
        "HOST": os.environ.get("MYSQL_HOST", "127.0.0.1"),
        "PORT": os.environ.get("MYSQL_TCP_PORT", "3306"),
        "USER": os.environ.get("MYSQL_USER", "root"),
        "PASSWORD": os.environ.get("MYSQL_PWD", ""),
        "OPTIONS": {"charset": "utf8mb4"},
        "TEST": {"NAME": run_name(), "CHARSET": "utf8mb4"},
    }


_CONFIGURATIONS = {"sqlite": _sqlite, "postgres": _postgres, "mariadb": _mariadb}


def child_environment(**extra: str) -> dict[str, str]:
    """The environment for a process that shall work on the database of the running test."""
    from django.db import connection

    name = str(connection.settings_dict["NAME"])
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "TEST_DATABASE_NAME": name,
        **extra,
    }


@contextmanager
def empty(folder: Path) -> Iterator[str]:
    """The name of an empty database beside that of the running test; gone in the end.

    For processes that a test starts, in ``TEST_DATABASE_NAME``. Where it is a file, in ``folder``.
    """
    from django.db import connection

    if connection.vendor == "sqlite":
        yield str(folder / "site.sqlite3")
        return
    name = f"{run_name()}_site_{os.getpid()}"
    character_set = " CHARACTER SET utf8mb4" if connection.vendor == "mysql" else ""
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}{character_set}")
    yield name
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name}")


def why_not(database: str) -> str:
    """Why no test can run on ``database`` here; empty when they can."""
    return {"postgres": _why_not_postgres, "mariadb": _why_not_mariadb}.get(database, str)()


def _why_not_postgres() -> str:
    try:
        import psycopg
    except ImportError:
        return "psycopg is not installed"
    config = _postgres()
    try:
        psycopg.connect(
            host=config["HOST"],
            port=config["PORT"],
            user=config["USER"],
            password=config["PASSWORD"],
            dbname=config["NAME"],
            connect_timeout=5,
        ).close()
    except psycopg.OperationalError as error:
        return f"no PostgreSQL at {config['HOST']}:{config['PORT']} ({_first_line(error)})"
    return ""


def _why_not_mariadb() -> str:
    try:
        import MySQLdb
    except ImportError:
        return "mysqlclient is not installed (it needs a C compiler and libmariadb-dev)"
    config = _mariadb()
    try:
        MySQLdb.connect(
            host=config["HOST"],
            port=int(config["PORT"]),
            user=config["USER"],
            password=config["PASSWORD"],
            connect_timeout=5,
        ).close()  # type: ignore[no-untyped-call]
    except MySQLdb.OperationalError as error:
        return f"no MariaDB at {config['HOST']}:{config['PORT']} ({_first_line(error)})"
    return ""


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
