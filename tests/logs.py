"""Every call of a logger in the package, read from the source, and what is said of errors there."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.layering import SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}


@dataclass(frozen=True)
class Said:
    """A call: of a logger, or of an error that is raised with a message."""

    module: str
    call: ast.Call
    around: tuple[ast.AST, ...]
    """What it stands in, the innermost last."""

    @property
    def message(self) -> str:
        """The text that it begins with, or the code that makes it."""
        first = self.call.args[0] if self.call.args else ast.Constant("")
        return first.value if isinstance(first, ast.Constant) else ast.unparse(first)

    @property
    def is_text_of_ours(self) -> bool:
        """Whether the message is written in the source, here or in a variable of the function."""
        first = self.call.args[0]
        made_of = self.assigned(first.id) if isinstance(first, ast.Name) else [ast.unparse(first)]
        return bool(made_of) and all(
            isinstance(ast.parse(code, mode="eval").body, ast.Constant) for code in made_of
        )

    @property
    def has_traceback(self) -> bool:
        is_exception = getattr(self.call.func, "attr", "") == "exception"
        return is_exception or any(word.arg == "exc_info" for word in self.call.keywords)

    def handled(self) -> set[str]:
        """The kinds of the error that is being handled where this is said."""
        for node in reversed(self.around):
            if isinstance(node, ast.ExceptHandler):
                return {"BaseException"} if node.type is None else set(_names(node.type))
        return set()

    def assigned(self, name: str) -> list[str]:
        """What this variable is made of in the function, as code."""
        functions = (node for node in reversed(self.around) if isinstance(node, ast.FunctionDef))
        function = next(functions, self.around[0])
        return [
            ast.unparse(node.value)
            for node in ast.walk(function)
            if isinstance(node, ast.Assign | ast.NamedExpr)
            and name in map(ast.unparse, getattr(node, "targets", [getattr(node, "target", node)]))
        ]


def _names(node: ast.expr) -> Iterator[str]:
    for part in node.elts if isinstance(node, ast.Tuple) else [node]:
        yield ast.unparse(part)


def log_calls(source: Path = SOURCE) -> list[Said]:
    return [said for said in _calls(source) if _is_of_logger(said.call)]


def raised(kinds: set[str], source: Path = SOURCE) -> list[Said]:
    """Errors of these kinds, made anywhere, with what they say."""
    return [said for said in _calls(source) if ast.unparse(said.call.func) in kinds]


def _is_of_logger(call: ast.Call) -> bool:
    name = call.func
    return (
        isinstance(name, ast.Attribute)
        and name.attr in LEVELS
        and "logg" in ast.unparse(name.value).lower()
    )


def _calls(source: Path) -> Iterator[Said]:
    for path in sorted(source.rglob("*.py")):
        module = ".".join(path.relative_to(source).with_suffix("").parts)
        yield from _within(module, ast.parse(path.read_text()), ())


def _within(module: str, node: ast.AST, around: tuple[ast.AST, ...]) -> Iterator[Said]:
    if isinstance(node, ast.Call):
        yield Said(module, node, around)
    for child in ast.iter_child_nodes(node):
        yield from _within(module, child, (*around, node))
