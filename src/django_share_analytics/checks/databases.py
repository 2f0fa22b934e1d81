"""Where tables are, what is in them already, and that one fits the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.checks import CheckMessage, Error, Warning
from django.db import Error as DatabaseError
from django.db import connections, transaction
from django.db.migrations.recorder import MigrationRecorder

from django_share_analytics.checks.app_model import check_app_model
from django_share_analytics.conf import (
    APP_LABEL,
    APP_MODEL_SETTING,
    get_app_model,
    reporting_zone,
)
from django_share_analytics.host.app_model import former_tables, pending_creator
from django_share_analytics.host.databases import elsewhere
from django_share_analytics.models import Share, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet


def check_databases(**kwargs: Any) -> list[CheckMessage]:
    """E025: shares, what is shared, and who shares are in one database."""
    if check_app_model():
        return []  # E001 says so
    using, others = elsewhere()
    if not others:
        return []
    return [
        Error(
            f"Shares are written to the database {using!r}, and not all that belongs to them is "
            f"there: {'; '.join(others)}.",
            hint="Have the routers of DATABASE_ROUTERS name one database for the models of "
            f"{APP_LABEL}, for {get_app_model()._meta.label} and for the users: they are joined by "
            "foreign keys.",
            id="share_analytics.E025",
        )
    ]


SET_BACK = (
    f"If it is another model, set {APP_MODEL_SETTING} back. To start over without the shares, run "
    "'migrate share_analytics zero' with the model and setting of before, then 'migrate' with the "
    "new ones."
)


def check_app_model_is_unchanged(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """E004: the shares in the database are of the model that is set now, under whatever name."""
    if check_app_model() or check_databases():
        return []  # E001 or E025 says so
    messages: list[CheckMessage] = []
    for alias in databases or ():
        if problem := _other_model(alias):
            problem = f"Shares in the database {alias!r} belong to another model: {problem}"
            hint = SET_BACK
        elif creator := _pending_creator(alias):
            problem = (
                f"Share analytics is in the database {alias!r}, and the migration {creator}, "
                f"which creates the model that {APP_MODEL_SETTING} names, is not."
            )
            hint = (
                "Is it the model of before in another app, with its table, then run with the "
                f"setting of before: migrate {creator.replace('.', ' ')} --skip-checks. {SET_BACK}"
            )
        else:
            continue
        messages.append(Error(problem, hint=hint, id="share_analytics.E004"))
    return messages


def _other_model(alias: str) -> str:

    table = get_app_model()._meta.db_table
    actual = _referenced_table(alias, Share._meta.db_table, "app_id")
    if actual in {None, table, *former_tables()}:
        return ""
    return f"their table is {actual!r}, and that of {APP_MODEL_SETTING} is {table!r}."


def _pending_creator(alias: str) -> str:
    try:
        return pending_creator(MigrationRecorder(connections[alias]).applied_migrations())
    except DatabaseError:
        return ""  # a database that is away is not ours to report


def _referenced_table(alias: str, table: str, column: str) -> str | None:
    """The table that a foreign key points to, or ``None`` when there is none to ask about."""
    connection = connections[alias]
    try:
        with connection.cursor() as cursor:
            if table not in connection.introspection.table_names(cursor):
                return None
            relations = connection.introspection.get_relations(cursor, table)
    except DatabaseError:
        return None  # a database that is away is not ours to report
    return relations[column][1] if column in relations else None


def check_zone_is_unchanged(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """W002: the counts in the database are of the time zone that is set now."""
    messages: list[CheckMessage] = []
    for alias in databases or ():
        row = first_row(alias, State._meta.db_table, State.objects.using(alias))
        zone = str(reporting_zone())
        if row is None or (row.reporting_zone == zone and not row.needs_recount):
            continue
        problem = f"are of {row.reporting_zone}, and TIME_ZONE is {zone}."
        if row.reporting_zone == zone:
            problem = f"are not all of {zone}: a recount was interrupted."
        messages.append(
            Warning(
                f"The share counts in the database {alias!r} {problem}",
                hint="Restart every process of the site, then recount in the zone that is set: "
                "manage.py verify_share_counts --repair",
                id="share_analytics.W002",
            )
        )
    return messages


def first_row(alias: str, table: str, rows: QuerySet[Any]) -> Any:
    """The first of the rows, or ``None`` when there is no such table as they want to ask."""
    try:
        with connections[alias].cursor() as cursor:
            if table not in connections[alias].introspection.table_names(cursor):
                return None
        with transaction.atomic(using=alias):
            return rows.first()
    except DatabaseError:
        return None  # away, or not migrated yet
