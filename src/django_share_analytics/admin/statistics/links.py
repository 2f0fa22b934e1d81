"""The addresses of the statistics page that ask for a question, and for one near it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from django_share_analytics.stats import Question

ORDER = ("days", "from", "to", "platform", "app", "compare", "window", "export")
"""How parameters stand in an address, so that one view has one address."""


def query_of(asked: Mapping[str, Any]) -> str:
    """Parameters as the query of an address; what is ``None`` is left out."""
    given = [(name, asked[name]) for name in ORDER if asked.get(name) is not None]
    return f"?{urlencode(given)}"


def parameters(question: Question) -> dict[str, str]:
    """The question as the page's own parameters; what is not asked for is left out."""
    asked = {
        "days": question.days,
        "from": question.period.start if question.days is None else None,
        "to": question.period.end if question.days is None else None,
        "platform": question.platform,
        "app": question.app,
        "compare": None if question.compare else 0,
    }
    return {name: str(value) for name, value in asked.items() if value is not None}


def link(question: Question, **changes: Any) -> str:
    """The query of the page for the same with some parameters changed, or dropped (None)."""
    return query_of({**parameters(question), **changes})


def link_to_day(question: Question, day: date) -> str:
    """The same for one day alone."""
    return link(question, **{"days": None, "from": day, "to": day})


def link_to_days(question: Question, days: int) -> str:
    """The same for the last so many days."""
    return link(question, **{"days": days, "from": None, "to": None})
