"""What a developer types: each command is explained, and installs what is locked."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests import services

pytestmark = pytest.mark.once

ROOT = Path(__file__).parent.parent
MAKEFILE = (ROOT / "Makefile").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKED = sorted((ROOT / "requirements").glob("*.txt"))
DJANGO = re.compile(r"django\d+")
"""Groups that are there to disagree with the others."""
# What make needs for itself.
STEPS = {"mariadb", "servers"}


def commands() -> set[str]:
    (phony,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    return set(phony.split()) - STEPS


def test_help__names_every_command() -> None:
    make = services.require_program("make")
    shown = subprocess.run([make, "help"], cwd=ROOT, check=True, capture_output=True, text=True)
    assert set(re.findall(r"^  make ([a-z-]+) ", shown.stdout, re.MULTILINE)) == commands()


def test_makefile__declares_every_command() -> None:
    assert set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE)) == commands() | STEPS


def test_readme__names_every_command() -> None:
    named = set(re.findall(r"make ([a-z-]+)", (ROOT / "README.md").read_text()))
    assert commands() <= named


def test_locked__is_every_group() -> None:
    assert {path.stem for path in LOCKED} == PROJECT["dependency-groups"].keys(), "make lock"


@pytest.mark.parametrize("path", LOCKED, ids=lambda path: path.stem)
def test_locked__has_versions_and_hashes_and_no_address(path: Path) -> None:
    text = path.read_text()
    assert "://" not in text
    pins = re.findall(r"^[a-z].*$", text, re.MULTILINE)
    assert pins
    for pin in pins:
        assert re.fullmatch(r"[a-z0-9-]+==\S+( ; .*)? \\", pin)
    others = re.sub(r"^([a-z#].*|    --hash=sha256:[0-9a-f]{64}( \\)?)$", "", text, flags=re.M)
    assert others.strip() == ""


def test_locked__agree_with_one_another() -> None:
    """They are installed into one environment, in any order."""
    versions: dict[str, set[str]] = {}
    for path in LOCKED:
        if not DJANGO.fullmatch(path.stem):
            found: dict[str, set[str]] = {}
            for name, version in re.findall(r"^([a-z0-9-]+)==(\S+)", path.read_text(), re.M):
                found.setdefault(name, set()).add(version)
            for name, numbers in found.items():
                assert versions.setdefault(name, numbers) == numbers, f"{name} in {path.name}"
