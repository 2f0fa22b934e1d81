"""How many examples a property is tried on."""

from __future__ import annotations

import os


def examples(number: int) -> int:
    """All of them in CI; on any other day a third, as each of them writes to a database."""
    return number if os.environ.get("CI") else number // 3
