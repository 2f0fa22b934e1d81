"""``python -m tests.migrate_round_trip``: from an empty database to the newest, to zero, and again.

No host is asked for a migration, and what is shared is the model that the settings name.

A process of its own: the settings say which host and which database.
"""

from __future__ import annotations

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

OWN_PREFIX = "share_analytics_"


def own_tables() -> set[str]:
    tables = connection.introspection.table_names()
    return {name for name in tables if name.startswith(OWN_PREFIX)}


def table_of_apps() -> str:
    """The table that the shares point to."""
    with connection.cursor() as cursor:
        relations = connection.introspection.get_relations(cursor, f"{OWN_PREFIX}share")
    return str(relations["app_id"][1])


def round_trip() -> None:
    call_command("migrate", check_unapplied=True, verbosity=0)
    # The models of these sites have no pages, and nobody asks them for any.
    with override_settings(SILENCED_SYSTEM_CHECKS=["share_analytics.W021", "share_analytics.W031"]):
        call_command("check", databases=["default"], fail_level="WARNING")
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)
    shared = apps.get_model(settings.SHARE_ANALYTICS_APP_MODEL)
    assert table_of_apps() == shared._meta.db_table
    made = own_tables()
    assert made, "migrate made no table"

    call_command("migrate", "share_analytics", "zero", verbosity=0)
    assert not own_tables(), f"left behind: {own_tables()}"

    call_command("migrate", verbosity=0)
    assert own_tables() == made


def main() -> None:
    django.setup()
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        round_trip()
    finally:
        connection.creation.destroy_test_db(None, verbosity=0)


if __name__ == "__main__":
    main()
