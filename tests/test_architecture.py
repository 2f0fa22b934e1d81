"""``docs/understanding/architecture.md`` describes the rooms as they are."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.layering import read_package
from tests.test_layering import FLOORS

pytestmark = pytest.mark.once

PAGE = (Path(__file__).parent.parent / "docs" / "understanding" / "architecture.md").read_text()
ROOMS = PAGE.partition("\n## Rooms\n")[2].partition("\n## ")[0]


def test_floors__are_those_that_are_kept() -> None:
    drawn = re.findall(r"^ +(\d)   (.+?)(?:  {3,}|$)", ROOMS, re.MULTILINE)
    assert {int(floor): rooms.replace("/", "").split() for floor, rooms in drawn} == {
        floor: rooms.split() for floor, rooms in FLOORS.items()
    }


def test_rooms__name_each_module_once() -> None:
    named: Counter[str] = Counter()
    for room, text in re.findall(r"^- \*\*`(\w+)/`\*\*:(.+?)(?=^- \*\*|\Z)", ROOMS, re.M | re.S):
        named.update(f"{room}.{name.replace('/', '.')}" for name in re.findall(r"`([\w/]+)`", text))
    modules = {name for name in read_package() if "." in name}
    faces = {name.rpartition(".")[0] for name in modules}
    in_rooms = modules - faces
    assert {name: named[name] for name in in_rooms if named[name] != 1} == {}


def test_what_the_page_points_at__is_there() -> None:
    folder = Path(__file__).parent
    root, names = folder.parent, {path.name for path in folder.rglob("test_*.py")}
    pointed = set(re.findall(r"`(tests/[\w/.]*|test_\w+\.py)`", PAGE))
    assert pointed
    missing = {path for path in pointed if not (root / path).exists()}
    assert missing <= names
    sources = set(re.findall(r"`(?!tests/)([\w/]+\.py)`", PAGE)) - pointed
    assert {path for path in sources if not [*(root / "src").glob(f"*/{path}")]} == set()
    tests = "".join(path.read_text() for path in (root / "tests").rglob("test_*.py"))
    assert {
        name for name in re.findall(r"`(test_\w+)`", PAGE) if f"def {name}(" not in tests
    } == set()
