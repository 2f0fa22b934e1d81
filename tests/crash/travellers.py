"""Visitors who come by the links of shares, and share on: ``python -m tests.crash.travellers``.

A quarter of what they send is shares, as a site would see it. What is on a link is half of the time
on that of one of the last shares that were accepted, which may not be written yet. Each comes from
an address of their own, that follows from an id: so a request that is sent again is the same
visitor's.
"""

from __future__ import annotations

import random
import time
import uuid
from contextlib import suppress
from ipaddress import IPv4Address

from django_share_analytics.links.codes import code_of
from tests.crash.load import RESHARE, Sent
from tests.crash.visitors import HOST, SENT_TWICE, Connection, Visitors, post, send_as_ordered

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
FETCHER, NETWORK = "WhatsApp/2.23.20.0 A", "whatsapp"
CLICK, VISIT, PREVIEW, OWN = "click", "visit", "preview", "own"
"""The last is a click by who shared, and is no step."""
MIX = {"": 20, RESHARE: 6, CLICK: 33, VISIT: 26, PREVIEW: 10, OWN: 5}
RECENT = 40
"""Shares of some tenths of a second."""


def address_of(id: str) -> str:
    """Where the one comes from who sent this."""
    return str(IPv4Address(uuid.UUID(id).int >> 96))


def headers(agent: str, who: str) -> str:
    return f"User-Agent: {agent}\r\nX-Forwarded-For: {address_of(who)}\r\n"


def get(path: str, headers: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n{headers}\r\n".encode()


def click(port: int, share: str, app: str) -> Sent:
    """Somebody comes by the link of a share now, and waits for the answer."""
    now = time.monotonic()
    sent = Sent(str(uuid.uuid4()), now, left=now, kind=CLICK, of=share)
    sent.request = get(f"/s/{code_of(uuid.UUID(share))}/{app}", headers(BROWSER, sent.id))
    with suppress(OSError):
        connection = Connection(port)
        connection.send(sent)
        while not sent.status:
            sent.status = connection.receive()
        connection.socket.close()
    return sent


class Travellers(Visitors):
    def __init__(self, port: int) -> None:
        super().__init__(port)
        self._chance = random.Random(port)
        self._apps: dict[str, uuid.UUID] = {}
        self._shares: list[str] = []
        """Those that were accepted."""

    def _new(self, due: float) -> Sent:
        (kind,) = self._chance.choices(list(MIX), list(MIX.values()))
        sent = super()._new(due)
        sent.of = self._a_share() if kind else ""
        sent.kind = kind if sent.of else ""
        self._ask(sent)
        return sent

    def _a_share(self) -> str:
        """Empty where there is none yet."""
        if not self._shares:
            return ""
        recent = self._chance.random() < 0.5
        return self._chance.choice(self._shares[-RECENT:] if recent else self._shares)

    def _ask(self, sent: Sent) -> None:
        who = sent.of if sent.kind == OWN else sent.id
        agent = FETCHER if sent.kind == PREVIEW else BROWSER
        if sent.is_share:
            app = self._apps.get(sent.of) or next(self._things)[0]
            self._apps[sent.id] = app
            values = {"appId": str(app), "platform": "whatsapp", "id": sent.id}
            values |= {"via": sent.of} if sent.of else {}
            sent.request = post("/api/shares", values, headers(agent, who))
            return
        app, code = self._apps[sent.of], code_of(uuid.UUID(sent.of))
        if sent.kind == VISIT:
            values = {"appId": str(app), "id": sent.id}
            sent.request = post(f"/api/shares/{code}/visits", values, headers(agent, who))
        else:
            sent.request = get(f"/s/{code}/{app}", headers(agent, who))

    def _note(self, connection: Connection, status: int) -> None:
        super()._note(connection, status)
        sent = connection.share
        assert sent is not None
        # Of one that is sent twice, the later may be written: then it is younger than what it led
        # to, and that is nobody's.
        is_sent_once = not sent.id.endswith(SENT_TWICE)
        if sent.is_share and sent.is_acknowledged and is_sent_once:
            self._shares.append(sent.id)


if __name__ == "__main__":
    send_as_ordered(Travellers)
