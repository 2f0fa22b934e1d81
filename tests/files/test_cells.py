from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from django_share_analytics.files.cells import escape_formula, unescape_formula

pytestmark = pytest.mark.once


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])  # noqa: RUF001
def test_escape_formula__makes_it_text(start: str) -> None:
    assert escape_formula(f"{start}HYPERLINK(1)") == f"'{start}HYPERLINK(1)"


@pytest.mark.parametrize(
    "text", ["", "Chess", "a=b", "'quoted'", " =1", "https://example.com/?a=b"]
)
def test_escape_formula__leaves_the_rest(text: str) -> None:
    assert escape_formula(text) == text == unescape_formula(text)


@given(st.text("'=+-@\t\r\na", max_size=6))
@example("'=1")
@example("''")
def test_unescape_formula__gives_back_what_was_escaped(text: str) -> None:
    escaped = escape_formula(text)
    assert unescape_formula(escaped) == text
    assert escaped[:1] not in "=+-@\t\r\n" or not escaped
