"""What is asked of one tenant is in ``test_tenants.py``: an address alone says nothing here."""

from __future__ import annotations

from typing import Any

VISITS: dict[str, list[Any]] = {}
