"""Cascades while they are few: from all re-shares at once, and the counts of shares."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django_share_analytics.events import utc_now
from django_share_analytics.models import Share
from django_share_analytics.sql.reading import rows_with
from django_share_analytics.sql.statements import chunks
from django_share_analytics.stats.app_days import read_app_days
from django_share_analytics.stats.days import Ledger
from django_share_analytics.stats.hours import read_site_days
from django_share_analytics.virality.forest import Forest, Link
from django_share_analytics.virality.reshares import reshares_since
from django_share_analytics.virality.snapshot import FoundCascades, found_cascade

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from django_share_analytics.periods import DayRange
    from django_share_analytics.stats.question import Question
    from django_share_analytics.virality.reshares import Reshare


def look_for_cascades(
    question: Question, days: DayRange, using: str, most: int
) -> FoundCascades | None:
    """The cascades that began on these days, of the app and the platform that are asked for.

    All shares of the days must be there, row by row. ``None``: there were more than ``most``
    re-shares since, those of older shares among them.
    """
    lower, upper, platform = days.lower, days.upper, question.platform
    reshares = reshares_since(lower, using, most, question.app)
    if reshares is None:
        return None
    platforms = {each.parent: each.parent_platform for each in reshares}
    forest = Forest(
        lower,
        lambda root: root.timestamp < upper and platform in (None, platforms[root.share]),
    )
    forest.add(_links(reshares, lower))
    children: dict[UUID, list[tuple[UUID, datetime, UUID]]] = defaultdict(list)
    for each in reshares:
        children[each.parent].append((each.parent, each.timestamp, each.id))
    within = [each.id for each in reshares if each.timestamp < upper]
    return FoundCascades(
        made_at=utc_now(),
        start=days.start,
        end=days.end,
        # Most began with a share that led to no other, of which nothing has been read.
        roots=_shares(question, days, using) - _on_platform(within, platform, using),
        forwarded=forest.forwarded,
        largest=[
            found_cascade(root, tree, lambda step: [each for id in step for each in children[id]])
            for root, tree in forest.largest
        ],
    )


def _links(reshares: Sequence[Reshare], since: datetime) -> list[Link]:
    """Them, and the shares that they began with; the newest first."""
    links = [Link(each.timestamp, each.id, each.parent, each.parent_timestamp) for each in reshares]
    known = {each.id for each in reshares}
    roots = {
        Link(each.parent_timestamp, each.parent)
        for each in reshares
        if each.parent not in known and each.parent_timestamp >= since
    }
    return sorted([*links, *roots], key=lambda link: link[:2], reverse=True)


def _shares(question: Question, days: DayRange, using: str) -> int:
    if question.app is not None:
        ledger = read_app_days(question.app, [days], using)
    else:
        ledger = Ledger(read_site_days([days], days.zone, using=using))
    return ledger.on(question.platform).total(days)


def _on_platform(shares: Sequence[UUID], platform: str | None, using: str) -> int:
    """How many of these shares are on it."""
    if platform is None:
        return len(shares)
    return sum(
        found == platform
        for some in chunks(shares, 1)
        for (found,) in rows_with(Share, "id", some, ("platform",), using)
    )
