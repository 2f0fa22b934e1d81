"""How long to wait before asking again for something that is away."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def backoff(first: float = 0.1, last: float = 5.0) -> Iterator[float]:
    """Seconds to wait before each next try: doubling, up to a limit, never quite in step."""
    seconds = first
    while True:
        yield seconds * random.uniform(0.75, 1.25)  # noqa: S311 - spreads load, guards nothing
        seconds = min(2 * seconds, last)
