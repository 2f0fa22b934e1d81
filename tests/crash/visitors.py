"""The visitors: send shares with ids of their own, and write down each of them and its answer.

``python -m tests.crash.visitors ORDER`` is the process that :class:`.load.Load` starts; see there.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import time
import uuid
from collections import deque
from itertools import count
from selectors import EVENT_READ, DefaultSelector
from typing import TYPE_CHECKING

from tests.crash.apps import what_is_shared
from tests.crash.load import ANSWER_SECONDS, FINISH_SECONDS, Sent, write_down

if TYPE_CHECKING:
    from collections.abc import Mapping

HOST = "127.0.0.1"
CONNECTIONS = 8
REQUESTS_A_CONNECTION = 50
"""Then a new one is made, so that a worker that came up late gets its part."""
TRIES = 5
SENT_TWICE = "0"
"""Shares whose id ends like this, one in sixteen, are sent once more after their answer."""


class Connection:
    """One request at a time."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port), timeout=ANSWER_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.requests = 0
        self.share: Sent | None = None
        self.started = 0.0
        self._received = b""

    def fileno(self) -> int:
        return self.socket.fileno()

    def send(self, share: Sent) -> None:
        self.share, self.started = share, time.monotonic()
        self.requests += 1
        if not share.status:
            share.left = self.started
        self.socket.sendall(share.request)

    def receive(self) -> int:
        """The status of the answer when it is complete, else 0."""
        chunk = self.socket.recv(65536)
        if not chunk:
            raise ConnectionError("The server closed the connection.")
        self._received += chunk
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator or len(body) < _content_length(head):
            return 0
        self._received = b""
        return int(head[9:12])


def _content_length(head: bytes) -> int:
    return int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])


def post(path: str, values: Mapping[str, str], headers: str = "") -> bytes:
    body = json.dumps(values).encode()
    return (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\n{headers}Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


class Visitors:
    """Send what is due over a few connections, which are made again when they break."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._things = what_is_shared(seed=port)
        self._idle: list[Connection] = []
        self._busy = DefaultSelector()
        self._waiting: deque[Sent] = deque()
        self.sent: list[Sent] = []

    def closed_loop(self) -> None:
        while not _is_told_to_stop():
            while len(self._busy.get_map()) < CONNECTIONS:
                if not self._waiting:
                    self._waiting.append(self._new(time.monotonic()))
                if not self._send_next():
                    break
            self._receive(0.05)
        self._finish()

    def open_loop(self, rate: float) -> None:
        start = time.monotonic()
        due_times = (start + n / rate for n in count())
        next_due = next(due_times)
        while not _is_told_to_stop():
            while next_due <= time.monotonic():
                self._waiting.append(self._new(next_due))
                next_due = next(due_times)
            self._send_waiting()
            self._receive(max(0.0, min(0.05, next_due - time.monotonic())))
        self._finish()

    def _new(self, due: float) -> Sent:
        app, platform = next(self._things)
        share = Sent(str(uuid.uuid4()), due)
        share.request = post(
            "/api/shares", {"appId": str(app), "platform": platform, "id": share.id}
        )
        self.sent.append(share)
        return share

    def _send_waiting(self) -> None:
        while self._waiting and len(self._busy.get_map()) < CONNECTIONS and self._send_next():
            pass

    def _send_next(self) -> bool:
        share = self._waiting.popleft()
        connection = self._idle.pop() if self._idle else None
        try:
            connection = connection or Connection(self._port)
            connection.send(share)
        except OSError:
            if connection:
                connection.socket.close()
            self._send_later(share)
            return False
        self._busy.register(connection, EVENT_READ, connection)
        return True

    def _receive(self, timeout: float) -> None:
        for key, _ in self._busy.select(timeout):
            connection: Connection = key.data
            try:
                status = connection.receive()
            except OSError:
                self._give_up(connection)
                continue
            if status:
                self._note(connection, status)
        self._give_up_the_silent()

    def _note(self, connection: Connection, status: int) -> None:
        share = connection.share
        assert share is not None
        is_first = not share.status
        if is_first:
            share.status, share.answered = status, time.monotonic()
        self._busy.unregister(connection)
        if connection.requests < REQUESTS_A_CONNECTION:
            self._idle.append(connection)
        else:
            connection.socket.close()
        if is_first and share.is_acknowledged and share.id.endswith(SENT_TWICE):
            self._waiting.append(share)

    def _give_up_the_silent(self) -> None:
        too_old = time.monotonic() - ANSWER_SECONDS
        for key in list(self._busy.get_map().values()):
            if key.data.started < too_old:
                self._give_up(key.data)

    def _give_up(self, connection: Connection) -> None:
        self._busy.unregister(connection)
        connection.socket.close()
        assert connection.share is not None
        self._send_later(connection.share)

    def _send_later(self, share: Sent) -> None:
        share.tries += 1
        if share.tries < TRIES and not share.status:
            self._waiting.appendleft(share)

    def _finish(self) -> None:
        """Wait for the answers that are still to come. What never left was never sent."""
        never_left = {share.id for share in self._waiting if not (share.status or share.tries)}
        self._waiting.clear()
        deadline = time.monotonic() + FINISH_SECONDS
        while (self._waiting or self._busy.get_map()) and time.monotonic() < deadline:
            self._send_waiting()
            self._receive(0.05)
        self.sent = [share for share in self.sent if share.id not in never_left]


def _is_told_to_stop() -> bool:
    """The parent closes our standard input, also when it dies."""
    return bool(select.select([sys.stdin], [], [], 0)[0])


def send_as_ordered(make: type[Visitors]) -> None:
    order = json.loads(sys.argv[1])
    visitors = make(order["port"])
    if order["rate"]:
        visitors.open_loop(order["rate"])
    else:
        visitors.closed_loop()
    write_down(order["path"], visitors.sent)


if __name__ == "__main__":
    send_as_ordered(Visitors)
