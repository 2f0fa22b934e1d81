"""Cells of CSV files that people open in a spreadsheet, which runs what looks like a formula.

A leading ``'`` makes such a cell text. Whatever was written can be read back as it was:
``unescape_formula(escape_formula(text)) == text``.
"""

from __future__ import annotations

import re

STARTS_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")  # noqa: RUF001 - Excel in Japanese takes those
"""What a spreadsheet takes for a formula, and the same when it is escaped already."""


def escape_formula(text: str) -> str:
    """``text`` as a cell that no spreadsheet runs.

    One more quote for what looks escaped already, as nobody could tell the two apart later.
    """
    return f"'{text}" if STARTS_FORMULA.match(text) else text


def unescape_formula(text: str) -> str:
    """The text of which :func:`escape_formula` made this cell. Other cells stay as they are."""
    return text[1:] if text[:1] == "'" and STARTS_FORMULA.match(text) else text
