"""Every fenced block of the documentation, with the place where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
BESIDE_THE_SITE = (
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "benchmarks/README.md",
    "example_project/README.md",
)
"""Pages that are read on their own. (The changelog tells of what was, and isn't run.)"""

FENCE = re.compile(
    r"^(?P<indent> *)(?P<fence>```+) *(?P<info>[^\n`]*)\n"
    r"(?P<code>.*?)^(?P=indent)(?P=fence) *$",
    re.MULTILINE | re.DOTALL,
)
FILE = re.compile(r"^# (?P<file>[\w./-]*\w\.py)\b.*$", re.MULTILINE)
"""The comment that says which file of the reader's project it is."""


@dataclass(frozen=True)
class Part:
    """What of a block is for one file of the reader's; ``file`` is empty where none is named."""

    page: str
    file: str
    line: int
    code: str


@dataclass(frozen=True)
class Sample:
    """A block. ``line`` is that of its first line of code, counted from 1."""

    page: str
    line: int
    language: str
    code: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def parts(self) -> list[Part]:
        """A block may show several files, each under its name."""
        starts = [found.start() for found in FILE.finditer(self.code)]
        ends = [*starts, len(self.code)]
        parts = [] if starts[:1] == [0] else [Part(self.page, "", self.line, self.code[: ends[0]])]
        for start, end in zip(starts, ends[1:], strict=True):
            code = self.code[start:end]
            found = FILE.match(code)
            assert found
            line = self.line + self.code[:start].count("\n")
            parts.append(Part(self.page, found["file"], line, code))
        return [part for part in parts if part.code.strip()]


def pages() -> list[Path]:
    """The pages of the site, and those that are read beside it."""
    beside = (ROOT / name for name in BESIDE_THE_SITE)
    site = (path for path in (ROOT / "docs").rglob("*.md") if "_build" not in path.parts)
    return [*sorted(site), *(path for path in beside if path.exists())]


@cache
def samples() -> list[Sample]:
    return [sample for path in pages() for sample in of_page(path)]


def of_page(path: Path) -> list[Sample]:
    name = path.relative_to(ROOT).as_posix()
    return [Sample(name, *found) for found in _blocks(path.read_text(encoding="utf-8"), 1)]


def _blocks(text: str, first: int) -> Iterator[tuple[int, str, str]]:
    """Line, language and code of each; those within a directive, too."""
    for found in FENCE.finditer(text):
        line = first + text[: found.start("code")].count("\n")
        if found["info"].startswith("{") and not found["info"].startswith("{code"):
            yield from _blocks(found["code"], line)
        else:
            indent = re.compile(f"^ {{1,{len(found['indent'])}}}" if found["indent"] else "^", re.M)
            yield line, found["info"].strip(), indent.sub("", found["code"])
