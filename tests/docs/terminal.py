"""What is typed into a terminal, as the words of each command."""

from __future__ import annotations

import re
import shlex
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

INTO_A_FILE = re.compile(r"\s\d?>>?\s*[\w./-]+")
IN_TEXT = re.compile(
    r"(?<!example_project/)\bmanage\.py [a-z][^`'\n|&;>#]*|(?<=`)make [a-z][^`\n]*(?=`)"
)
BRACES = re.compile(r"\{(?P<inner>\w+(?:,\w+)+)\}")
OPERATORS = set("|&;()")


def typed(code: str) -> list[str]:
    """The lines behind a prompt, without what the terminal answers."""
    code = code.replace("\\\n", " ")
    return [line.removeprefix("$ ") for line in code.splitlines() if line.startswith("$ ")]


def commands(line: str) -> Iterator[list[str]]:
    """Each command of a line, without the file that it writes to."""
    lexer = shlex.shlex(INTO_A_FILE.sub("", line), posix=True, punctuation_chars="|&;()")
    lexer.whitespace_split = True
    for is_operator, words in groupby(lexer, lambda word: set(word) <= OPERATORS):
        if not is_operator:
            yield [each for word in words for each in _expanded(word)]


def _expanded(word: str) -> list[str]:
    """Of ``shelf-{web,consumer}`` both."""
    found = BRACES.search(word)
    if not found:
        return [word]
    before, after = word[: found.start()], word[found.end() :]
    return [f"{before}{each}{after}" for each in found["inner"].split(",")]


def in_text(text: str) -> list[str]:
    """Commands of ``manage.py`` and ``make`` that stand in units, tables and sentences."""
    return IN_TEXT.findall(text)
