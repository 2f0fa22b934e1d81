"""What of a module is never run, so that no test can miss it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    Position = tuple[int, int]
    """Line and column."""


def types_in(source: str) -> Iterator[tuple[Position, Position]]:
    """From where to where there are annotations, and what is imported for them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield _range(node)
        for name in ("annotation", "returns"):
            if annotation := getattr(node, name, None):
                yield _range(annotation)


def _range(node: ast.stmt | ast.expr) -> tuple[Position, Position]:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
