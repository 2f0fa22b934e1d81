"""A branching process over HTTP through two workers: every count equals what was sent."""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from django_share_analytics import steps
from django_share_analytics.events import ShareEvent
from django_share_analytics.links.addresses import quoted_key
from django_share_analytics.links.codes import code_of
from django_share_analytics.models import AppStepDay, LinkStep, PlacementStepDay, SiteStepDay
from django_share_analytics.upkeep.audit import audit_counts
from example_project.demo.simulation import Crowd, Item
from example_project.demo.travels import Travels
from tests.dispatch.conftest import wait_until
from tests.factories import outcomes
from tests.links.known_agents import FETCHERS
from tests.servers.running import free_port, running

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once, pytest.mark.processes]

GUNICORN = [
    *(sys.executable, "-m", "gunicorn", "--worker-class=gthread", "--workers=2", "--threads=4"),
    *("--keep-alive=60", "--bind=127.0.0.1:{port}", "tests.servers.links_host:wsgi"),
]
APPS, SEEDS = 12, 1_400
"""About 2,000 shares in the end."""
CONNECTIONS = 8
TWICE = 16
"""One request in so many is sent once more: it counts once."""
BROWSER = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.{}.0 Safari/537.36"
)
FETCHER_OF = {network: agent for agent, network in FETCHERS}


@dataclass(frozen=True)
class Act:
    """An event, whose it is, and how many shares it comes after: what it is of is there by then."""

    event: object
    person: int
    generation: int


def acts(apps):
    """What the seeds lead to. A click is by somebody new, who then goes on."""
    crowd = Crowd([Item(app.pk, "/") for app in apps], [None], ZoneInfo("Asia/Riyadh"))
    now = datetime(2026, 3, 10, tzinfo=UTC)
    travels, person = Travels(crowd), 0
    for seed in islice(crowd.shares(now - timedelta(days=7), now), SEEDS):
        person += 1
        yield Act(seed, person, 0)
        generation = {seed.id: 0}
        for event in travels.of(seed):
            person += getattr(event, "kind", "") == steps.CLICK
            of = event.via if isinstance(event, ShareEvent) else event.share_id
            generation[event.id] = generation[of] + 1
            yield Act(event, person, generation[of] + 1)


def request_of(act):
    """Method, path, body and user agent."""
    event, agent = act.event, BROWSER.format(act.person)
    if isinstance(event, ShareEvent):
        body = {"id": str(event.id), "appId": as_json(event.app_id), "platform": event.platform}
        body |= {"placement": event.placement} | ({"via": str(event.via)} if event.via else {})
        return "POST", "/api/shares", body, agent
    code = code_of(event.share_id)
    if event.kind in (steps.CLICK, steps.PREVIEW):
        agent = FETCHER_OF[event.detail] if event.kind == steps.PREVIEW else agent
        return "GET", f"/s/{code}/{quoted_key(event.app_id)}", None, agent
    body = {"appId": as_json(event.app_id)}
    if event.kind == steps.VISIT:
        return "POST", f"/api/shares/{code}/visits", body, agent
    return "POST", f"/api/shares/{code}/conversions", {**body, "goal": event.detail}, agent


def as_json(key):
    return key if isinstance(key, int | str) else str(key)


def send(port, acts):
    """One after another over one connection; the statuses."""
    connection, statuses = HTTPConnection("127.0.0.1", port, timeout=60), Counter()
    for number, act in enumerate(acts):
        for _ in range(2 if number % TWICE == 0 else 1):
            statuses[ask(connection, *request_of(act))] += 1
    connection.close()
    return statuses


def ask(connection, method, path, body, agent):
    headers = {"User-Agent": agent, "Content-Type": "application/json"}
    content = None if body is None else json.dumps(body)
    for _ in range(3):  # a server closes connections that it has kept for long enough
        with suppress(OSError, HTTPException):
            connection.request(method, path, content, headers)
            response = connection.getresponse()
            response.read()
            return response.status
        connection.close()
    return 0


