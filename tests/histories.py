"""Made-up histories: shares, what became of them, and whatever order that came in."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid5

from django.db import transaction
from hypothesis import strategies as st

from django_share_analytics.models import Share
from django_share_analytics.steps import AGES, SEEN, VISIT
from django_share_analytics.upkeep.steps import Faults, faults_of, orphan_steps
from tests.factories import (
    NOON,
    counted_by_hand,
    event,
    link_event,
    steps_counted_by_hand,
    stored_counts,
    stored_step_counts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from hypothesis.strategies import DrawFn

    from django_share_analytics.events import Event, ShareEvent

APPS = 2
EDGES = [timedelta(seconds=edge) for edge in AGES if edge <= 60 * 86_400]
VISITORS = st.none() | st.integers(0, 3)
"""So few that some are met on their own links."""
AFTER = st.timedeltas(timedelta(minutes=-1), timedelta(days=40)) | st.sampled_from(EDGES)


@dataclass(frozen=True)
class PlannedShare:
    app: int
    platform: str
    placement: str
    since_noon: timedelta
    parent: int | None
    """The place in the history of the share by whose link its sharer came."""
    visitor: int | None


@dataclass(frozen=True)
class PlannedStep:
    share: int
    kind: str
    detail: str
    since_share: timedelta
    visitor: int | None

    def click_id(self, share_id: UUID) -> UUID | None:
        """Of the click that a visit brings along."""
        is_known = self.kind == VISIT and self.visitor is not None
        return uuid5(share_id, f"click {self.visitor}") if is_known else None


@dataclass(frozen=True)
class History:
    shares: list[PlannedShare]
    steps: list[PlannedStep]

    def events(self, apps: Sequence[Any]) -> tuple[list[ShareEvent], list[Event]]:
        """The shares, and what became of them, as events with ids of their own."""
        shares: list[ShareEvent] = []
        for plan in self.shares:
            via = None if plan.parent is None else shares[plan.parent].id
            at = NOON + plan.since_noon
            shares.append(
                event(
                    apps[plan.app],
                    plan.platform,
                    at,
                    placement=plan.placement,
                    via=via,
                    visitor=plan.visitor,
                )
            )
        seen: list[Event] = [
            link_event(
                shares[plan.share],
                plan.kind,
                shares[plan.share].timestamp + plan.since_share,
                detail=plan.detail,
                visitor=plan.visitor,
                click_id=plan.click_id(shares[plan.share].id),
            )
            for plan in self.steps
        ]
        return shares, seen


@st.composite
def histories(draw: DrawFn, max_shares: int = 8, max_steps: int = 16) -> History:
    shares: list[PlannedShare] = []
    for number in range(draw(st.integers(1, max_shares))):
        parent = draw(st.none() | st.integers(0, number - 1)) if number else None
        shares.append(
            PlannedShare(
                app=draw(st.integers(0, APPS - 1)),
                platform=draw(st.sampled_from(["sms", "copy"])),
                placement=draw(st.sampled_from(["", "top"])),
                since_noon=draw(st.timedeltas(timedelta(0), timedelta(days=5))),
                parent=parent,
                visitor=draw(VISITORS),
            )
        )
    step = st.builds(
        PlannedStep,
        share=st.integers(0, len(shares) - 1),
        kind=st.sampled_from(SEEN),
        detail=st.sampled_from(["", "x"]),
        since_share=AFTER,
        visitor=VISITORS,
    )
    return History(shares, draw(st.lists(step, max_size=max_steps)))


def check_counts() -> None:
    """Counts say what rows say."""
    assert stored_counts() == counted_by_hand()
    assert stored_step_counts() == steps_counted_by_hand()


def check_rows() -> None:
    """That, and rows bear each other out."""
    check_counts()
    assert faults_of(list(Share.objects.values_list("pk", flat=True)), "default") == Faults()
    assert not orphan_steps("default").exists()


@contextmanager
def undone() -> Iterator[None]:
    """What is written in the block is gone after it: the next example begins with nothing."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
