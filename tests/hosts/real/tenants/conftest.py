from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test.utils import setup_databases, teardown_databases

if TYPE_CHECKING:
    from collections.abc import Iterator

# Nothing of this can even be imported with the settings of another project.
collect_ignore_glob = [] if hasattr(settings, "TENANT_MODEL") else ["*.py"]


@pytest.fixture(autouse=True)
def _as_in_production() -> None:
    """No setting of ours is touched: a project's own tests have nothing of ours in them."""


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """The schemas are made once: neither a transaction nor a flush of one schema fits around."""
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
        yield
        teardown_databases(made, verbosity=0)
