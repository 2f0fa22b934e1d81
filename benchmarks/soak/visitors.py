"""Those who come: they share, follow links, look at counts; and staff look at all of it.

Runs in a process of its own. Every few seconds it hands over what the answers took; in the end what
must be stored: shares by their ids, clicks and visits once for each visitor and link.
"""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

from benchmarks.requests import PLATFORMS, USER_AGENT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.queues import Queue

HOST = "127.0.0.1"
THREADS = 6
CLIENTS = 20_000
"""Each is some minutes away from a limit, as visitors are."""
RATE = 50.0
"""Requests a second: a moderate load, so that a delay is the site's own."""
LINKS, TOO_NEW = 5_000, 300
"""How many links are known, and how many of the newest are left alone: their shares are on their
way to the database, and a step that comes before its share waits for a minute."""
STAFF_PAGES = (
    "/admin/share_analytics/share/",
    "/admin/share_analytics/sharestatistics/",
    "/admin/share_analytics/sharestatistics/?days=7",
)


@dataclass
class Tally:
    """What was sent and answered as it should be."""

    shares: int = 0
    clicks: set[tuple[str, int]] = field(default_factory=set)
    visits: set[tuple[str, int]] = field(default_factory=set)
    sent: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)

    def summary(self) -> dict[str, Any]:
        return {
            "shares": self.shares,
            "clicks": len(self.clicks | self.visits),  # who is there has followed it
            "visits": len(self.visits),
            "sent": dict(self.sent),
            "wrong": dict(self.wrong),
        }


