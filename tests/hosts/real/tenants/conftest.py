from __future__ import annotations

import pytest
from django.conf import settings

# Nothing of this can even be imported with the settings of another project.
collect_ignore_glob = [] if hasattr(settings, "TENANT_MODEL") else ["*.py"]


@pytest.fixture(autouse=True)
def _as_in_production() -> None:
    """No setting of ours is touched: a project's own tests have nothing of ours in them."""
