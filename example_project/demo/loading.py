"""Putting the demonstration's data into the database, once."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid5

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from django_share_analytics.events import LinkEvent
from django_share_analytics.models import LinkStep, Share
from django_share_analytics.writing.writer import write_shares
from example_project.catalog.models import App

from .models import Simulation
from .simulation import DAYS, NAMESPACE, Crowd, Item
from .travels import LONGEST, Travels
from .visitors import PEOPLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from uuid import UUID

    from django.db.models import Model

    from django_share_analytics.events import Event

APPS_FILE = Path(__file__).with_name("apps.csv")
BATCH = 8_000
WORTH_ADDING = timedelta(days=1)
"""A shorter gap since the last simulated share stays as it is: a restart changes nothing."""


def apps_in_file() -> list[App]:
    """The store's apps, most popular first."""
    with APPS_FILE.open(encoding="utf-8", newline="") as file:
        return [App(pk=uuid5(NAMESPACE, row["slug"]), **row) for row in csv.DictReader(file)]


def load_apps() -> list[App]:
    """The same, put into the database; those that are there already stay as they are."""
    apps = apps_in_file()
    App.objects.bulk_create(apps, ignore_conflicts=True)
    return apps


def load_people() -> list[object]:
    """The keys of the visitors with an account."""
    users = get_user_model()
    known = users.objects.filter(username__in=PEOPLE)
    missing = set(PEOPLE) - set(known.values_list("username", flat=True))
    users.objects.bulk_create(
        users(username=name, password=make_password(None)) for name in sorted(missing)
    )
    return list(known.order_by("username").values_list("pk", flat=True))


def load_administrator(username: str, password: str) -> None:
    """An administrator who can log in with ``password``, unless the name is taken already."""
    users = get_user_model()
    if not users.objects.filter(username=username).exists():
        users.objects.create_superuser(username, email="", password=password)


@dataclass(frozen=True, slots=True)
class Gap:
    """The time for which nothing is simulated yet."""

    start: datetime
    end: datetime
    travelling_since: datetime
    """Shares from then on may still be on their way in this time."""

    @classmethod
    def up_to(cls, now: datetime, days: int = DAYS) -> Gap | None:
        """What is missing of the ``days`` up to ``now``; ``None`` when it isn't worth adding."""
        start = since = now - timedelta(days=days)
        if done := Simulation.objects.first():
            start = max(start, done.until)
            since = start - LONGEST
        return cls(start, now, since) if now - start >= WORTH_ADDING else None

    def has(self, instant: datetime) -> bool:
        return self.start < instant <= self.end

    def note_filled(self) -> None:
        """Leave nothing to do for the next start. Whatever is interrupted before is done again."""
        Simulation.objects.update_or_create(pk=1, defaults={"until": self.end})


def events_of(gap: Gap) -> list[Event]:
    """The sharing of the store's apps in ``gap``, and what became of shares in it, in time."""
    items = [Item(app.pk, app.get_absolute_url()) for app in load_apps()]
    crowd = Crowd(items, load_people(), timezone.get_default_timezone())
    travels = Travels(crowd)
    events: list[Event] = []
    for seed in crowd.shares(gap.travelling_since, gap.end):
        events += (event for event in (seed, *travels.of(seed)) if gap.has(event.timestamp))
    return sorted(events, key=attrgetter("timestamp"))


def load_events(gap: Gap, events: list[Event], progress: Callable[[int], object]) -> None:
    """Write ``events``, all of ``gap``; those that an interrupted start has written stay.

    ``progress`` hears how many more are stored.
    """
    remaining = iter(events)
    while batch := list(islice(remaining, BATCH)):
        write_shares(_missing(batch))
        progress(len(batch))


def _missing(batch: list[Event]) -> list[Event]:
    """Without those that are stored: the writer would count them as repeats, for admins to see.

    And without what became of shares that are not: the first days have none before them.
    """
    named = {event.id for event in batch} | {of for event in batch if (of := _share_of(event))}
    stored = _stored(Share, named)
    known = stored | _stored(LinkStep, (event.id for event in batch))
    missing = []
    for event in batch:
        of = _share_of(event)
        if event.id in known or (of and of not in stored):
            continue
        missing.append(event)
        stored.add(event.id)
    return missing


def _share_of(event: Event) -> UUID | None:
    """The share on whose link somebody came."""
    return event.share_id if isinstance(event, LinkEvent) else event.via


def _stored(model: type[Model], ids: Iterable[UUID]) -> set[UUID]:
    return set(model.objects.filter(pk__in=ids).values_list("pk", flat=True))
