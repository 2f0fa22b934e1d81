"""Posting shares over HTTP, each until the server has accepted it.

Plain ``http.client`` connections in threads: a comfortable HTTP library spends more time on a
request than the server does, on the same two cores.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from itertools import islice
from threading import Event, Lock
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from http.client import HTTPResponse

    from .sharefile import PlannedShare

HEADERS = {
    "Content-Type": "application/json",
    # What a phone sends: an agent that says what it is would be taken for a bot, and rightly.
    "User-Agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Mobile Safari/537.36",
}
ACCEPTED = 202
TRY_AGAIN = {429, 502, 503, 504}
GIVE_UP_SECONDS = 300
"""How long one share is tried before the server is taken for gone."""
MAX_PAUSE = 5.0
CHUNK = 20


class NotAccepted(Exception):  # noqa: N818 - names a thing, not an error
    """The server does not take a share, and trying again would not help."""


class Sender:
    """Sends shares to ``url`` over a number of connections at once."""

    def __init__(self, url: str, connections: int) -> None:
        self.url = url
        self.connections = connections
        self._stop = Event()
        self._lock = Lock()
        self._filtered: Counter[str] = Counter()

    def send(
        self, shares: Iterable[PlannedShare], progress: Callable[[int], object]
    ) -> Counter[str]:
        """Send all; the answer is how many were accepted without being recorded, by reason.

        :raises NotAccepted: for the first share that is refused for good; the rest stays unsent.
        """
        remaining = iter(shares)
        with ThreadPoolExecutor(self.connections) as pool:
            workers = [
                pool.submit(self._work, remaining, progress) for _ in range(self.connections)
            ]
            try:
                for worker in as_completed(workers):
                    worker.result()
            finally:  # also when the user interrupts
                self._stop.set()
        return self._filtered

    def _work(self, shares: Iterator[PlannedShare], progress: Callable[[int], object]) -> None:
        with closing(Connection(self.url, self._stop)) as connection:
            while not self._stop.is_set():
                with self._lock:
                    chunk = list(islice(shares, CHUNK))
                if not chunk:
                    break
                reasons = [reason for share in chunk if (reason := connection.post(share))]
                with self._lock:
                    self._filtered.update(reasons)
                    progress(len(chunk))


class Connection:
    """One connection, kept open, that posts a share until it is accepted."""

    def __init__(self, url: str, stop: Event) -> None:
        parts = urlsplit(url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._http = kind(parts.netloc, timeout=30)
        self._path = f"{parts.path.rstrip('/')}/api/shares"
        self._stop = stop

    def close(self) -> None:
        self._http.close()

    def post(self, share: PlannedShare) -> str:
        """Why the accepted share was not recorded; empty for one that was."""
        body = json.dumps(
            {"id": str(share.id), "appId": str(share.app_id), "platform": share.platform}
        ).encode()
        deadline = time.monotonic() + GIVE_UP_SECONDS
        pause = 0.1
        while True:
            answer, problem = self._try(body)
            if answer is not None and answer.status == ACCEPTED:
                return answer.headers.get("Share-Filtered", "")
            if self._stop.is_set() or time.monotonic() > deadline:
                raise NotAccepted(f"The server at {self._http.host} does not answer: {problem}")
            self._stop.wait(_retry_after(answer) or pause)
            pause = min(2 * pause, MAX_PAUSE)

    def _try(self, body: bytes) -> tuple[HTTPResponse | None, str]:
        """The answer, if there is one worth reading, and what is wrong.

        :raises NotAccepted: trying again would not help.
        """
        try:
            self._http.request("POST", self._path, body, HEADERS)
            answer = self._http.getresponse()
            text = answer.read().decode(errors="replace")
        except (OSError, HTTPException) as error:
            self._http.close()  # and opened again by the next request
            return None, repr(error)
        if answer.status != ACCEPTED and answer.status not in TRY_AGAIN:
            raise NotAccepted(f"{answer.status} for {body.decode()}: {text[:500]}")
        return answer, f"{answer.status} {text[:500]}"


def _retry_after(answer: HTTPResponse | None) -> float:
    """The seconds that the server asks to wait, if it does."""
    value = answer.headers.get("Retry-After", "") if answer is not None else ""
    return float(value) if value.isdigit() else 0.0
