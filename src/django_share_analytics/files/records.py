"""The records of a CSV file, of which a wrong one spoils nothing but its own line.

A quote that is opened and never closed would have Python's reader take all lines up to the next
quote for one cell, without a word.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TextIO

MAX_LINES = 50
"""A record with more line breaks in its cells is none."""
MAX_LINE_LENGTH = 100_000
"""Characters of a line that are read; of a share they are a few thousand at most."""
NOT_UTF8 = re.compile("[\ud800-\udfff]")
"""What ``surrogateescape`` makes of bytes that are not, and no text has."""
TOO_LONG = f"it has more than {MAX_LINE_LENGTH:,} characters"
NEVER_CLOSED = "a quote is opened, and not closed where the record should end"


@dataclass(frozen=True, slots=True)
class Record:
    """What stands in a file from line ``number`` on, as cells; or as one text that is no record."""

    number: int
    cells: Sequence[str]
    error: str = ""

    @property
    def flaw(self) -> str:
        """Why it is no record of text; empty when it is one.

        Nothing is put in the place of what can't be read: two lines that differ would be one.
        """
        if self.error:
            return self.error
        if any(NOT_UTF8.search(cell) for cell in self.cells):
            return "it is not in UTF-8"
        if any("\0" in cell for cell in self.cells):
            return "it has NUL characters, as of UTF-16"
        return ""


class RecordReader:
    """Iterates over the records of ``lines``; empty lines are none.

    In memory there are no more than ``MAX_LINES`` of the lines.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._ahead: deque[str] = deque()
        self.last_line = 0
        """The last line of the record that came last."""
        self._width = 0
        """Cells of the first record, which all that have line breaks must have, too."""

    def __iter__(self) -> Iterator[Record]:
        while self._look_ahead(1):
            number = self.last_line + 1
            try:
                cells, lines = self._read()
            except csv.Error as error:
                text = self._take(1).rstrip("\r\n")
                yield Record(number, [text], str(error))
                continue
            self._take(lines)
            self._width = self._width or len(cells)
            if cells:
                yield Record(number, cells)

    def _read(self) -> tuple[list[str], int]:
        """The record that comes next, and how many lines it has."""
        for lines in range(1, MAX_LINES + 1):
            if self._look_ahead(lines) < lines:
                break
            if len(self._ahead[lines - 1]) > MAX_LINE_LENGTH:
                raise csv.Error(TOO_LONG)
            if lines > 1 and '"' not in self._ahead[lines - 1]:
                continue  # it can't end here
            cells = _cells("".join(islice(self._ahead, lines)))
            if cells is not None:
                self._doubt(cells, lines)
                return cells, lines
        raise csv.Error(NEVER_CLOSED)

    def _doubt(self, cells: Sequence[str], lines: int) -> None:
        """Line breaks in cells are allowed; a whole record between them was meant to be one."""
        if lines == 1:
            return
        within = islice(self._ahead, 1, lines - 1)
        if len(cells) != self._width or any(_width(line) == len(cells) for line in within):
            raise csv.Error(NEVER_CLOSED)

    def _look_ahead(self, lines: int) -> int:
        """Have so many lines at hand, if there are; how many there are."""
        self._ahead.extend(islice(self._lines, max(0, lines - len(self._ahead))))
        return len(self._ahead)

    def _take(self, lines: int) -> str:
        self.last_line += lines
        return "".join(self._ahead.popleft() for _ in range(lines))


def _cells(text: str) -> list[str] | None:
    """The cells of a record; ``None`` when it is not closed at the end of the text.

    :raises csv.Error: it is none, whatever follows.
    """
    try:
        return next(csv.reader([text], strict=True))
    except csv.Error as error:
        if "unexpected end" in str(error):
            return None
        raise


def _width(line: str) -> int:
    try:
        return len(_cells(line) or ())
    except csv.Error:
        return 0


def bounded_lines(file: TextIO) -> Iterator[str]:
    """The lines of ``file``, of which one that is too long loses its end."""
    is_new = True
    while piece := file.readline(MAX_LINE_LENGTH):
        is_end = piece.endswith(("\n", "\r"))
        if is_new:
            yield piece if is_end else f"{piece}\n"
        is_new = is_end
