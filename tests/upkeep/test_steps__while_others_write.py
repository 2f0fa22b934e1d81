"""Shares go, are pruned and proven while others write shares and what became of them."""

from __future__ import annotations

import random
import threading
import time
from datetime import date, timedelta
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from django_share_analytics.models import LinkStep, Share
from django_share_analytics.steps import SEEN
from django_share_analytics.upkeep import audit as audit_module
from django_share_analytics.upkeep import repair
from django_share_analytics.upkeep.audit import audit_counts
from django_share_analytics.upkeep.pruning import prune
from django_share_analytics.writing.writer import write_shares
from tests.factories import NOON, event, link_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from django_share_analytics.events import Event, ShareEvent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SECONDS = 4.0


class Crowd:
    """Threads that do the same again and again, until the time is over."""

    def __init__(self) -> None:
        self.errors: list[Exception] = []
        self.end = time.monotonic() + SECONDS

    def run(self, *works: Callable[[], object]) -> None:
        threads = [threading.Thread(target=self._repeat, args=[work]) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert self.errors == []

    def _repeat(self, work: Callable[[], object]) -> None:
        try:
            while time.monotonic() < self.end:
                work()
                time.sleep(0.005)  # SQLite has no queue: without a gap, the third may never get in
        except Exception as error:
            self.errors.append(error)
        finally:
            connection.close()


class Visitors:
    """Shares of some apps by the links of others, and what is seen on these."""

    def __init__(self, apps: list[Any], seed: int) -> None:
        self.apps = apps
        self.random = random.Random(seed)
        self.shares: list[ShareEvent] = []

    def come(self) -> None:
        batch: list[Event] = [self.share() for _ in range(5)]
        batch += [self.step() for _ in range(15)]
        self.random.shuffle(batch)
        write_shares(batch)

    def share(self) -> ShareEvent:
        app = self.random.choice(self.apps)
        known = [share for share in self.shares[-50:] if share.app_id == app.pk]
        via = self.random.choice(known).id if known else None
        placement = self.random.choice(["", "top"])
        at = NOON + timedelta(hours=len(self.shares))
        self.shares.append(event(app, "sms", at, via=via, placement=placement))
        return self.shares[-1]

    def step(self) -> Event:
        share = self.random.choice(self.shares)
        at = share.timestamp + timedelta(hours=self.random.randrange(400))
        return link_event(share, self.random.choice(SEEN), at)


def delete_some(seed: random.Random) -> None:
    keys = list(Share.objects.order_by("timestamp").values_list("pk", flat=True)[:200])
    Share.objects.filter(pk__in=seed.sample(keys, min(3, len(keys)))).delete()


def drift() -> dict[str, Any]:
    return {name: drift for name, drift in audit_counts().drift.items() if drift.found}


def test_steps__while_shares_are_deleted_and_counts_repaired(
    make_app: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repair, "REPAIR_BATCH_SIZE", 7)
    monkeypatch.setattr(audit_module, "FACTS_AT_ONCE", 3)
    apps = [make_app() for _ in range(3)]
    crowds = [Visitors(apps, seed) for seed in range(2)]
    Crowd().run(
        *(visitors.come for visitors in crowds),
        partial(delete_some, random.Random(7)),
        partial(audit_counts, repair=True),
    )
    assert LinkStep.objects.exists()
    assert drift() == {}


def test_steps__while_shares_are_pruned_and_an_app_goes(make_app: Callable[..., Any]) -> None:
    """What comes too late, of a share that is pruned or an app that is gone, leaves no trace."""
    apps = [make_app() for _ in range(3)]
    crowds = [Visitors(apps, seed) for seed in range(2)]
    days = count()
    start = time.monotonic()

    def prune_more() -> None:
        # However often it gets its turn: the last days can't be pruned.
        prune(date(2026, 3, 10) + timedelta(days=min(next(days), 200)), batch_size=5)

    def drop() -> None:
        if time.monotonic() - start > SECONDS / 2 and apps[2].pk is not None:
            apps[2].__class__.objects.filter(pk=key).delete()

    key = apps[2].pk
    Crowd().run(*(visitors.come for visitors in crowds), prune_more, drop)
    assert not LinkStep.objects.filter(share__app=key).exists()
    assert drift() == {}
