"""What a type checker has to find. Each line is wrong, and says what is said of it.

An error that nobody raises is one, too: ``warn_unused_ignores`` of mypy, and pyright's
``reportUnnecessaryTypeIgnoreComment``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.models import App, AppQuerySet
from django_share_analytics import atrack_share, track_share
from django_share_analytics.stats import (
    share_count,
    share_counts,
    share_stats,
    with_share_count,
)
from django_share_analytics.upkeep import export_person
from django_share_analytics.virality import share_virality

if TYPE_CHECKING:
    from django_share_analytics import ShareEvent


track_share(None, "copy")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
track_share(App.objects.all(), "copy")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
track_share(App(), 7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
track_share(App(), "copy", user="ada", plattform="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
track_share(App(), "copy").identifier  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


async def asynchronously() -> None:
    await atrack_share(App(), "copy", plattform="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await atrack_share(App())  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    (await atrack_share(App(), "copy")).identifier  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def of_an_event(event: ShareEvent) -> None:
    event.platform = "copy"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


share_count(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
share_count(App()).total()  # type: ignore[operator]  # pyright: ignore[reportCallIssue]
share_counts(App())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
share_stats(30)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
share_stats(app=App()).previous.change  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
share_virality().rates.visits_per_share  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
with_share_count(App)  # type: ignore[type-var]  # pyright: ignore[reportArgumentType]
with_share_count(AppQuerySet(App)).most_shared()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
export_person(user=7)["share"]  # type: ignore[typeddict-item]  # pyright: ignore[reportGeneralTypeIssues]
