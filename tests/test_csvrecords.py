"""Records of a CSV file: as Python's reader reads them, and not a line lost to a stray quote."""

from __future__ import annotations

import csv
import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_share_analytics.files.records import (
    MAX_LINE_LENGTH,
    MAX_LINES,
    CsvRecords,
    bounded_lines,
)

pytestmark = pytest.mark.once

WORDS = st.text("ab \"'\n\r;é", max_size=8)
"""No comma: lines with as many commas as a record are none in a cell."""
ROWS = st.lists(st.lists(WORDS, min_size=3, max_size=3), max_size=30)


def records(text):
    return list(CsvRecords(bounded_lines(io.StringIO(text, newline=""))))


def written(rows):
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue()


@given(ROWS)
def test_records__are_what_was_written(rows):
    found = records(written([["a", "b", "c"], *rows]))[1:]
    assert [record.cells for record in found] == rows
    assert not any(record.error for record in found)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=120), st.data())
def test_records__lose_no_line_to_stray_quotes(numbers, data):
    lines = [f"{n},b{n},c\n" for n in numbers]
    spoilt = data.draw(st.sets(st.integers(0, len(lines) - 1), max_size=4))
    for place in spoilt:
        cut = data.draw(st.integers(0, len(lines[place]) - 1))
        lines[place] = f'{lines[place][:cut]}"{lines[place][cut:]}'
    found = {record.number: record.cells for record in records("a,b,c\n" + "".join(lines))}
    good = {n: line.strip().split(",") for n, line in enumerate(lines, 2) if n - 2 not in spoilt}
    assert {n: found[n] for n in good} == good
    assert len(found) >= 1 + len(good) + len(spoilt) / 2


def test_records__tell_what_is_wrong_and_keep_the_text():
    found = records('a,"b\nc,"d"e\nf,g\n\nh,"i\nj"\nk,"l\nm,n\n')
    assert [(record.number, record.cells, record.error) for record in found] == [
        (1, ['a,"b'], "',' expected after '\"'"),
        (2, ['c,"d"e'], "',' expected after '\"'"),
        (3, ["f", "g"], ""),
        (5, ["h", "i\nj"], ""),
        (7, ['k,"l'], "a quote is opened, and not closed where the record should end"),
        (8, ["m", "n"], ""),
    ]


def test_records__with_more_lines_than_a_record_has():
    text = 'a,"' + "\n" * MAX_LINES + '"\nb,c\n'
    numbers = [(record.number, bool(record.error)) for record in records(text)]
    assert numbers == [(1, True), (MAX_LINES + 1, True), (MAX_LINES + 2, False)]


def test_bounded_lines__cut_what_is_too_long():
    text = "x" * (3 * MAX_LINE_LENGTH) + "\ny\r\n" + "z" * MAX_LINE_LENGTH
    assert [len(line) for line in bounded_lines(io.StringIO(text, newline=""))] == [
        MAX_LINE_LENGTH + 1,
        3,
        MAX_LINE_LENGTH + 1,
    ]


def test_bounded_lines__hold_no_more_in_memory(tmp_path):
    path = tmp_path / "one-line.csv"
    with path.open("w") as file:
        for _ in range(200):
            file.write("x" * MAX_LINE_LENGTH)
    tracemalloc.start()
    with path.open(newline="") as file:
        assert sum(1 for _ in bounded_lines(file)) == 1
    assert tracemalloc.get_traced_memory()[1] < 5 * MAX_LINE_LENGTH
    tracemalloc.stop()
