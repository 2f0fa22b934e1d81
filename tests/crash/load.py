"""Load: the visitors' process, as a test sees it, and what they write down.

With a rate the loop is open: a share is due at its time, whatever the server does, and its latency
counts from then. Without one, each connection sends when it has got its answer, which is how the
maximum is measured. A request without an answer is sent again with the same id, as a phone does; so
is one share in sixteen that was answered, which may count once only.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import astuple, dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

ANSWER_SECONDS = 10.0
"""How long a visitor waits for an answer before the request is sent again."""
ACCEPTED = (202, 302)
"""Answers to what was taken: the second to who asks for a link, and is led to the page."""
RESHARE = "reshare"
"""A share by somebody who came by the link of another."""
FINISH_SECONDS = 15.0
"""How long the last answers are waited for."""


@dataclass(slots=True)
class Sent:
    """One share, and what became of it. Times are those of ``time.monotonic()``."""

    id: str
    due: float
    answered: float = 0.0
    status: int = 0
    """Of the first answer; 0 when there was none."""
    tries: int = 0
    left: float = 0.0
    """When it was sent for the last time before its first answer."""
    kind: str = ""
    """What it is on the link of the share ``of``; empty: a share that nothing led to."""
    of: str = ""
    request: bytes = field(default=b"", repr=False)

    @property
    def is_acknowledged(self) -> bool:
        return self.status in ACCEPTED

    @property
    def is_share(self) -> bool:
        return self.kind in ("", RESHARE)

    @property
    def latency(self) -> float:
        return self.answered - self.due


def write_down(path: str, sent: Sequence[Sent]) -> None:
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows(astuple(share)[:-1] for share in sent)


def read(path: Path) -> Iterator[Sent]:
    with path.open(newline="") as file:
        for id, due, answered, status, tries, left, *link in csv.reader(file):
            yield Sent(id, float(due), float(answered), int(status), int(tries), float(left), *link)


class Load:
    """The visitors' process, seen from the test. ``with Load(…) as load: …; load.sent``."""

    def __init__(self, port: int, path: Path, rate: float | None, who: str) -> None:
        self._path = path
        order = json.dumps({"port": port, "path": str(path), "rate": rate})
        self._order = [sys.executable, "-m", who, order]
        self.sent: list[Sent] = []

    def __enter__(self) -> Load:
        self._process = subprocess.Popen(self._order, stdin=subprocess.PIPE)
        return self

    def __exit__(self, *exception: object) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(FINISH_SECONDS + ANSWER_SECONDS)
        finally:
            self._process.kill()
            self._process.wait()
        self.sent = list(read(self._path))
