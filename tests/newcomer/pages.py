"""The steps of a page, as somebody reads them who does what they say and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECTION = re.compile(r"^## (?P<title>.+)\n(?P<text>(?:(?!## ).*\n)*)", re.MULTILINE)
STEP = re.compile(
    r"(?P<text>.+?)\n```(?P<language>\w+)\n(?P<code>.+?)^```$", re.MULTILINE | re.DOTALL
)
FILE = re.compile(r"^(?:# (?P<python>[\w/]+\.py)|\{# (?P<template>[\w/]+\.html) #\})$")


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
        """The file that the code is for: its first line says it, and so does the sentence."""
        found = FILE.match(self.code.partition("\n")[0])
        assert found, f"for which file?\n{self.code}"
        name = str(found["python"] or found["template"])
        assert f"`{name}`" in self.paragraph, self.paragraph
        return name

    @property
    def is_added(self) -> bool:
        """Whether it goes behind what the file has, and not in its place."""
        return "at the end of" in self.paragraph.lower()

    @property
    def paragraph(self) -> str:
        return self.text.strip().rpartition("\n\n")[2]


def steps_of(page: str) -> dict[str, list[Step]]:
    """Heading → the steps below it, for those that have any."""
    text = (ROOT / page).read_text(encoding="utf-8")
    sections = {
        section["title"]: [Step(**step.groupdict()) for step in STEP.finditer(section["text"])]
        for section in SECTION.finditer(text)
    }
    return {title: steps for title, steps in sections.items() if steps}