@dataclass
class Visitors:
    """A crowd, one at a time for each thread, each when its turn has come."""

    port: int
    apps: Sequence[str]
    cookie: str
    days: tuple[str, str]
    """The first and the last day of what staff download: it does not grow meanwhile."""
    tally: Tally = field(default_factory=Tally)
    latencies: list[float] = field(default_factory=list)
    links: deque[tuple[str, str, str, int]] = field(default_factory=lambda: deque(maxlen=LINKS))
    """Of each: where it leads in, its code, its app, and who shared it."""

    def __post_init__(self) -> None:
        self.dice = random.Random(7)
        self.lock = threading.Lock()
        self.weights = [1 / rank for rank in range(1, len(self.apps) + 1)]
        self.acts: dict[Callable[[Caller], None], int] = {
            self.share: 500, self.click: 180, self.visit: 150, self.count: 100, self.counts: 30,
            self.statistics: 12, self.virality: 3, self.page: 10, self.shares_of_app: 10,
            self.download: 5,
        }  # fmt: skip

    def come(self, seconds: float, hand_over: Callable[[list[float]], None]) -> None:
        start = time.perf_counter()
        turns = iter(range(int(seconds * RATE)))
        threads = [
            threading.Thread(target=self._serve, args=(start, turns)) for _ in range(THREADS)
        ]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            time.sleep(1)
            with self.lock:
                taken, self.latencies = self.latencies, []
            hand_over(taken)

    def _serve(self, start: float, turns: Any) -> None:
        caller = Caller(self.port)
        acts, weights = list(self.acts), list(self.acts.values())
        while True:
            with self.lock:
                turn = next(turns, None)
                act = self.dice.choices(acts, weights)[0]
            if turn is None:
                return
            due = start + turn / RATE
            time.sleep(max(0.0, due - time.perf_counter()))
            act(caller)
            with self.lock:
                self.tally.sent[act.__name__] += 1
                self.latencies.append(time.perf_counter() - due)

    def app(self) -> str:
        with self.lock:
            return self.dice.choices(self.apps, self.weights)[0]

    def client(self, but: int = -1) -> int:
        """Anybody but this one: a sharer's own click is no click."""
        with self.lock:
            found = self.dice.randrange(CLIENTS)
        return found if found != but else (found + 1) % CLIENTS

    def link(self) -> tuple[str, str, str, int] | None:
        with self.lock:
            old = len(self.links) - TOO_NEW
            return self.links[self.dice.randrange(old)] if old > 0 else None

    def expect(self, status: int, found: int, what: str) -> bool:
        if found != status:
            with self.lock:
                self.tally.wrong[f"{what}: {found}"] += 1
        return found == status

    def share(self, caller: Caller) -> None:
        """Two of five came by somebody's link."""
        app, via = self.app(), self.link()
        body = {"appId": app, "platform": random.choice(PLATFORMS), "id": str(uuid4())}
        if via and random.random() < 0.4:
            body["via"], body["appId"] = via[1], via[2]
        client = self.client(via[3] if via else -1)
        status, answer = caller.post("/api/shares", body, client)
        if self.expect(202, status, "share"):
            path = urlsplit(json.loads(answer)["link"]).path
            with self.lock:
                self.tally.shares += 1
                self.links.append((path, path.split("/")[2], body["appId"], client))

    def click(self, caller: Caller) -> None:
        if link := self.link():
            client = self.client(link[3])
            status, _ = caller.get(link[0], client)
            if self.expect(302, status, "click"):
                with self.lock:
                    self.tally.clicks.add((link[1], client))

    def visit(self, caller: Caller) -> None:
        if link := self.link():
            client = self.client(link[3])
            path = f"/api/shares/{link[1]}/visits"
            status, _ = caller.post(path, {"appId": link[2]}, client)
            if self.expect(202, status, "visit"):
                with self.lock:
                    self.tally.visits.add((link[1], client))

    def count(self, caller: Caller) -> None:
        self.look(caller, f"/api/apps/{self.app()}/share-count")

    def counts(self, caller: Caller) -> None:
        asked = ",".join(self.app() for _ in range(20))
        self.look(caller, f"/api/apps/share-counts?ids={asked}")

    def statistics(self, caller: Caller) -> None:
        self.look(caller, f"/api/admin/shares/stats?days={random.choice((7, 30, 90))}")

    def virality(self, caller: Caller) -> None:
        self.look(caller, "/api/admin/shares/virality?window=1")

    def shares_of_app(self, caller: Caller) -> None:
        self.look(caller, f"/api/admin/shares?app={self.app()}")

    def page(self, caller: Caller) -> None:
        self.look(caller, random.choice(STAFF_PAGES))

    def download(self, caller: Caller) -> None:
        first, last = self.days
        self.look(caller, f"/api/admin/shares/export?from={first}&to={last}")

    def look(self, caller: Caller, path: str) -> None:
        status, _ = caller.get(path, self.client(), self.cookie)
        self.expect(200, status, path.partition("?")[0] if "apps/" not in path else "count")


class Caller:
    """A connection that is kept, and made again when the server has closed it meanwhile."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection(HOST, port, timeout=30)

    def get(self, path: str, client: int, cookie: str = "") -> tuple[int, bytes]:
        extra = {"Cookie": cookie} if cookie else {}
        return self._ask("GET", path, None, {"Accept": "*/*", **extra}, client)

    def post(self, path: str, values: dict[str, str], client: int) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json"}
        return self._ask("POST", path, json.dumps(values).encode(), headers, client)

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str], client: int
    ) -> tuple[int, bytes]:
        address = str(IPv4Address("10.0.0.0") + client)
        headers = {**headers, "User-Agent": USER_AGENT, "X-Forwarded-For": address}
        for is_last in (False, True):
            try:
                self.connection.request(method, path, body, headers)
                answer = self.connection.getresponse()
                return answer.status, answer.read()
            except (http.client.HTTPException, OSError):
                self.connection.close()
                if is_last:
                    return 0, b""
        raise AssertionError


def come(port: int, apps: list[str], cookie: str, seconds: float, out: Queue[Any]) -> None:
    """A process of visitors: puts lists of seconds that answers took, and what was sent last."""
    today = datetime.now(UTC).date()
    days = str(today - timedelta(days=40)), str(today - timedelta(days=35))
    visitors = Visitors(port, apps, cookie, days)
    visitors.come(seconds, out.put)
    out.put(visitors.tally.summary())
