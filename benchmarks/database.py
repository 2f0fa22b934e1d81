"""A database of the benchmark's own, gone when it is over."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import django

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
        connection.creation.destroy_test_db(None, verbosity=0)
        print(f"{name} is gone again")


def make_apps() -> list[UUID]:
    from django.apps import apps
    from django.conf import settings

    model = apps.get_model(settings.SHARE_ANALYTICS_APP_MODEL)
    made = model.objects.bulk_create([model(name=f"App {n}") for n in range(APPS)])
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
