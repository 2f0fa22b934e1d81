"""Tests lie where what they test lies: ``stats/days.py`` is tested in ``tests/stats/test_days.py``.

A long one is cut by what it is about: ``test_answer__by_hand.py``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.layering import SOURCE

pytestmark = pytest.mark.once

TESTS = Path(__file__).parent

OF_THEIR_OWN = {
    "attack",
    "benchmarks",
    "browser",
    "contributing",
    "crash",
    "customising",
    "docs",
    "example",
    "fuzz",
    "hosts",
    "newcomer",
    "servers",
    "typing",
    "upgrade",
}
"""Folders of tests of the whole, and of what stands beside the package."""
OF_THE_WHOLE = {
    "admin/test_deletion_of_apps",  # of the host's own pages
    "admin/charts/test_charts",  # one picture of four modules
    "test_architecture",
    "test_audit",
    "test_commands",
    "test_emptying",  # of the tests themselves
    "gates/test_how_to",
    "host/test_mistakes",
    "host/test_tests_of_a_host",
    "test_layering",
    "test_migrations",
    "test_mutants",
    "test_packaging",
    "test_privacy_page",
    "test_privacy_page__found",
    "test_public_names",
    "test_reference_pages",
    "test_release",
    "test_schemas",  # of the tests themselves
    "test_translations",
    "test_tree",
    "test_workflows",
}


def places_of(path: str) -> list[Path]:
    """Where the module would be that a test of this name, without ``.py``, is of."""
    folder, _, name = path.rpartition("/")
    module = name.removeprefix("test_").partition("__")[0]
    within = SOURCE / folder
    return [
        within / f"{module}.py",
        within / module / "__init__.py",
        within / "commands" / f"{module}.py",
    ]


def test_each_test_lies_where_its_module_lies() -> None:
    tests = {str(path.relative_to(TESTS).with_suffix("")) for path in TESTS.rglob("test_*.py")}
    ours = {path for path in tests if path.partition("/")[0] not in OF_THEIR_OWN} - OF_THE_WHOLE
    assert {path for path in ours if not any(place.exists() for place in places_of(path))} == set()


def test_no_folder_of_tests_has_lost_its_room() -> None:
    folders = {path.parent.relative_to(TESTS) for path in TESTS.rglob("test_*.py")}
    ours = {folder for folder in folders if folder.parts and folder.parts[0] not in OF_THEIR_OWN}
    assert {str(folder) for folder in ours if not (SOURCE / folder).is_dir()} == set()
