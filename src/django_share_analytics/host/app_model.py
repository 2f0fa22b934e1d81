"""The shared model in our migrations: after which of the host's they come, and what it is called.

Our tables point to it, so ours come after the one that creates it, wherever that is in the host's
history, and call it by the name that it has by then. To depend on a later one would make the
history of a database that has ours already inconsistent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from django.db.migrations import CreateModel, swappable_dependency

from django_share_analytics.conf import (
    APP_LABEL,
    APP_MODEL_SETTING,
    get_app_model,
    require_app_model_label,
)
from django_share_analytics.host.history import HostHistory, history_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import ProjectState

FIRST_MIGRATION = (APP_LABEL, "0001_initial")


def app_model_dependencies() -> list[tuple[str, str]]:
    """What a migration that names the shared model depends on, read anew from the host's files.

    :raises ImproperlyConfigured: for a setting that names no model, or a host whose migrations
        can't come before ours.
    """
    setting = require_app_model_label()
    history_of.cache_clear()
    history = history_of(setting)
    if history.model:
        _refuse_circle(history, history.model.created_by)
        return [(history.label, history.model.created_by)]
    # Without any, either none are needed, or whoever runs ours is told to make them.
    return [swappable_dependency(setting)] if history.migrations else []


def _refuse_circle(history: HostHistory, creator: str) -> None:
    for migration in history.behind(creator):
        if any(app == APP_LABEL for app, _ in migration.dependencies):
            raise ImproperlyConfigured(
                f"The migration {history.label}.{migration.name} depends on {APP_LABEL}, whose "
                f"tables point to the model that {history.label}.{creator} creates. Move what "
                f"needs {APP_LABEL} to a migration after that one."
            )


def former_tables() -> set[str]:
    """Every table that the shared model ever had: a database may have renames before it."""
    model = history_of(require_app_model_label()).model
    return model.tables if model else set()


def pending_creator(applied: Collection[tuple[str, str]]) -> str:
    """The migration that creates the shared model, where ours is applied and it isn't; or empty."""
    history = history_of(require_app_model_label())
    if history.model is None or FIRST_MIGRATION not in applied:
        return ""
    creator = history.model.created_by
    replaced = history.migrations[creator].replaces
    is_there = (history.label, creator) in applied or (
        replaced and all(tuple(key) in applied for key in replaced)
    )
    return "" if is_there else f"{history.label}.{creator}"


class CreateModelWithApp(CreateModel):
    """Creates a model whose field ``app`` points to the shared model."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        to = label_in(state)
        fields = [(name, _to(field, to) if name == "app" else field) for name, field in self.fields]
        CreateModel(self.name, fields, self.options, self.bases, self.managers).state_forwards(
            app_label, state
        )

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model = to_state.apps.get_model(app_label, self.name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            _require_table(to_state, schema_editor)
        super().database_forwards(app_label, schema_editor, from_state, to_state)


def label_in(state: ProjectState) -> str:
    """``app_label.modelname`` of the shared model at this point of the migrations."""
    history = history_of(require_app_model_label())
    present = {name for app_label, name in state.models if app_label == history.label}
    return f"{history.label}.{history.name_where(present)}"


def _to(field: Any, label: str) -> Any:
    copy = field.clone()
    copy.remote_field.model = label
    return copy


def _require_table(state: ProjectState, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Say what to do when there is no table yet that ours could point to."""
    history = history_of(require_app_model_label())
    try:
        table = state.apps.get_model(label_in(state))._meta.db_table
    except LookupError:
        table = ""
    if table and (history.migrations or _exists(table, schema_editor)):
        return
    if not _is_model():
        advice = "there is no such model."
    elif history.migrations:
        advice = (
            "no migration has created it yet. Write into the one that does: "
            f"run_before = [{FIRST_MIGRATION!r}]"
        )
    else:
        advice = (
            f"{history.label} has no migrations yet. Run 'manage.py makemigrations "
            f"{history.label}' first, or 'migrate --run-syncdb' if it shall have none."
        )
    raise ImproperlyConfigured(f"{APP_MODEL_SETTING} is {require_app_model_label()!r}: {advice}")


def _is_model() -> bool:
    try:
        return bool(get_app_model())
    except LookupError:
        return False


def _exists(table: str, schema_editor: BaseDatabaseSchemaEditor) -> bool:
    return (
        schema_editor.collect_sql or table in schema_editor.connection.introspection.table_names()
    )
