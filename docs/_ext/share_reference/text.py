"""Pieces of reStructuredText, as lists of lines."""

from __future__ import annotations

from pprint import pformat
from textwrap import indent
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LONGEST_IN_A_LINE = 40
MANY_DIGITS = 10_000
"""From there on a number is written in groups."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table whose cells may be of several lines."""
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in (head, *rows):
        for n, cell in enumerate(row):
            lines += hung("   * - " if n == 0 else "     - ", cell)
    return [*lines, ""]


def hung(mark: str, text: str) -> list[str]:
    """``text`` behind a mark, its further lines below its first one."""
    first, *others = text.splitlines() or [""]
    return [f"{mark}{first}".rstrip(), *indent("\n".join(others), " " * len(mark)).splitlines()]


def code(value: object) -> str:
    """A value as Python writes it, in a line."""
    return f"``{_written(value)}``"


def is_short(value: object) -> bool:
    return len(_written(value)) <= LONGEST_IN_A_LINE


def block(value: Any) -> list[str]:
    """A value as Python writes it, in lines of its own."""
    return [".. code-block:: python", "", *indent(_written(value), "   ").splitlines(), ""]


def _written(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and value >= MANY_DIGITS:
        return f"{value:_}"
    return pformat(value, width=80, compact=True, sort_dicts=False).replace("'", '"')
