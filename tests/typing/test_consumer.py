"""What the type checkers can't see of their own project: ``make types`` runs them."""

from __future__ import annotations

import ast
import inspect
import json
from pathlib import Path
from typing import get_type_hints

import pytest

import django_share_analytics as package
from django_share_analytics.upkeep import ExportedShare
from django_share_analytics.upkeep.persons import EXPORTED

pytestmark = pytest.mark.once

HERE = Path(__file__).parent
MISTAKES = HERE / "consumer" / "mistakes.py"


def lines_with_a_mistake() -> list[str]:
    """Each expression that stands by itself, but for docstrings."""
    source = MISTAKES.read_text(encoding="utf-8")
    lines = source.splitlines()
    return [
        lines[node.lineno - 1]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)
    ]


def test_mistakes__have_to_be_found_by_both_checkers() -> None:
    assert len(lines_with_a_mistake()) > 15
    for line in lines_with_a_mistake():
        assert "# type: ignore[" in line, line
        assert "# pyright: ignore[" in line, line


def test_typescript__comes_from_whichever_registry_npm_asks() -> None:
    """What is locked is a version and what it must hash to, and no host."""
    lock = json.loads((HERE / "typescript/package-lock.json").read_text(encoding="utf-8"))
    needed = {name: entry for name, entry in lock["packages"].items() if name}
    assert needed
    for name, entry in needed.items():
        assert "resolved" not in entry, name
        assert entry["integrity"].startswith("sha512-"), name


@pytest.mark.parametrize("name", ["track_share", "track_conversion"])
def test_coroutines__say_that_they_take_the_same(name: str) -> None:
    """To editors and ``help()``; type checkers are told by ``takes_the_same_as``."""
    coroutine = getattr(package, f"a{name}")
    assert inspect.iscoroutinefunction(coroutine)
    assert inspect.signature(coroutine) == inspect.signature(getattr(package, name))


def test_exported_share__has_what_is_exported() -> None:
    assert set(get_type_hints(ExportedShare)) == {*EXPORTED, "steps"}
