from __future__ import annotations

import re

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


@pytest.mark.parametrize("separator", [";", "\t", "\n", "\r\n", '"', ';"'])
def test_escape_formula__where_a_spreadsheet_may_begin_a_cell(separator: str) -> None:
    assert escape_formula(f"a{separator}=1") == f"a{separator}'=1"
    assert escape_formula(f"a{separator}b") == f"a{separator}b"


@given(st.text("'=+-@\t\r\na;\"", max_size=8))
@example("'=1")
@example("a;'=1;=2")
@example("''")
def test_unescape_formula__gives_back_what_was_escaped(text: str) -> None:
    escaped = escape_formula(text)
    assert unescape_formula(escaped) == text
    assert escaped[:1] not in "=+-@\t\r\n" or not escaped
    for cell in re.split('[;\t\r\n"]+', escaped):
        assert cell[:1] not in "=+-@" or not cell
