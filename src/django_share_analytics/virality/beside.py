"""What is said beside the counts of shares, and is read anew each time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django_share_analytics.virality.cascades import cascades_of
from django_share_analytics.virality.placements import read_placements
from django_share_analytics.virality.verdicts import verdict_at
from django_share_analytics.virality.views import travel_of_views

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_share_analytics.virality.cohort import Cohort


def read_beside(
    cohort: Cohort, shares: Sequence[int], visits: Sequence[int], using: str
) -> dict[str, Any]:
    """Placements, views and cascades, by their names in an answer.

    ``shares`` and ``visits`` are those of each matured day.
    """
    found = {
        "views": travel_of_views(cohort, shares, visits),
        "cascades": cascades_of(cohort, using),
    }
    if cohort.question.app is not None:
        return found
    return {
        **found,
        "placements": read_placements(cohort, using),
        "verdict": verdict_at(cohort.question.now, using),
    }
