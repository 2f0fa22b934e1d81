from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import audit
from tests.audit import is_answered_for, is_permissive, needed_packages

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("licence", "is_fine"),
    [
        ("MIT", True),
        ("BSD License", True),
        ("Apache Software License; BSD License", True),
        ("PSF-2.0", True),
        ("Apache-2.0 OR GPL-2.0-or-later", True),
        ("LGPL-3.0-only", False),
        ("MPL-2.0 AND MIT", False),
        ("BSD License; GNU General Public License (GPL); Public Domain", False),
        ("UNKNOWN", False),
        ("Proprietary", False),
    ],
)
def test_is_permissive(licence: str, is_fine: bool) -> None:
    assert is_permissive(licence) is is_fine


def test_needed_packages__are_those_of_the_core_and_what_these_need() -> None:
    assert needed_packages() >= {"django", "djangorestframework", "django-filter", "sqlparse"}
    assert "pytest" not in needed_packages()


@pytest.mark.parametrize(
    ("rule", "line", "is_fine"),
    [("B608", 2, True), ("B608", 1, False), ("B101", 1, True), ("B602", 2, False)],
)
def test_is_answered_for(rule: str, line: int, is_fine: bool, tmp_path: Path) -> None:
    """By a line with its ``noqa``, where there has to be one."""
    file = tmp_path / "module.py"
    file.write_text("sql(f'{name}')\nsql(f'{table}')  # noqa: S608 - a table of ours\n")
    found = {"test_id": rule, "filename": str(file), "line_range": [line]}
    assert is_answered_for(found) is is_fine


def test_licences__of_all_that_is_needed_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the tool says nothing of is a problem, and no package less."""
    monkeypatch.setattr(audit, "ask", lambda *command: [])
    assert "django: UNKNOWN" in audit.unsuitable_licences()
