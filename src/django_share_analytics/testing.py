"""For the tests of projects that use share analytics.

They need nothing: under Django's test runner and pytest-django each share is written before
``track_share()`` returns, where the test's own writes go, whatever dispatcher is configured, and no
count is kept. What a test sets itself counts, as with :func:`use_dispatchers`. To see what would be
tracked without a database::

    with capture_shares() as shares:
        client.post("/api/shares", {"appId": app.pk, "platform": "x"})
    assert shares[0].platform == "twitter"

What was seen on the links of shares is in ``shares.link_events``, and of their buttons in
``shares.impressions``.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django_share_analytics.conf import SETTING, given_settings
from django_share_analytics.dispatch.base import BaseDispatcher
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.events import ImpressionEvent, LinkEvent, ShareEvent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django_share_analytics.conf import DispatcherSettings
    from django_share_analytics.events import Event

IMMEDIATE = {
    "default": {
        "BACKEND": "django_share_analytics.dispatch.backends.immediate.ImmediateDispatcher",
    },
}
"""For :func:`use_dispatchers`: each share is written at once, and counted."""
MEMORY = {"default": {"BACKEND": "django_share_analytics.testing.MemoryDispatcher"}}
"""For :func:`use_dispatchers`: nothing is written, and all of it can be looked at."""


class CapturedShares(list[ShareEvent]):
    """The shares that were tracked, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.link_events: list[LinkEvent] = []
        """What was seen on links of shares: clicks, visits, conversions …, in their order."""
        self.impressions: list[ImpressionEvent] = []
        """Which placements came into sight, a page view each, in their order."""


class MemoryDispatcher(BaseDispatcher):
    """Keeps every event in a list, and writes none."""

    def __init__(self, config: DispatcherSettings) -> None:
        super().__init__(config)
        self.events: list[Event] = []
        self.shares = CapturedShares()

    def submit(self, event: Event) -> str | None:
        self.events.append(event)
        if isinstance(event, ShareEvent):
            self.shares.append(event)
        elif isinstance(event, LinkEvent):
            self.shares.link_events.append(event)
        else:
            self.shares.impressions.append(event)
        return None


@contextmanager
def use_dispatchers(entries: Mapping[str, Mapping[str, Any]]) -> Iterator[None]:
    """Within the block, or the decorated function, dispatch as ``entries`` say."""
    from django.test import override_settings

    changed = {**given_settings(), "DISPATCHERS": entries}
    with override_settings(**{SETTING: changed}):
        yield


@contextmanager
def capture_shares() -> Iterator[CapturedShares]:
    """Within the block nothing is written; the list fills with the shares that were tracked, its
    ``link_events`` with what was seen on links."""
    with use_dispatchers(MEMORY):
        dispatcher = dispatchers["default"]
        assert isinstance(dispatcher, MemoryDispatcher)
        yield dispatcher.shares
