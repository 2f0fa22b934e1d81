"""The reader's project, in which the blocks of one page are run."""

from __future__ import annotations

import sys
from copy import deepcopy
from types import ModuleType
from typing import TYPE_CHECKING, Any

from django.conf import settings as django_settings
from django.urls import clear_url_caches, get_resolver
from django.utils.module_loading import import_string

from django_share_analytics.conf import SETTING
from tests.docs import judging, python
from tests.docs.elsewhere import run_by

if TYPE_CHECKING:
    from pathlib import Path

    from tests.docs.collecting import Part, Sample

URLS = "urls_of_a_page"
BEGINS_WITH = ("CACHES", "DATABASES", "INSTALLED_APPS", "MIDDLEWARE", "TEMPLATES")
"""What Django's own template of a project sets, and a block may add to."""
NOT_APPLIED = {
    "DATABASES",
    "DATABASE_ROUTERS",
    "INSTALLED_APPS",
    "MIDDLEWARE",
    "SHARE_ANALYTICS_APP_MODEL",
}
"""What can't change while a process runs, or names packages that aren't installed here."""


class Project:
    """A block is run after those above it that it builds on: settings, urls, what was typed."""

    def __init__(
        self, page: list[Sample], folder: Path, settings: Any, given: dict[str, Any]
    ) -> None:
        blocks = [sample for sample in page if sample.language == "python"]
        self.parts = [part for block in blocks for part in block.parts]
        self.not_typed = [part for block in blocks if run_by(block) for part in block.parts]
        self.folder = folder
        self.settings = settings
        self.given = given
        python.write_modules(self.parts, folder)

    def run(self, part: Part) -> dict[str, Any]:
        """Run it, look whether Django's checks are content, and give the names that it made."""
        kind = python.kind(part)
        if kind != "settings":
            self.configure(part)
        names = getattr(self, f"_run_{kind}")(part)
        judging.admins_are_sound()
        return names

    def configure(self, part: Part) -> None:
        """What is set above it, but for dispatchers: tests have theirs."""
        names = self._settings(self._above(part, "settings"))
        names.get(SETTING, {}).pop("DISPATCHERS", None)
        self._apply(names)

    def _above(self, part: Part, kind: str) -> list[Part]:
        return [each for each in self.parts if each.line < part.line and python.kind(each) == kind]

    def _settings(self, parts: list[Part]) -> dict[str, Any]:
        """What they set."""
        before = {name: getattr(django_settings, name) for name in BEGINS_WITH}
        names = {**deepcopy(before), "BASE_DIR": self.folder}
        for part in parts:
            python.run_settings(part, names, self.folder)
        return {
            name: value
            for name, value in names.items()
            if name.isupper() and name != "BASE_DIR" and value != before.get(name)
        }

    def _apply(self, names: dict[str, Any]) -> None:
        for name, value in names.items():
            if name == SETTING:
                self.settings.SHARE_ANALYTICS = {**self.settings.SHARE_ANALYTICS, **value}
            elif name not in NOT_APPLIED:
                setattr(self.settings, name, value)
        for path in (*names.get("INSTALLED_APPS", ()), *names.get("MIDDLEWARE", ())):
            if path.startswith("django_share_analytics."):
                import_string(path)

    def _run_settings(self, part: Part) -> dict[str, Any]:
        names = self._settings([*self._above(part, "settings"), part])
        self._apply(names)
        judging.checks_are_silent()
        return names

    def _run_urls(self, part: Part) -> dict[str, Any]:
        module = ModuleType(URLS)
        for each in [*self._above(part, "urls"), part]:
            python.run_urls(each, vars(module))
        sys.modules[URLS] = module
        self.settings.ROOT_URLCONF = URLS
        clear_url_caches()
        assert get_resolver().url_patterns
        judging.checks_are_silent()
        return vars(module)

    def _run_models(self, part: Part) -> dict[str, Any]:
        host = self.given["App"].__module__.rpartition(".")[0]
        return python.run_models(part, host)

    def _run_module(self, part: Part) -> dict[str, Any]:
        return python.run_module(part, self.folder)

    def _run_shell(self, part: Part) -> dict[str, Any]:
        names = {**self.given, "__name__": "__main__"}
        for each in [*self._above(part, "shell"), part]:
            if each == part or each not in self.not_typed:
                python.run_in_shell(each, names)
        return names
