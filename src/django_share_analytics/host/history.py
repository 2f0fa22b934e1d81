"""What the host's migrations do to its models: who creates one, and what it is called when.

Read from their files: Django's own loader would import our migrations, which is who asks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from django.db.migrations import AlterModelTable, CreateModel, DeleteModel, RenameModel
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.loader import MigrationLoader

from django_share_analytics.conf import APP_LABEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.migrations import Migration
    from django.db.migrations.operations.base import Operation


@dataclass(eq=False)
class HostModel:
    """A model from its creation on, under one name after the other (in lower case)."""

    created_by: str
    """The name of the migration."""
    names: list[str]
    tables: set[str] = field(default_factory=set)
    """Every table that it ever had."""


class HostHistory:
    """The migrations of an app, its models after each of them, and the one of a name."""

    def __init__(self, label: str, name: str) -> None:
        self.label, self.name = label, name.lower()
        self.migrations = _read(label)
        self.graph = _graph(label, self.migrations)
        self.states: list[dict[str, HostModel]] = []
        models: dict[str, HostModel] = {}
        for migration in self._in_order(self.graph.leaf_nodes()):
            for operation in _state_operations(migration.operations):
                self._follow(operation, migration.name, models)
            self.states.append(dict(models))
        self.model = models.get(self.name)
        """The one that has the name in the end, unless it was made in a way that we don't see."""

    def _in_order(self, targets: Iterable[tuple[str, str]]) -> Iterator[Migration]:
        keys = (key for target in targets for key in self.graph.forwards_plan(target))
        return (self.migrations[name] for _, name in dict.fromkeys(keys) if name in self.migrations)

    def _follow(self, operation: Operation, by: str, models: dict[str, HostModel]) -> None:
        match operation:
            case CreateModel(name_lower=name):
                model = models[name] = HostModel(by, [name])
                model.tables.add(operation.options.get("db_table") or self._table(name))
            case RenameModel(old_name_lower=old, new_name_lower=name) if old in models:
                model = models[name] = models.pop(old)
                model.names.append(name)
                model.tables.add(self._table(name))
            case AlterModelTable(name_lower=name) if name in models:
                models[name].tables.add(operation.table or self._table(name))
            case DeleteModel(name_lower=name):
                models.pop(name, None)

    def _table(self, name: str) -> str:
        return f"{self.label}_{name}"

    def name_where(self, present: set[str]) -> str:
        """What the model is called while the app has just the models ``present``.

        Its names alone don't tell: another model may have had the last one before, and yet another
        may have the first one by now.
        """
        if self.model is None:
            return self.name
        for models in reversed(self.states):
            for name, model in models.items():
                if model is self.model and models.keys() == present:
                    return name
        names = reversed(self.model.names)
        return next((name for name in names if name in present), self.name)

    def behind(self, name: str) -> Iterator[Migration]:
        """The migration of this name, and those of the app that must come before it."""
        return self._in_order([(self.label, name)])


@lru_cache(maxsize=1)
def history_of(label: str) -> HostHistory:
    """That of the app of ``app_label.ModelName``, and of this model."""
    return HostHistory(*label.split("."))


def _read(label: str) -> dict[str, Migration]:
    """The migrations by name. None when one can't be imported, of which Django will complain."""
    if label == APP_LABEL:
        return {}
    try:
        path, _ = MigrationLoader.migrations_module(label)
        package: Any = import_module(path) if path else None
        names = sorted(
            module.name
            for module in iter_modules(getattr(package, "__path__", ()))
            if not module.ispkg and module.name[0] not in "_~"
        )
        return {name: import_module(f"{path}.{name}").Migration(name, label) for name in names}
    except Exception:
        return {}


def _graph(label: str, migrations: dict[str, Migration]) -> MigrationGraph:
    """The order of the migrations, without what is there twice: squashed and as it was before.

    To depend on what was squashed is right as long as it is there: Django puts the squashed one in
    its place, unless a database has a part of them.
    """
    graph = MigrationGraph()
    for name, migration in migrations.items():
        graph.add_node((label, name), migration)
    for name, migration in migrations.items():
        for parent in migration.dependencies:
            if parent[0] == label and parent[1] != "__first__":
                graph.add_dependency(migration, (label, name), parent, skip_validation=True)
    for name, migration in migrations.items():
        if migration.replaces and (label, name) in graph.nodes:
            replaced = [key for key in migration.replaces if key[0] == label]
            if all(key[1] in migrations for key in replaced):
                graph.remove_replacement_node((label, name), replaced)
            else:
                graph.remove_replaced_nodes((label, name), replaced)
    return graph


def _state_operations(operations: Iterable[Operation]) -> Iterator[Operation]:
    """The operations, and those that some of them bring along for the state of the models."""
    for operation in operations:
        yield operation
        yield from _state_operations(getattr(operation, "state_operations", ()))
