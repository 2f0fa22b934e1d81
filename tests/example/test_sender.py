from __future__ import annotations

import json
import threading
from collections import Counter
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from example_project.replay import sender
from example_project.replay.sender import NotAccepted, Sender
from example_project.replay.sharefile import PlannedShare

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.once

SHARES = [PlannedShare(UUID(int=n), UUID(int=7), "sms") for n in range(30)]


class Answers(BaseHTTPRequestHandler):
    """Answers the first tries of each share with what the server's ``script`` says."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        share = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status, headers = self.server.answer(share)
        if status is None:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in ({"Content-Length": "0"} | headers).items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.script: list[tuple[int | None, dict[str, str]]] = []
        self.tries: Counter[str] = Counter()
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, share: dict[str, str]) -> tuple[int | None, dict[str, str]]:
        with self.lock:
            tried = self.tries[share["id"]]
            self.tries[share["id"]] += 1
        return self.script[tried] if tried < len(self.script) else (202, {})


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def send(url: str, connections: int = 4) -> tuple[Counter[str], int]:
    progress: list[int] = []
    filtered = Sender(url, connections).send(SHARES, progress.append)
    return filtered, sum(progress)


def test_send__each_share_once(server: Server) -> None:
    assert send(server.url) == (Counter(), len(SHARES))
    assert server.tries == Counter({str(share.id): 1 for share in SHARES})


@pytest.mark.parametrize(
    "refusal",
    [(429, {}), (503, {"Retry-After": "0"}), (503, {"Retry-After": "soon"}), (None, {})],
    ids=["too many", "unavailable", "odd header", "connection dropped"],
)
def test_send__refused_is_sent_again_with_the_same_id(
    server: Server, refusal: tuple[int | None, dict[str, str]]
) -> None:
    server.script = [refusal]
    assert send(server.url, connections=30) == (Counter(), len(SHARES))
    assert server.tries == Counter({str(share.id): 2 for share in SHARES})


class Pauses(threading.Event):
    """Remembers how long it should have waited, and does not."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.seconds.append(timeout)
        return False


def test_post__waits_as_long_as_it_is_asked_to(server: Server) -> None:
    server.script = [(503, {"Retry-After": "7"}), (429, {}), (503, {"Retry-After": "2"})]
    pauses = Pauses()
    with closing(sender.Connection(server.url, pauses)) as connection:
        assert connection.post(SHARES[0]) == ""
    assert pauses.seconds == [7.0, 0.2, 2.0]


def test_send__says_what_was_filtered(server: Server) -> None:
    server.script = [(202, {"Share-Filtered": "bot"})]
    assert send(server.url) == (Counter(bot=len(SHARES)), len(SHARES))


def test_send__stops_at_what_trying_again_can_not_help(server: Server) -> None:
    server.script = [(400, {})] * 10
    with pytest.raises(NotAccepted, match="400 for"):
        send(server.url)
    assert max(server.tries.values()) == 1


def test_send__nobody_there(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "GIVE_UP_SECONDS", 0)
    server.script = [(None, {})] * 10
    with pytest.raises(NotAccepted, match="does not answer"):
        send(server.url)
