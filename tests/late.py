"""A dispatcher that is behind, to see what the pages say of it."""

from __future__ import annotations

from datetime import timedelta

from django_share_analytics.dispatch.backends.immediate import ImmediateDispatcher
from django_share_analytics.dispatch.base import DispatcherStatus
from django_share_analytics.events import utc_now


class LateDispatcher(ImmediateDispatcher):
    """One whose oldest share has been waiting for an hour."""

    def status(self) -> DispatcherStatus:
        now = utc_now()
        return DispatcherStatus(
            waiting=1_204,
            is_shared=True,
            oldest=now - timedelta(hours=1),
            last_write=now - timedelta(minutes=58),
        )
