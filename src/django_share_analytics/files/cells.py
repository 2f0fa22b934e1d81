"""Cells of CSV files that people open in a spreadsheet, which runs what looks like a formula.

A ``'`` before it makes it text. Whatever was written can be read back as it was:
``unescape_formula(escape_formula(text)) == text``.

Not at the beginning of a text alone: in many countries a spreadsheet takes ``;`` for what separates
cells, or a tab, and then no quote that we write begins a cell: one that begins inside of a text is
a stranger's, and so is a line.
"""

from __future__ import annotations

import re

SIGNS = "=+\\-@＝＋－＠"  # noqa: RUF001 - Excel in Japanese takes those
BEGINS = rf"(?='*[{SIGNS}\t\r\n])"
"""What a spreadsheet takes for a formula, and the same when it is escaped already."""
BEGINS_INSIDE = rf"(?<=[;\t\r\n\"])(?='*[{SIGNS}])"
"""The same behind what may separate cells."""
TO_ESCAPE = re.compile(rf"\A{BEGINS}|{BEGINS_INSIDE}")
ESCAPED = re.compile(rf"\A'{BEGINS}|(?<=[;\t\r\n\"])'(?='*[{SIGNS}])")


def escape_formula(text: str) -> str:
    """``text`` as a cell that no spreadsheet runs, or what it makes several cells of.

    One more quote for what looks escaped already, as nobody could tell the two apart later.
    """
    return TO_ESCAPE.sub("'", text)


def unescape_formula(text: str) -> str:
    """The text of which :func:`escape_formula` made this cell. Other cells stay as they are."""
    return ESCAPED.sub("", text)
