"""What people call a thing leads to one place: ``docs/conf.py`` makes the index of it."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.docs.collecting import ROOT, pages

pytestmark = pytest.mark.once

SAID = re.compile(r"^<!-- people say: (?P<words>.+) -->$", re.MULTILINE)


def test_each_word__is_said_once() -> None:
    said = Counter(
        word.strip()
        for path in pages()
        for found in SAID.finditer(path.read_text(encoding="utf-8"))
        for word in found["words"].split(",")
    )
    assert said
    assert {word: times for word, times in said.items() if times > 1} == {}


def test_comments__are_written_as_the_site_reads_them() -> None:
    for path in pages():
        text = path.read_text(encoding="utf-8")
        assert text.count("people say:") == len(SAID.findall(text)), path.relative_to(ROOT)
