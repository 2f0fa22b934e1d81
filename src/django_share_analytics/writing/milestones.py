"""Round numbers of shares: whoever wants to know is told when an app reaches one."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING

from django_share_analytics.models import AppCount, Share
from django_share_analytics.places import Place
from django_share_analytics.signals import share_milestone
from django_share_analytics.sql.reading import rows_with
from django_share_analytics.writing.announcing import after_commit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django_share_analytics.events import ShareEvent

FIRST_MILESTONE, TIMES = 100, 10

_is_history: ContextVar[bool] = ContextVar("_is_history", default=False)


@contextmanager
def of_long_ago() -> Iterator[None]:
    """What is written within the block was shared long ago: nobody is congratulated on that."""
    token = _is_history.set(True)
    try:
        yield
    finally:
        _is_history.reset(token)


def note_milestones(new: Sequence[ShareEvent], using: str) -> None:
    """Look whether these shares, which are stored and counted now, bring an app to a milestone.

    In the transaction that counts them. It has the counts of these apps to itself until its commit,
    so the writers of an app pass here one after the other, and each milestone is between what one
    of them found and what it left. What is noted keeps a count that fell, and rises again, from
    reaching one twice.
    """
    if not new or _is_history.get() or not share_milestone.has_listeners(Share):
        return
    added = Counter(event.app_id for event in new)
    place = Place(new[0].using, new[0].tenant)
    counts = rows_with(AppCount, "app", added, ("app", "n", "milestone"), using)
    for app_id, total, announced in counts:
        reached = milestones_in(max(total - added[app_id], announced or 0), total)
        if not reached:
            continue
        AppCount._base_manager.using(using).filter(app=app_id).update(milestone=reached[-1])
        for milestone in reached:
            send = partial(
                share_milestone.send_robust,
                sender=Share,
                app_id=app_id,
                milestone=milestone,
                total=total,
                using=using,
                tenant=place.tenant,
            )
            after_commit(send, place, using)


def milestones_in(before: int, total: int) -> list[int]:
    """Those that a count passes on its way from ``before`` to ``total``, the smallest first."""
    found, milestone = [], FIRST_MILESTONE
    while milestone <= total:
        if milestone > before:
            found.append(milestone)
        milestone *= TIMES
    return found
