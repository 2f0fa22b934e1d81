"""When to stop waiting for what may never come."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def never() -> float:
    """For a deadline that nothing puts off."""
    return float("-inf")


@dataclass(frozen=True, slots=True)
class Deadline:
    """So many seconds from now, or, where that is later, from the last sign of progress."""

    seconds: float
    last_progress: Callable[[], float] = never
    """When there was some, by the clock that can't be set."""
    since: float = field(default_factory=time.monotonic)

    def left(self) -> float:
        """Seconds until then: 0 when it has passed, and no more than a lock can wait for."""
        left = max(self.since, self.last_progress()) + self.seconds - time.monotonic()
        return min(max(0.0, left), threading.TIMEOUT_MAX)
