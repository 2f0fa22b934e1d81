from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django_share_analytics.models import Share

if TYPE_CHECKING:
    from collections.abc import Callable


def eventually(met: Callable[[], object], *, seconds: float = 15) -> None:
    """Wait until ``met()`` is true: what a click starts goes on in other threads."""
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.02)


def stored() -> list[tuple[Any, str]]:
    """The app and the platform of every share in the database."""
    return sorted(Share.objects.values_list("app_id", "platform"))
