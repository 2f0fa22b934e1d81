"""What is said beside the counts of shares, and is read anew each time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_share_analytics.virality.cohort import Cohort


def read_beside(
    cohort: Cohort, shares: Sequence[int], visits: Sequence[int], using: str
) -> dict[str, Any]:
    """Placements, views and cascades, by their names in an answer.

    ``shares`` and ``visits`` are those of each matured day.
    """
    return {}
