from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings

# Chromium, and a server for it.
from tests.browser.conftest import browser, live_server

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["browser", "live_server"]

REAL = Path(__file__).parent
PACKAGE, _, HOST = settings.SETTINGS_MODULE.removesuffix(".settings").rpartition(".")
IS_A_HOST = PACKAGE == "tests.hosts.real"
"""Whether the tests run with the settings of one of the projects; else none of these does."""


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out what is of the other projects: their packages may not even be there."""
    within = collection_path.relative_to(REAL).parts
    is_ours = IS_A_HOST and (collection_path.is_file() or within[0] == HOST or not within)
    return None if is_ours else True


@pytest.fixture(autouse=True)
def _as_in_production() -> None:
    """No setting of ours is touched: a project's own tests have nothing of ours in them."""


@pytest.fixture(scope="session")
def table() -> Any:
    """The module ``visits`` of the project."""
    return import_module(f"{PACKAGE}.{HOST}.visits")


@pytest.fixture
def names(db: None, table: Any, request: pytest.FixtureRequest) -> dict[str, Any]:
    """What a visit can name in braces."""
    if hasattr(table, "prepare"):
        return dict(table.prepare())
    make: Callable[..., Any] = request.getfixturevalue("make_app")
    return {"app": make("Chess").pk}
