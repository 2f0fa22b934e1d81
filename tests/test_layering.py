"""Imports point down, without circles, and the package's root touches no model.

A new module has to say here where it belongs.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.layering import PACKAGE, find_circle, read_package

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.once

MODULES = read_package()

# The rooms, from the ground up. A name also stands for the modules below it; the longest one wins.
ROOMS = {
    "facts": """
        conf exceptions signals events platforms privacy bots periods outcomes keys codec backoff
        csvcells csvrecords caching visibility savepoints dispatch.patching
    """,
    "transport": """dispatch tracking""",
    "storage": """
        arrays functions upsert state deletion models rollups one_statement recording presence
        retention writer poison consumer replay delivery migrations
    """,
    "backends": """
        dispatch.backends dispatch.threads dispatch.queues dispatch.draining dispatch.journal tasks
    """,
    "reads": """
        ledger comparison series closed_days app_sums rankings counting cached_counts
        stats tables overview links virality export
    """,
    "operation": """
        status health differences verification repair rezoning audit pruning sharelines importing
    """,
    "edges": """
        admin api apps asgi buttons charts checks downloads management templatetags testing urls
    """,
    # `import django_share_analytics` gives the two names that everyone needs.
    "root": "",
}
MAY_IMPORT = {
    "facts": {"facts"},
    "transport": {"facts", "transport"},
    "storage": {"facts", "storage"},
    "backends": {"facts", "transport", "storage", "backends"},
    "reads": {"facts", "storage", "reads"},
    "operation": {"facts", "transport", "storage", "reads", "operation"},
    "edges": {"facts", "transport", "storage", "reads", "operation", "edges"},
    "root": {"facts", "transport"},
}
CORE = {"django", "asgiref", "rest_framework", "django_filters"}  # asgiref comes with Django


def room_of(module: str) -> str:
    if not module:
        return "root"
    homes = {name: room for room, names in ROOMS.items() for name in names.split()}
    name = module
    while name not in homes:
        assert name, f"{module}: say in ROOMS where it belongs"
        name = name.rpartition(".")[0]
    return homes[name]


def third_parties(module: str) -> set[str]:
    return MODULES[module].others - sys.stdlib_module_names


@pytest.mark.parametrize("name", sorted(MODULES), ids=lambda name: name or "root")
def test_imports_point_down(name: str) -> None:
    allowed = MAY_IMPORT[room_of(name)]
    wrong = {other for other in MODULES[name].own if room_of(other) not in allowed}
    assert not wrong, f"{name or 'the root'} ({room_of(name)}) must not import {wrong}"


def test_imports_form_no_circle() -> None:
    assert find_circle(MODULES) == []


def test_backends_know_of_the_transport_only_its_base() -> None:
    for name, module in MODULES.items():
        if room_of(name) == "backends":
            transport = {other for other in module.own if room_of(other) == "transport"}
            assert transport <= {"dispatch.base"}, name


def test_facts_need_nothing_but_django() -> None:
    needed = {name: third_parties(name) for name in MODULES if room_of(name) == "facts"}
    assert {name: other for name, other in needed.items() if other - {"django"}} == {}


def test_only_backends_need_more_than_the_core() -> None:
    needed = {name: third_parties(name) for name in MODULES if room_of(name) != "backends"}
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


def test_the_reader_sees_every_import_that_can_run(a_package: Path) -> None:
    modules = read_package(a_package)
    assert {name: module.own for name, module in modules.items()} == {
        "": set(),
        "low": set(),
        "high": {"low", "sub.deep"},
        "sub": {"low"},
        "sub.deep": {"low", "sub"},
    }
    assert modules["low"].others == {"json", "typing"}


def test_the_reader_finds_a_circle(a_package: Path) -> None:
    assert find_circle(read_package(a_package)) == []
    (a_package / "low.py").write_text("def f():\n    from . import high\n")
    assert find_circle(read_package(a_package)) == ["high", "low", "high"]
