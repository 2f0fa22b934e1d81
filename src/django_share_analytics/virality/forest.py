"""Cascades put together from their ends: shares come the newest first, each with its parent.

A parent is older than its children. So when a share comes, all that it led to has come already, and
is one sum (:class:`.trees.ShareTree`): no cascade is ever in memory as a whole. What waits there is
one sum for each parent that is still to come.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from django_share_analytics.virality.trees import ShareTree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from uuid import UUID

    ChildrenOf = Callable[[list[UUID]], Iterable[tuple[UUID, datetime, UUID]]]
    """The re-shares of some shares: the parent, the time and the id of each."""

LARGEST = 10
"""So many cascades are told of one by one."""
MAX_DRAWN = 500
"""Shares of a cascade of which it is told, one by one, who led to whom."""


class Link(NamedTuple):
    """A share, and the one that it is a re-share of, if it is one."""

    timestamp: datetime
    share: UUID
    parent: UUID | None = None
    parent_timestamp: datetime | None = None


@dataclass(slots=True)
class Forest:
    """The cascades that begin with one of the ``roots`` that are asked for."""

    since: datetime
    """No root that is asked for is older."""
    is_root: Callable[[Link], bool]
    """Whether a share without parent is one of those that are asked for."""
    roots: int = 0
    forwarded: int = 0
    """Roots that led to another share."""
    open: dict[UUID, ShareTree] = field(default_factory=dict)
    """Of the parents that are still to come: all that they led to."""
    _largest: list[tuple[int, datetime, UUID, ShareTree]] = field(default_factory=list)

    def add(self, links: Iterable[Link]) -> None:
        """The next shares: none of them newer, by time and id, than one that was added before."""
        for link in links:
            tree = self.open.pop(link.share, None) or ShareTree()
            if link.parent is None:
                self._end(link, tree)
            elif link.parent_timestamp is not None and link.parent_timestamp >= self.since:
                self.open.setdefault(link.parent, ShareTree()).add(tree)

    def _end(self, link: Link, tree: ShareTree) -> None:
        if not self.is_root(link):
            return
        self.roots += 1
        if tree.size > 1:
            self.forwarded += 1
            heapq.heappush(self._largest, (tree.size, link.timestamp, link.share, tree))
            if len(self._largest) > LARGEST:
                heapq.heappop(self._largest)

    @property
    def largest(self) -> list[tuple[UUID, ShareTree]]:
        """The largest cascades by their roots, the largest first; of two, the newer."""
        return [(root, tree) for *_, root, tree in sorted(self._largest, reverse=True)]


def parents_in(root: UUID, children_of: ChildrenOf) -> list[int]:
    """Who led to whom, as :attr:`.results.Cascade.parents`; empty if there are too many.

    ``children_of`` is asked for one step from the root after the other, of :data:`MAX_DRAWN` shares
    at most.
    """
    places, parents, step = {root: 0}, list[int](), [root]
    while step and len(places) <= MAX_DRAWN:
        children = sorted((at, child, parent) for parent, at, child in children_of(step))
        parents += [places[parent] for _, _, parent in children]
        step = [child for _, child, _ in children]
        places.update((child, number) for number, child in enumerate(step, len(places)))
    return parents if len(places) <= MAX_DRAWN else []
