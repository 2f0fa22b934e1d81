"""Re-shares as they are stored: a step of the parent, which has the id of the share that it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django_share_analytics.models import LinkStep, Share
from django_share_analytics.sql.statements import chunks
from django_share_analytics.steps import RESHARE
from django_share_analytics.virality.forest import Link

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

SHARES_A_PAGE = 5_000
"""Shares that are in memory at a time."""


def links_in_time(since: datetime, using: str, page: int = SHARES_A_PAGE) -> Iterator[list[Link]]:
    """Every share from ``since`` on, the newest first, some thousand at a time.

    All shares of one instant come together: databases differ in the order of ids.
    """
    newest = Share.objects.using(using).filter(timestamp__gte=since).order_by("-timestamp")
    rows = newest.values_list("timestamp", "id")
    rest = rows
    while shares := list(rest[: page + 1]):
        last = shares[-1][0]
        whole = shares if len(shares) <= page else [share for share in shares if share[0] > last]
        if whole:
            rest = rows.filter(timestamp__lte=last) if len(shares) > page else rows.none()
        else:  # one instant that is more than a page
            whole = list(rows.filter(timestamp=last))
            rest = rows.filter(timestamp__lt=last)
        if whole:  # else they were deleted meanwhile
            yield _with_parents(sorted(whole, reverse=True), using)


def _with_parents(shares: Sequence[tuple[datetime, UUID]], using: str) -> list[Link]:
    columns = ("pk", "share", "share__timestamp")
    parents: dict[UUID, tuple[Any, ...]] = {}
    for some in chunks([id for _, id in shares], 1):
        # Joined with the parents, so that one that is gone is none.
        rows = _reshares(using).filter(pk__in=some).values_list(*columns)
        parents.update((id, parent) for id, *parent in rows)
    return [Link(at, id, *parents.get(id, ())) for at, id in shares]


def stored_children(step: Sequence[UUID], using: str) -> list[tuple[UUID, datetime, UUID]]:
    """The re-shares of these shares: the parent, the time and the id of each."""
    rows = _reshares(using).filter(share__in=step)
    return list(rows.values_list("share", "timestamp", "pk"))


@dataclass(frozen=True, slots=True)
class Reshare:
    """A re-share with what is to be known of its parent."""

    id: UUID
    timestamp: datetime
    parent: UUID
    parent_timestamp: datetime
    parent_platform: str


def reshares_since(since: datetime, using: str, most: int, app: Any = None) -> list[Reshare] | None:
    """All that were made from ``since`` on, in no order; ``None``: more than ``most``."""
    rows = _reshares(using).filter(timestamp__gte=since)
    if app is not None:
        rows = rows.filter(share__app=app)
    columns = ("pk", "timestamp", "share", "share__timestamp", "share__platform")
    found = [Reshare(*row) for row in rows.values_list(*columns)[: most + 1]]
    return found if len(found) <= most else None


def _reshares(using: str) -> QuerySet[LinkStep]:
    return LinkStep.objects.using(using).filter(kind=RESHARE).order_by()
