"""Requests and lines that nobody would write, many of them."""

from __future__ import annotations

import os
import random

SEED = int(os.environ.get("FUZZ_SEED") or random.randrange(2**32))
CASES = int(os.environ.get("FUZZ_CASES") or 300)


def cases_for(parts: int) -> int:
    """How many each of so many parts makes."""
    return max(1, CASES // parts)
