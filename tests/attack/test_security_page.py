"""The page about security names tests that are there, and all that are here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

TESTS = Path(__file__).parent.parent
PAGE = TESTS.parent / "docs" / "understanding" / "security.md"
NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
DEFINED = re.compile(r"^(?:async )?def (test_\w+)\(", re.MULTILINE)


def names_in(file: Path) -> set[str]:
    return set(DEFINED.findall(file.read_text(encoding="utf-8")))


def test_page__names_tests_that_are_there() -> None:
    named = NAMED.findall(PAGE.read_text(encoding="utf-8"))
    assert len(named) > 30
    missing = [f"{file}::{test}" for file, test in named if test not in names_in(TESTS / file)]
    assert missing == []


def test_page__names_every_test_of_an_attack() -> None:
    named = {test for _, test in NAMED.findall(PAGE.read_text(encoding="utf-8"))}
    files = [file for file in Path(__file__).parent.glob("test_*.py") if file != Path(__file__)]
    here = set().union(*map(names_in, files))
    assert here - named == {"test_superusers__read_all"}


def test_page__says_how_to_report() -> None:
    policy = (TESTS.parent / "SECURITY.md").read_text(encoding="utf-8")
    assert "private vulnerability reporting" in policy
    assert "](docs/understanding/security.md)" in policy
    assert "](../../SECURITY.md)" in PAGE.read_text(encoding="utf-8")
