"""Sends requests over keep-alive connections, and measures. Runs in a process of its own.

No HTTP library: the requests are bytes made beforehand, and of an answer only the status and the
length are read, so that the sender takes as little as possible of the machine that it measures.
"""

from __future__ import annotations

import socket
from collections import Counter, deque
from dataclasses import dataclass, field
from itertools import cycle
from selectors import EVENT_READ, SelectSelector
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HOST = "127.0.0.1"
CONNECTIONS = 8
TIMEOUT_SECONDS = 30


@dataclass
class Result:
    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    """Seconds from when a request was due to when its answer was complete."""

    @property
    def rate(self) -> float:
        return self.statuses.total() / self.seconds


class Connection:
    """One request at a time."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port), timeout=TIMEOUT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.due = 0.0
        self._received = b""

    def fileno(self) -> int:
        return self.socket.fileno()

    def send(self, request: bytes, due: float) -> None:
        self.due = due
        self.socket.sendall(request)

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


class Load:
    def __init__(self, port: int, requests: Sequence[bytes]) -> None:
        self.requests = cycle(requests)
        self.idle = deque(Connection(port) for _ in range(CONNECTIONS))
        self.busy = SelectSelector()  # the one that waits for less than a millisecond
        self.result = Result()

    def send(self, due: float) -> None:
        connection = self.idle.popleft()
        connection.send(next(self.requests), due)
        self.busy.register(connection, EVENT_READ, connection)

    def receive(self, timeout: float | None = None) -> None:
        for key, _ in self.busy.select(timeout):
            connection: Connection = key.data
            if status := connection.receive():
                self.result.statuses[status] += 1
                self.result.latencies.append(perf_counter() - connection.due)
                self.busy.unregister(connection)
                self.idle.append(connection)

    def finish(self, start: float) -> Result:
        """Wait for the answers that are still due: each request is counted once."""
        while self.busy.get_map():
            self.receive()
        self.result.seconds = perf_counter() - start
        for connection in self.idle:
            connection.socket.close()
        return self.result


def closed_loop(port: int, requests: Sequence[bytes], seconds: float) -> Result:
    """As fast as the server answers: each connection sends when it has got its answer."""
    load = Load(port, requests)
    start = perf_counter()
    while (now := perf_counter()) - start < seconds:
        while load.idle:
            load.send(now)
        load.receive()
    return load.finish(start)


def open_loop(port: int, requests: Sequence[bytes], seconds: float, rate: float) -> Result:
    """At a fixed rate, whatever the server does.

    A request whose time has come while all connections are busy waits, and its latency counts from
    when it was due: a server that stalls can't hide behind a sender that stalls with it.
    """
    load = Load(port, requests)
    start = perf_counter()
    due_times = _due_times(start, seconds, rate)
    next_due = next(due_times, None)
    while next_due is not None:
        now = perf_counter()
        while load.idle and next_due is not None and next_due <= now:
            load.send(next_due)
            next_due = next(due_times, None)
        if load.idle and next_due is not None:
            load.receive(max(0.0, next_due - perf_counter()))
        else:
            load.receive()
    return load.finish(start)


def _due_times(start: float, seconds: float, rate: float) -> Iterator[float]:
    return (start + n / rate for n in range(int(seconds * rate)))
