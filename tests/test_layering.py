"""The house: which floor each room of the package is on. Imports point down, without circles.

What is imported for its types alone counts as well. A new module is named in ``FLOORS``.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.layering import PACKAGE, find_circle, names_of, read_package, rooms_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.once

MODULES = read_package()

FLOORS = {
    9: "urls link_urls management",
    8: "admin api apps openapi redirects",
    7: "tracking conversions testing asgi tasks tenants checks status upkeep",
    6: "dispatch files gates templatetags",
    5: "writing stats virality links",
    4: "models migrations codec",
    3: "counts",
    2: "sql conf places host keys buttons session_proofs sessions",
    1: "events steps exceptions signals platforms outcomes periods"
    " backoff process_ends repeats wording deprecation",
}
"""A folder is one room. The root above all gives the names that everyone needs."""
HOMES = {room: floor for floor, rooms in FLOORS.items() for room in rooms.split()}

CORE = {"django", "asgiref", "rest_framework", "django_filters"}  # asgiref comes with Django

SAME_BY_NATURE = {
    "logger", "T", "Command", "Migration", "record_share", "read", "app_name", "urlpatterns"
}  # fmt: skip
"""Django names commands, migrations and urls; the task of either queue is told by its module, and
so is what one reads of a state, a segment, notes."""


def room_of(module: str) -> str:
    return module.partition(".")[0]


def third_parties(module: str) -> set[str]:
    return MODULES[module].others - sys.stdlib_module_names


def climbs(module: str) -> set[str]:
    """What a module imports from floors above its own."""
    here = HOMES[room_of(module)]
    return {other for other in MODULES[module].own if HOMES.get(room_of(other), 10) > here}


@pytest.mark.parametrize("name", sorted(MODULES.keys() - {""}))
def test_imports_point_down(name: str) -> None:
    assert room_of(name) in HOMES, f"{name}: say in FLOORS where it belongs"
    assert climbs(name) == set()


def test_floors_name_no_room_that_is_gone() -> None:
    assert set(HOMES) <= {room_of(name) for name in MODULES}


def test_imports_form_no_circle() -> None:
    assert find_circle(MODULES) == []


def test_rooms_form_no_circle() -> None:
    assert find_circle(rooms_of(MODULES)) == []


def test_no_two_public_things_have_one_name() -> None:
    homes = names_of(MODULES)
    shared = {name: homes[name] for name in homes if len(homes[name]) > 1}
    assert {name: modules for name, modules in shared.items() if name not in SAME_BY_NATURE} == {}


def test_facts_need_nothing_but_django() -> None:
    needed = {name: third_parties(name) for name in MODULES if HOMES.get(room_of(name)) == 1}
    assert {name: other for name, other in needed.items() if other - {"django"}} == {}


def test_only_dispatchers_need_more_than_the_core() -> None:
    needed = {name: third_parties(name) for name in MODULES if room_of(name) != "dispatch"}
    for name in needed:
        if room_of(name) == "openapi":  # which nothing imports without it
            needed[name] -= {"drf_spectacular"}
    needed["redirects.pictures"] -= {"segno"}
    needed["tenants"] -= {"django_tenants"}  # which it imports when it is used
    needed["links.agents"] -= {"crawleruseragents"}  # which it does without
    assert {name: other for name, other in needed.items() if other - CORE} == {}


def test_the_root_can_be_imported_without_settings_and_loads_no_models() -> None:
    program = f"import {PACKAGE}; from django.apps import apps; print(*apps.all_models)"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env={},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == []


@pytest.fixture
def a_package(tmp_path: Path) -> Path:
    files = {
        "__init__.py": "",
        "low.py": "import json\nfrom typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from . import high\n",
        "high.py": "from .low import thing\nfrom .sub.deep import x\n",
        "sub/__init__.py": f"from {PACKAGE} import low\n",
        "sub/deep.py": "def f():\n    from ..low import y\n    from . import other_thing\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_the_reader_sees_every_import(a_package: Path) -> None:
    modules = read_package(a_package)
    assert {name: module.own for name, module in modules.items()} == {
        "": set(),
        "low": {"high"},
        "high": {"low", "sub.deep"},
        "sub": {"low"},
        "sub.deep": {"low", "sub"},
    }
    assert modules["low"].others == {"json", "typing"}


def test_the_reader_finds_a_circle(a_package: Path) -> None:
    assert find_circle(read_package(a_package)) == ["high", "low", "high"]
    (a_package / "low.py").write_text("")
    assert find_circle(read_package(a_package)) == []


def test_the_reader_finds_a_circle_of_rooms(a_package: Path) -> None:
    (a_package / "low.py").write_text("from .sub import deep\n")
    (a_package / "high.py").write_text("")
    (a_package / "sub" / "deep.py").write_text("")
    modules = read_package(a_package)
    assert find_circle(modules) == []
    assert find_circle(rooms_of(modules)) == ["low", "sub", "low"]
