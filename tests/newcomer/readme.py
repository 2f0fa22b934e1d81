"""The steps of the README, as somebody reads them who does what they say and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
STEP = re.compile(
    r"(?P<text>.+?)\n```(?P<language>\w+)\n(?P<code>.+?)^```$", re.MULTILINE | re.DOTALL
)
FILE = re.compile(r"`(\w+\.py)`")


@dataclass(frozen=True, slots=True)
class Step:
    """A block of code, and the sentence before it."""

    text: str
    language: str
    code: str

    @property
    def commands(self) -> list[str]:
        """What is typed, of a block that shows a terminal."""
        return [line.removeprefix("$ ") for line in self.code.splitlines() if line[:2] == "$ "]

    @property
    def file(self) -> str:
        """The file whose end the code is for."""
        paragraph = self.text.strip().rpartition("\n\n")[2]
        assert paragraph.startswith("At the end of"), paragraph
        (name,) = FILE.findall(paragraph)
        return str(name)


def ten_minutes() -> list[Step]:
    section = (ROOT / "README.md").read_text().partition("\n## Ten minutes\n")[2]
    return [Step(**found.groupdict()) for found in STEP.finditer(section.partition("\n## ")[0])]
