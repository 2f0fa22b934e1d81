"""Which of the package's modules imports which, read from the source."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PACKAGE = "django_share_analytics"
SOURCE = Path(__file__).parent.parent / "src" / PACKAGE


@dataclass
class Module:
    """A module of the package: ``name`` is relative to it, and empty for its root."""

    name: str
    own: set[str] = field(default_factory=set)
    """The package's modules that it imports, also from inside a function or for its types alone."""
    others: set[str] = field(default_factory=set)
    """The top names of everything else that it imports."""
    names: set[str] = field(default_factory=set)
    """What it defines for others."""


def read_package(source: Path = SOURCE) -> dict[str, Module]:
    paths = {_name(path.relative_to(source)): path for path in source.rglob("*.py")}
    return {name: _read(name, path, paths.keys()) for name, path in paths.items()}


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _read(name: str, path: Path, names: Iterable[str]) -> Module:
    tree = ast.parse(path.read_text())
    module = Module(name, names={defined for defined in _defined(tree) if defined[0] != "_"})
    is_package = path.name == "__init__.py"
    for target in _targets(tree, _package_of(name, is_package)):
        top, _, rest = target.partition(".")
        if top != PACKAGE:
            module.others.add(top)
        elif (own := _longest_module(rest, names)) != name:
            module.own.add(own)
    return module


def _defined(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def _package_of(name: str, is_package: bool) -> list[str]:
    parts = [PACKAGE, *name.split(".")] if name else [PACKAGE]
    return parts if is_package else parts[:-1]


def _targets(tree: ast.AST, package: list[str]) -> Iterator[str]:
    """Absolute dotted names of what is imported; for ``from a import b`` that is ``a.b``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _longest_module(name: str, names: Iterable[str]) -> str:
    while name not in names:
        name = name.rpartition(".")[0]
    return name


def find_circle(modules: dict[str, Module]) -> list[str]:
    """Modules that import each other round and round, or nothing."""
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return []
        for other in sorted(modules[name].own):
            if circle := visit(other, [*path, name]):
                return circle
        done.add(name)
        return []

    return next(filter(None, (visit(name, []) for name in sorted(modules))), [])


def rooms_of(modules: dict[str, Module]) -> dict[str, Module]:
    """The folders and files at the top of the package, and which of them each one imports."""
    rooms: dict[str, Module] = {}
    for name, module in modules.items():
        top = name.partition(".")[0]
        room = rooms.setdefault(top, Module(top))
        room.own |= {other.partition(".")[0] for other in module.own} - {top}
    return rooms


def names_of(modules: dict[str, Module]) -> dict[str, set[str]]:
    """What the package defines, and in which modules."""
    homes: dict[str, set[str]] = {}
    for name, module in modules.items():
        for defined in module.names:
            homes.setdefault(defined, set()).add(name)
    return homes
