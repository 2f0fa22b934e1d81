"""People who come by links and share on, over HTTP through two workers: all of it is counted."""

from __future__ import annotations

import json
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from tests.example import conftest

httpx = pytest.importorskip("httpx", reason="needs the dependency groups 'test' and 'example'")
for module in ("environ", "gunicorn", "tqdm", "whitenoise"):
    pytest.importorskip(module, reason="needs the dependency groups 'test' and 'example'")

from django_share_analytics.events import LinkEvent, ShareEvent  # noqa: E402
from django_share_analytics.links.codes import code_of  # noqa: E402
from example_project.demo.simulation import Crowd, Item  # noqa: E402
from example_project.demo.travels import Travels  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .conftest import Project

pytestmark = [pytest.mark.once, pytest.mark.processes]

SEEDS = 120
BROWSER = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.{}.0 Safari/537.36"
)
FETCHERS = {
    "whatsapp": "WhatsApp/2.23.20.0 A",
    "telegram": "TelegramBot (like TwitterBot)",
    "twitter": "Twitterbot/1.0",
    "facebook": "facebookexternalhit/1.1",
    "linkedin": "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "imessage": (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) "
        "Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0"
    ),
    "bluesky": "Mozilla/5.0 (compatible; Bluesky Cardyb/1.1; +mailto:support@bsky.app)",
}
STORED = """
import json
from django.db.models import Count, Sum
from django_share_analytics.models import LinkStep, OutcomeHour, Share
kinds = dict(LinkStep.objects.values_list("kind").annotate(n=Count("pk")))
outcomes = dict(OutcomeHour.objects.values_list("reason").annotate(n=Sum("n")))
print(json.dumps({"shares": Share.objects.count(), **kinds, **outcomes}))
"""


@dataclass(frozen=True)
class Act:
    """An event, and the number of the person whose it is: each has a browser of their own."""

    event: ShareEvent | LinkEvent
    person: int


def acts(apps: Sequence[str]) -> list[Act]:
    """What 120 shares lead to, in time. A click is by somebody new, who then goes on."""
    crowd = Crowd([Item(UUID(app), "/") for app in apps], [None], ZoneInfo("Asia/Riyadh"))
    travels, now = Travels(crowd), datetime(2026, 3, 10, tzinfo=UTC)
    found, person = [], 0
    for seed in list(crowd.shares(now - timedelta(days=2), now))[:SEEDS]:
        person += 1
        found.append(Act(seed, person))
        for event in travels.of(seed):
            person += isinstance(event, LinkEvent) and event.kind == "click"
            found.append(Act(event, person))
    return sorted(found, key=lambda act: act.event.timestamp)


def request_of(act: Act) -> tuple[str, str, dict[str, Any] | None, str]:
    """Method, path, body and user agent."""
    event, agent = act.event, BROWSER.format(act.person)
    app = str(event.app_id)
    if isinstance(event, ShareEvent):
        via = {"via": str(event.via)} if event.via else {}
        body = {"id": str(event.id), "appId": app, "platform": event.platform, **via}
        return "POST", "/api/shares", {**body, "placement": event.placement}, agent
    code = code_of(event.share_id)
    if event.kind in ("click", "preview"):
        fetcher = FETCHERS[event.detail] if event.kind == "preview" else agent
        return "GET", f"/s/{code}/{app}", None, fetcher
    if event.kind == "visit":
        return "POST", f"/api/shares/{code}/visits", {"appId": app}, agent
    return "POST", f"/api/shares/{code}/conversions", {"goal": event.detail, "appId": app}, agent


def expected(sent: Sequence[Act]) -> Counter[str]:
    """A plain count of what was sent."""
    events = [act.event for act in sent]
    shares = [event for event in events if isinstance(event, ShareEvent)]
    steps = [event for event in events if isinstance(event, LinkEvent)]
    parents = [share.via for share in shares if share.via]
    counts = Counter(step.kind for step in steps)
    counts["shares"], counts["reshare"] = len(shares), len(parents)
    counts["forwarded"] = len(set(parents))
    counts["reached"] = len({step.share_id for step in steps if step.kind == "visit"})
    return counts


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The store with its apps, served by two workers, and nothing shared in it yet."""
    store = conftest.Project(tmp_path_factory.mktemp("branching"))
    make = "from example_project.demo.loading import load_apps; load_apps()"
    for command in (["migrate", "--verbosity=0"], ["shell", "-c", make]):
        done = store.manage(*command)
        assert done.returncode == 0, done.stderr
    with conftest.serving(store, "--config", "example_project/gunicorn.conf.py") as served:
        yield served


def stored(store: Project) -> Counter[str]:
    done = store.manage("shell", "-c", STORED)
    assert done.returncode == 0, done.stderr
    return Counter(json.loads(done.stdout.strip().splitlines()[-1]))


def wait_for_secrets(client: Any, app: str) -> None:
    """A worker's first visitors are unknown: it learns the secret of the day moments later."""
    for _ in range(30):
        client.post(f"/api/shares/{code_of(uuid4())}/visits", json={"appId": app})
    time.sleep(3)


def test_everything_sent_is_counted_once(store: Project) -> None:
    url = f"http://127.0.0.1:{store.port}"
    apps = [app["id"] for app in json.loads(store.get("/api/apps")[2])]
    sent = acts(apps)
    with httpx.Client(base_url=url, timeout=20) as client, ThreadPoolExecutor(6) as threads:
        wait_for_secrets(client, apps[0])
        before = stored(store)

        answers: dict[UUID, Future[int]] = {}

        def send(act: Act) -> int:
            event = act.event
            of = event.via if isinstance(event, ShareEvent) else event.share_id
            if of:  # nobody comes by a link before there is one
                answers[of].result()
            method, path, body, agent = request_of(act)
            headers = {"User-Agent": agent}
            for _ in range(3):  # a server closes connections that it has kept for long enough
                with suppress(httpx.TransportError):
                    return client.request(method, path, json=body, headers=headers).status_code
            return 0

        for act in sent:
            answers[act.event.id] = threads.submit(send, act)
        again = threads.map(send, sent[:100])  # some of it twice
        statuses = {answer.result() for answer in answers.values()} | set(again)
    assert statuses == {202, 302}
    wanted = expected(sent)
    deadline = time.monotonic() + 30
    while (found := stored(store)) and time.monotonic() < deadline:
        if all(found[kind] == n for kind, n in wanted.items()):
            break
        time.sleep(0.5)
    assert {kind: found[kind] for kind in wanted} == dict(wanted)
    assert found["own"] == before["own"]
    assert store.manage("verify_share_counts").returncode == 0