def send_all(port, sent):
    """A generation at a time. Whoever comes by a link, or shares on, does so after that share."""
    generations, statuses = defaultdict(list), Counter()
    for act in sent:
        generations[act.generation].append(act)
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        for _, wave in sorted(generations.items()):
            parts = [wave[n::CONNECTIONS] for n in range(CONNECTIONS)]
            statuses.update(sum(threads.map(lambda part: send(port, part), parts), Counter()))
    return statuses


class Plain:
    """A plain count of what was sent."""

    def __init__(self, events):
        self.shares = {event.id: event for event in events if isinstance(event, ShareEvent)}
        self.steps = [  # what it was, the share that it was of, and whose network or which goal
            (event.kind, self.shares[event.share_id], self.detail_of(event))
            for event in events
            if not isinstance(event, ShareEvent)
        ]
        parents = [self.shares[share.via] for share in self.shares.values() if share.via]
        self.steps += [(steps.RESHARE, parent, "") for parent in parents]
        visited = {share.id for kind, share, _ in self.steps if kind == steps.VISIT}
        self.steps += [(steps.REACHED, self.shares[id], "") for id in visited]
        forwarded = {share.id for share in parents}
        self.steps += [(steps.FORWARDED, self.shares[id], "") for id in forwarded]

    @staticmethod
    def detail_of(event):
        """In-app browsers are not told apart here: each person has a browser of their own."""
        return "" if event.kind == steps.VISIT else event.detail

    def by_app(self):
        return Counter((share.app_id, share.platform, kind) for kind, share, _ in self.steps)

    def by_site(self):
        return Counter((share.platform, kind, detail) for kind, share, detail in self.steps)

    def by_placement(self):
        counts = Counter((share.placement, share.platform, kind) for kind, share, _ in self.steps)
        shares = self.shares.values()
        return counts + Counter((share.placement, share.platform, "share") for share in shares)

    def reach(self, app):
        kinds = Counter(kind for kind, share, _ in self.steps if share.app_id == app.pk)
        names = {
            "previews": steps.PREVIEW, "clicks": steps.CLICK, "visits": steps.VISIT,
            "reached": steps.REACHED, "reshares": steps.RESHARE, "forwarded": steps.FORWARDED,
            "conversions": steps.CONVERSION,
        }  # fmt: skip
        shares = sum(share.app_id == app.pk for share in self.shares.values())
        return {"shares": shares, **{name: kinds[kind] for name, kind in names.items()}}


def sums(rows):
    counts = Counter()
    for *key, n in rows:
        counts[tuple(key)] += n
    return +counts


def counted_by_app():
    rows = AppStepDay.objects.select_related("app_platform").filter(within=1)
    return sums(
        (row.app_platform.app_id, row.app_platform.platform, kind, getattr(row, kind))
        for row in rows
        for kind in steps.STORED
    )


def test_travels__are_counted_as_they_were_sent(make_app, admin_client, settings):
    settings.ROOT_URLCONF = "tests.redirects.urls"
    apps = [make_app() for _ in range(APPS)]
    sent = list(acts(apps))
    plain, port = Plain([act.event for act in sent]), free_port()
    assert len(plain.shares) == pytest.approx(2_000, rel=0.1)
    with running(GUNICORN, port, TEST_FLUSH_SECONDS="0.5"):
        statuses = send_all(port, sent)
        assert set(statuses) == {202, 302}
        assert wait_until(lambda: LinkStep.objects.count() >= len(plain.steps))

    assert counted_by_app() == plain.by_app()
    site = SiteStepDay.objects.values_list("platform", "kind", "detail", "n")
    assert sums(site) == plain.by_site()
    placements = PlacementStepDay.objects.filter(within=1)
    placed = placements.values_list("placement", "platform", "kind", "n")
    assert sums(placed) == plain.by_placement()
    for app in apps:
        answer = admin_client.get("/api/admin/shares/stats", {"app": app.pk, "days": 7})
        assert answer.json()["reach"] == plain.reach(app)
    assert outcomes().keys() <= {"duplicate"}  # shares that were sent twice
    assert audit_counts().is_exact
