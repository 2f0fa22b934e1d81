"""The addresses of the page that ask for a cohort, and for one near it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django_share_analytics.admin.statistics.links import parameters, query_of

if TYPE_CHECKING:
    from django_share_analytics.virality.cohort import Cohort


def cohort_parameters(cohort: Cohort) -> dict[str, str]:
    """What is asked for as the page's own parameters."""
    asked = {**parameters(cohort.question), "window": str(cohort.window)}
    return {name: value for name, value in asked.items() if name != "compare"}


def cohort_link(cohort: Cohort, **changes: Any) -> str:
    """The query of the page for the same with some parameters changed, or dropped (None)."""
    return query_of({**cohort_parameters(cohort), **changes})
