from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from django_share_analytics.links import day_secrets, secret_reader

NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)


class Clock:
    """What the package takes for the time of UTC. Stands still unless it is set."""

    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now

    def go_on(self, **time):
        self.now += timedelta(**time)


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(day_secrets, "utc_now", clock)
    monkeypatch.setattr(secret_reader, "utc_now", clock)
    return clock
