from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.dispatch import receiver

from django_share_analytics.signals import share_milestone, shares_dropped, shares_recorded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_share_analytics.events import Event, ShareEvent


@receiver(shares_recorded)
def congratulate(sender: object, events: Sequence[ShareEvent], **others: Any) -> None:
    print([event.app_id for event in events if event.user_id])


@receiver(shares_dropped)
def complain(sender: object, events: Sequence[Event], reason: str, **others: Any) -> None:
    print(reason, len(events))


@receiver(share_milestone)
def celebrate(sender: object, app_id: int, milestone: int, total: int, **others: Any) -> None:
    print(app_id, milestone, total)
