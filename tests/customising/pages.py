"""The files of a reader's project, as ``docs/how-to/customising`` shows them."""

from __future__ import annotations

import re
import sys
import unittest
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"
OVERVIEW = HOW_TO / "customising.md"
PAGES = sorted((HOW_TO / "customising").glob("*.md"))

FILE = re.compile(
    r"^```(?:python|django)\n(?:#|\{#) (?P<name>[\w./]+)(?: #\})?\n(?P<text>.*?)^```$", re.M | re.S
)


def files_on(page: str) -> dict[str, str]:
    """What the page puts into each file of the project."""
    text = (HOW_TO / "customising" / f"{page}.md").read_text()
    return {found["name"]: found["text"] for found in FILE.finditer(text)}


class Project:
    """The modules of a page, and an app ``catalog`` with the model that is shared."""

    def __init__(self, page: str, app_model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.files = files_on(page)
        self._monkeypatch = monkeypatch
        self.module("catalog.models").App = app_model  # type: ignore[attr-defined]

    def run(self, file: str) -> Any:
        """Run the file, as whoever imports it first does; what it made."""
        module = self.module(file.removesuffix(".py").replace("/", "."))
        exec(compile(self.files[file], file, "exec", dont_inherit=True), vars(module))
        return module

    def module(self, name: str) -> ModuleType:
        """An empty one, that can be imported; and the packages that it is in."""
        module = ModuleType(name)
        self._monkeypatch.setitem(sys.modules, name, module)
        package, _, last = name.rpartition(".")
        if package:
            parent = sys.modules.get(package) or self.module(package)
            self._monkeypatch.setattr(parent, last, module, raising=False)
        return module


def passes(case: type[unittest.TestCase]) -> None:
    """Run the tests of a page, as a project's own runner does."""
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(case).run(result)
    wrong = [*result.failures, *result.errors]
    assert not wrong, "\n".join(text for _, text in wrong)
    assert result.testsRun
    assert not result.skipped
