from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.customising.pages import Project

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(autouse=True)
def _keys_of_the_pages(settings: Any) -> None:
    if settings.APP_KEY != "uuid":
        pytest.skip("the project of these pages has UUIDs as keys")


@pytest.fixture
def project_of(app_model: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Project]:
    """``project_of(page)``: a project with the files that the page shows."""
    return lambda page: Project(page, app_model, monkeypatch)
