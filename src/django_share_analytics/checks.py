"""System checks: what is set up wrongly, said before it fails. Ids never change their meaning."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.core import mail
from django.core.cache import InvalidCacheBackendError, caches
from django.core.cache.backends.locmem import LocMemCache
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseError
from django.db import connections, transaction
from django.db.migrations.recorder import MigrationRecorder

from django_share_analytics.conf import (
    APP_LABEL,
    APP_MODEL_SETTING,
    SETTING,
    get_app_model,
    get_settings,
    require_app_model_label,
)
from django_share_analytics.dispatch.handler import make_dispatcher
from django_share_analytics.host.app_model import former_tables, pending_creator
from django_share_analytics.host.databases import elsewhere, schemas_of_tenants
from django_share_analytics.places import TENANT_PATH, make_tenancy
from django_share_analytics.sql.encodings import poor_columns, poor_encoding
from django_share_analytics.stats.visibility import PUBLIC_APPS_PATH, public_apps
from django_share_analytics.wording import describe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import QuerySet


def check_settings(**kwargs: Any) -> list[CheckMessage]:
    """E002 and E005: ``SHARE_ANALYTICS`` is readable, and times are stored in UTC."""
    messages: list[CheckMessage] = []
    try:
        get_settings()
    except ImproperlyConfigured as error:
        messages.append(
            Error(
                str(error), hint=f"Correct {SETTING} in your settings.", id="share_analytics.E002"
            )
        )
    if not settings.USE_TZ:
        messages.append(
            Error(
                "Share analytics needs USE_TZ = True.",
                hint="Set USE_TZ = True: days are counted from instants in UTC.",
                id="share_analytics.E005",
            )
        )
    return messages


def check_app_model(**kwargs: Any) -> list[CheckMessage]:
    """E001: the setting names a model that can be shared."""
    problem = _app_model_problem()
    hint = (
        f'Set {APP_MODEL_SETTING} = "app_label.ModelName" to a model of an installed app, neither '
        "abstract nor a proxy."
    )
    return [Error(problem, hint=hint, id="share_analytics.E001")] if problem else []


def _app_model_problem() -> str:
    try:
        label = require_app_model_label()
        meta = apps.get_model(label)._meta
    except ImproperlyConfigured as error:
        return f"{error}{_meant(str(getattr(settings, APP_MODEL_SETTING, '')))}"
    except LookupError:
        return f"{APP_MODEL_SETTING} is {label!r}, and there is no such model.{_meant(label)}"
    if meta.app_label == APP_LABEL:
        return f"{APP_MODEL_SETTING} is {label!r}, which is none of your models."
    if meta.proxy or not meta.managed or meta.swapped:
        return f"{APP_MODEL_SETTING} is {label!r}, which has no table of its own."
    return ""


def _meant(label: str) -> str:
    """The model that is likely to be meant: another case, a path for a label, a slip."""
    known = {model._meta.label.lower(): model._meta.label for model in apps.get_models()}
    name = label.rpartition(".")[2].lower()
    same_name = [lower for lower in known if lower.endswith(f".{name}")]
    close = same_name or get_close_matches(label.lower(), known, n=1)
    return f' Did you mean "{known[close[0]]}"?' if len(close) == 1 else ""


def check_public_apps(**kwargs: Any) -> list[CheckMessage]:
    """E007: what says which apps are public can be called, and gives a queryset of them."""
    try:
        is_set = bool(get_settings().public_apps)
    except ImproperlyConfigured:
        return []  # E002 says so
    if not is_set or check_app_model():
        return []
    try:
        public_apps()
    except ImproperlyConfigured as error:
        problem = str(error)
    except Exception as error:  # whatever the host's function raises
        problem = f"{PUBLIC_APPS_PATH} raises {type(error).__name__}: {error}"
    else:
        return []
    hint = (
        "Name a function that takes a queryset of your model and returns one, such as "
        "lambda apps: apps.filter(is_published=True)."
    )
    return [Error(problem, hint=hint, id="share_analytics.E007")]


def check_tenants(**kwargs: Any) -> list[CheckMessage]:
    """E020 and E024: what names tenants can be asked, and is set where there are some."""
    try:
        path = get_settings().tenant
    except ImproperlyConfigured:
        return []  # E002 says so
    if path:
        return _check_tenancy(path)
    return [
        Error(
            f"The database {alias!r} has a schema for each tenant, and {TENANT_PATH} is not set: "
            "shares of one tenant would be counted for another.",
            hint=f'Set {TENANT_PATH} = "django_share_analytics.tenants.DjangoTenants".',
            id="share_analytics.E024",
        )
        for alias in schemas_of_tenants()
    ]


def _check_tenancy(path: str) -> list[CheckMessage]:
    try:
        make_tenancy(path)
    except ImproperlyConfigured as error:
        hint = "Name a class or an object with the methods current() and use(tenant)."
        return [Error(str(error), hint=hint, id="share_analytics.E020")]
    return []


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


def check_dispatchers(**kwargs: Any) -> list[CheckMessage]:
    """E003: every dispatcher can be imported, takes its options, and finds itself in order."""
    try:
        configured = get_settings().dispatchers.values()
    except ImproperlyConfigured:
        return []  # E002 says so
    messages: list[CheckMessage] = []
    for config in configured:
        try:
            dispatcher = make_dispatcher(config)
        except Exception as error:  # a dispatcher may be the host's, and so may what it raises
            is_clear = isinstance(error, ImproperlyConfigured)
            problem = str(error) if is_clear else f"{config.path} raises {describe(error)}"
            hint = f"Correct {config.path} in your settings."
            messages.append(Error(problem, hint=hint, id="share_analytics.E003"))
        else:
            messages.extend(dispatcher.check())
    return messages


def check_durability(**kwargs: Any) -> list[CheckMessage]:
    """W001 and W003: in production, an accepted share outlives the process that took it."""
    if settings.DEBUG or _tests_are_running():
        return []
    return [
        Warning(
            f"{name} is not durable: a process that is killed, or a machine that fails, takes "
            f"along what it had accepted and not yet written{when}.",
            hint='A BufferedDispatcher keeps shares in a directory, "OPTIONS": {"journal": '
            '"/var/lib/…"}; others keep them in a broker or write at once. If losing some is '
            f'all right, add "{id}" to SILENCED_SYSTEM_CHECKS.',
            id=id,
        )
        for alias, (id, when) in DURABILITY.items()
        if (name := _not_durable(alias))
    ]


def check_cache_is_shared(**kwargs: Any) -> list[CheckMessage]:
    """W004: the counts are kept where every process of the site finds them."""
    try:
        ours = get_settings()
        cache = caches[ours.cache_alias]
    except (ImproperlyConfigured, InvalidCacheBackendError):
        return []  # E002 or Django says so
    if not ours.share_count_cache_seconds or not isinstance(cache, LocMemCache):
        return []
    return [
        Warning(
            f"Share counts are kept in the cache {ours.cache_alias!r}, which each process has for "
            "itself: where several serve the site, a count goes back and forth between theirs.",
            hint="Use a cache that they share (Redis, Memcached, files), name one in "
            f'{SETTING}["CACHE_ALIAS"], or keep no counts: "SHARE_COUNT_CACHE_SECONDS": 0. If one '
            'process serves all, add "share_analytics.W004" to SILENCED_SYSTEM_CHECKS.',
            id="share_analytics.W004",
        )
    ]


DURABILITY = {
    "default": ("share_analytics.W001", ""),
    "fallback": ("share_analytics.W003", " while it stood in as the fallback"),
}


def _not_durable(alias: str) -> str:
    """The class of the dispatcher that forgets shares with its process, if it is such a one."""
    try:
        config = get_settings().dispatchers.get(alias)
        dispatcher = make_dispatcher(config) if config else None
    except Exception:
        return ""  # E002 or E003 says so
    return "" if dispatcher is None or dispatcher.is_durable else type(dispatcher).__name__


def _tests_are_running() -> bool:
    """Whether ``DEBUG`` is off only because every test runner turns it off.

    What Django's own set-up for tests leaves behind tells them from production: an outbox, which
    is also there where mail is kept in memory, and the host that its test client asks for.
    """
    return hasattr(mail, "outbox") and "testserver" in settings.ALLOWED_HOSTS


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


SET_BACK = (
    f"If it is another model, set {APP_MODEL_SETTING} back. To start over without the shares, run "
    "'migrate share_analytics zero' with the model and setting of before, then 'migrate' with the "
    "new ones."
)


def _other_model(alias: str) -> str:
    from django_share_analytics.models import Share

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
    from django_share_analytics.conf import reporting_zone
    from django_share_analytics.models import State

    messages: list[CheckMessage] = []
    for alias in databases or ():
        row = _first_row(alias, State._meta.db_table, State.objects.using(alias))
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


def _first_row(alias: str, table: str, rows: QuerySet[Any]) -> Any:
    """The first of the rows, or ``None`` when there is no such table as they want to ask."""
    try:
        with connections[alias].cursor() as cursor:
            if table not in connections[alias].introspection.table_names(cursor):
                return None
        with transaction.atomic(using=alias):
            return rows.first()
    except DatabaseError:
        return None  # away, or not migrated yet


TEXT_COLUMNS = ("session_id", "user_agent", "referrer_url")


def check_characters(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """W023: the database has characters for what visitors write."""
    from django_share_analytics.models import Share

    table = Share._meta.db_table
    messages: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        try:
            with connection.cursor() as cursor:
                if table not in connection.introspection.table_names(cursor):
                    continue
            columns = poor_columns(connection, table, TEXT_COLUMNS)
            encoding = poor_encoding(connection)
        except DatabaseError:
            continue  # away, which is not ours to report
        for problem, hint in _poor(connection, table, columns, encoding):
            messages.append(
                Warning(
                    f"The database {alias!r} has no characters for some of what visitors write: "
                    f"{problem}. Such characters are stored as \\U0001f600.",
                    hint=hint,
                    id="share_analytics.W023",
                )
            )
    return messages


def _poor(
    connection: BaseDatabaseWrapper, table: str, columns: dict[str, str], encoding: str
) -> Iterator[tuple[str, str]]:
    if columns:
        statement = f"ALTER TABLE {connection.ops.quote_name(table)} {', '.join(columns.values())};"
        yield f"{', '.join(columns)} of {table} are not utf8mb4", f"Run, with a backup: {statement}"
    if encoding and connection.vendor == "mysql":
        yield (
            f"its connection speaks {encoding}",
            'Set "charset": "utf8mb4" in the OPTIONS of the database.',
        )
    elif encoding:
        yield f"its encoding is {encoding}", "Dump it, and load it into a database in UTF8."
