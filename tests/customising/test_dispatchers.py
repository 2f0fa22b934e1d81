from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from django_share_analytics.dispatch.handler import dispatchers
from tests.customising.pages import Project, passes

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.once


@pytest.fixture
def project(project_of: Callable[[str], Project]) -> Project:
    project = project_of("dispatchers")
    project.run("shop/dispatch.py")
    return project


def test_its_own_tests_pass(
    project: Project, django_db_setup: None, django_db_blocker: Any
) -> None:
    tests = project.run("shop/tests/test_dispatch.py")
    with django_db_blocker.unblock():
        passes(tests.SpoolDispatcherTests)


def test_its_own_tests_can_fail(
    project: Project,
    django_db_setup: None,
    django_db_blocker: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dispatcher = sys.modules["shop.dispatch"].SpoolDispatcher
    tests = project.run("shop/tests/test_dispatch.py")
    monkeypatch.setattr(dispatcher, "submit", lambda self, event: None)
    with django_db_blocker.unblock(), pytest.raises(AssertionError, match="0 != 3"):
        passes(tests.SpoolDispatcherTests)


def test_its_settings_name_it(project: Project, settings: Any) -> None:
    settings.SHARE_ANALYTICS = project.run("settings.py").SHARE_ANALYTICS
    assert type(dispatchers["default"]).__name__ == "SpoolDispatcher"
