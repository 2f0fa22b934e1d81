"""A database of the benchmark's own, gone when it is over."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import django
import psutil

from tests import databases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

APPS = 1_000


@contextmanager
def temporary_database(database: str) -> Iterator[dict[str, str]]:
    """Gives the environment for the servers that use it."""
    os.environ["TEST_DATABASE"] = database
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    django.setup()
    from django.db import connection

    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield databases.child_environment(DJANGO_SETTINGS_MODULE="benchmarks.settings")
    finally:
        _send_others_away()
        connection.creation.destroy_test_db(None, verbosity=0)
        print(f"{name} is gone again")


def _send_others_away() -> None:
    """PostgreSQL drops no database in which a process that has just ended is still at work."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


def make_apps(n: int = APPS) -> list[UUID]:
    from django.apps import apps
    from django.conf import settings

    model = apps.get_model(settings.SHARE_ANALYTICS_APP_MODEL)
    made = model.objects.bulk_create([model(name=f"App {number}") for number in range(n)])
    return [app.pk for app in made]


def count_rows() -> dict[str, int]:
    """What was stored, by the model's label; and what the all-time rollup says."""
    from django.db.models import Sum

    from benchmarks.alternatives.models import PlainShare
    from django_share_analytics.models import AppCount, Share

    return {
        "shares": Share.objects.count(),
        "counted": AppCount.objects.aggregate(n=Sum("n"))["n"] or 0,
        "plain": PlainShare.objects.count(),
    }


class ServerThread:
    """The process of PostgreSQL, or the thread of MariaDB, that serves this connection."""

    QUERIES = {
        "postgresql": "SELECT pg_backend_pid()",
        "mysql": "SELECT tid FROM information_schema.processlist WHERE id = connection_id()",
    }

    def __init__(self) -> None:
        from django.db import connection

        self.id = 0
        if query := self.QUERIES.get(connection.vendor):
            with connection.cursor() as cursor:
                cursor.execute(query)
                self.id = cursor.fetchone()[0]

    def cpu_seconds(self) -> float:
        """What it has used; 0 where it can't be seen, and for SQLite, which has none."""
        with suppress(psutil.Error):  # PostgreSQL's has one thread, with the id of the process
            threads = psutil.Process(self.id).threads() if self.id else []
            return sum(t.user_time + t.system_time for t in threads if t.id == self.id)
        return 0.0
