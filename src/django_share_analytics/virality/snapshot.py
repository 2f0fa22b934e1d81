"""What was found of cascades, as it is kept: in the cache, or in a row of the database for long.

Of a cascade there is only what doesn't change by itself. What its share and its app are called is
read with the answer: so nothing is said of a share that is gone since.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django_share_analytics.models import CascadeSnapshot
from django_share_analytics.virality.forest import MAX_DRAWN, parents_in
from django_share_analytics.virality.trees import tree_of

if TYPE_CHECKING:
    from django_share_analytics.virality.forest import ChildrenOf
    from django_share_analytics.virality.trees import ShareTree

SNAPSHOT_VERSION = 1
"""Raised when the shape of what is kept changes: an upgrade reads no old shape."""


@dataclass(frozen=True, slots=True)
class FoundCascade:
    root: UUID
    size: int
    depth: int
    structural_virality: float
    parents: list[int]


def found_cascade(root: UUID, tree: ShareTree, children_of: ChildrenOf) -> FoundCascade:
    """The cascade with its shares, if these are few: then it is measured as it is drawn."""
    parents = parents_in(root, children_of) if tree.size <= MAX_DRAWN else []
    if parents:
        tree = tree_of(parents)
    return FoundCascade(root, tree.size, tree.depth, tree.structural_virality, parents)


@dataclass(frozen=True, slots=True)
class LargestPart:
    """The part of all visits within a window that a single share of these days brought."""

    start: date
    end: date
    part: float | None


@dataclass(frozen=True, slots=True)
class FoundCascades:
    made_at: datetime
    start: date
    end: date
    roots: int
    forwarded: int
    largest: list[FoundCascade]
    visits: dict[int, LargestPart] = field(default_factory=dict)
    """By windows. Empty where nobody looked."""


def keep_snapshot(days: int, found: FoundCascades, using: str) -> None:
    """In the place of the one of as many days, at once."""
    content = {"version": SNAPSHOT_VERSION, **asdict(found)}
    del content["made_at"]
    CascadeSnapshot.objects.using(using).update_or_create(
        pk=days, defaults={"made_at": found.made_at, "content": _plain(content)}
    )


def read_snapshot(days: int, using: str) -> FoundCascades | None:
    """The last one of so many days, however old; ``None``: there is none that can be read."""
    row = CascadeSnapshot.objects.using(using).filter(pk=days).first()
    if row is None or row.content.get("version") != SNAPSHOT_VERSION:
        return None
    content = row.content
    return FoundCascades(
        made_at=row.made_at,
        **_days(content),
        roots=content["roots"],
        forwarded=content["forwarded"],
        largest=[
            FoundCascade(**{**each, "root": UUID(each["root"])}) for each in content["largest"]
        ],
        visits={
            int(window): LargestPart(**_days(each), part=each["part"])
            for window, each in content["visits"].items()
        },
    )


def _days(content: dict[str, Any]) -> dict[str, date]:
    return {end: date.fromisoformat(content[end]) for end in ("start", "end")}


def _plain(value: Any) -> Any:
    """As JSON has it: keys and whatever is no number as text."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, int | float) else str(value)
