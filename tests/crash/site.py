"""The site that visitors share on: its web server, its consumers, its database."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psutil

from tests.crash import scale
from tests.crash.load import Load
from tests.crash.servers import free_port, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.crash.load import Sent

HOST = "127.0.0.1"
START_SECONDS = 60.0
STOP_SECONDS = 60.0
FEW_ANSWERS = 20
"""A maximum that is measured from fewer is none: others had the machine for themselves."""
BACKENDS = "django_share_analytics.dispatch.backends"


def dispatcher(path: str, **options: Any) -> dict[str, Any]:
    """``dispatcher("buffered.BufferedDispatcher", journal=…)``: one entry of ``DISPATCHERS``."""
    return {"BACKEND": f"{BACKENDS}.{path}", "OPTIONS": options}


IMMEDIATE = dispatcher("immediate.ImmediateDispatcher")
BUFFERED = "buffered.BufferedDispatcher"
REDIS = "redis_streams.RedisStreamsDispatcher"
CELERY = "celery.CeleryDispatcher"


class Site:
    """Processes that work on one database, with the same settings. All write to one log."""

    def __init__(
        self,
        folder: Path,
        database: Mapping[str, Any],
        default: Mapping[str, Any],
        fallback: Mapping[str, Any] | None = None,
        **environment: str,
    ) -> None:
        self.folder, self.database = folder, database
        self.port = free_port()
        dispatchers = {"default": default, **({"fallback": fallback} if fallback else {})}
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.crash.settings",
            "CRASH_DATABASE": json.dumps(database),
            "CRASH_DISPATCHERS": json.dumps(dispatchers),
            "CRASH_CELERY_QUEUE": f"crash-{self.port}",
            **environment,
        }
        self.visitors = "tests.crash.visitors"
        """The module of those who come."""
        self.sent: list[Sent] = []
        self.kills: list[float] = []
        """When a process was killed, by ``time.monotonic()``."""
        self._server: subprocess.Popen[bytes] | None = None
        self._loads = 0

    @property
    def shares(self) -> list[Sent]:
        """What was sent, without what is on the links of shares and is none itself."""
        return [sent for sent in self.sent if sent.is_share]

    def start(self, module: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """``python -m module`` with the site's settings."""
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                env={**self.environment, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def ask(self, module: str, *arguments: str) -> str:
        """What ``python -m module`` says."""
        command = [sys.executable, "-m", module, *arguments]
        done = subprocess.run(command, env=self.environment, check=True, stdout=subprocess.PIPE)
        return done.stdout.decode()

    def prepare(self) -> None:
        """The tables, and the apps that are shared."""
        self.ask("tests.crash.prepare")

    @contextmanager
    def serving(self, workers: int = 2) -> Iterator[None]:
        """The web server is up, and is stopped gracefully in the end."""
        self._server = self.start(
            "gunicorn",
            *("tests.crash.wsgi:application", "--bind", f"{HOST}:{self.port}"),
            *("--worker-class", "gthread", "--workers", str(workers), "--threads", "4"),
            # A killed worker is there again at once, as it is forked from what is loaded already.
            *("--preload", "--keep-alive", "60", "--log-level", "warning"),
        )
        with stopping(self._server):
            self._wait_for(workers)
            yield

    def _wait_for(self, workers: int) -> None:
        try:
            wait_until(lambda: len(self.workers()) == workers, START_SECONDS, "no web workers")
        except (AssertionError, psutil.NoSuchProcess) as error:
            raise AssertionError(f"The web server did not come up: {self.log()}") from error

    @contextmanager
    def consuming(self) -> Iterator[None]:
        """``consume_shares`` runs."""
        with stopping(self.start("django", "consume_shares")):
            yield

    @contextmanager
    def celery_worker(self) -> Iterator[None]:
        """As a project starts it."""
        with stopping(
            self.start(
                *("celery", "--app", "tests.crash.celery_app", "worker"),
                *("--concurrency", "2", "--loglevel", "WARNING"),
                *("--hostname", f"celery@{self.environment['CRASH_CELERY_QUEUE']}"),
            )
        ):
            yield

    def workers(self) -> list[int]:
        """The web workers' process ids, the oldest first."""
        assert self._server is not None
        return sorted(child.pid for child in psutil.Process(self._server.pid).children())

    def kill_a_worker(self) -> None:
        """The oldest, which has had the time to get work."""
        self.kill(self.workers()[0])

    def kill(self, pid: int) -> None:
        self.kills.append(time.monotonic())
        os.kill(pid, signal.SIGKILL)

    def maximum(self) -> float:
        """Answers a second that the site gives to visitors who never pause."""
        for seconds in (scale.MEASURE_SECONDS, 5.0, 20.0):
            with self.load(None) as load:
                time.sleep(seconds)
            answers = sorted(share.answered for share in load.sent if share.is_acknowledged)
            if len(answers) >= FEW_ANSWERS:
                return len(answers) / (answers[-1] - answers[0])
        raise AssertionError(f"{len(answers)} answers in {seconds:.0f} s: {self.log()}")

    @contextmanager
    def load(self, rate: float | None) -> Iterator[Load]:
        """Visitors share meanwhile."""
        self._loads += 1
        load = Load(self.port, self.folder / f"sent-{self._loads}.csv", rate, self.visitors)
        try:
            with load:
                yield load
        finally:
            self.sent += load.sent

    @contextmanager
    def busy(self) -> Iterator[Load]:
        """Visitors share as much as ``LOAD_SHARE`` of the site's maximum, which is measured."""
        with self.load(scale.LOAD_SHARE * self.maximum()) as load:
            yield load

    def log(self) -> str:
        log = self.folder / "log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-30:]) if log.exists() else ""


@contextmanager
def stopping(*processes: subprocess.Popen[bytes]) -> Iterator[None]:
    """SIGTERM in the end, and no more than that as long as it helps."""
    try:
        yield
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        try:
            for process in processes:
                process.wait(STOP_SECONDS)
        finally:
            for process in processes:
                process.kill()
                process.wait()


def pause_between_kills(seconds: float = scale.WORKER_KILL_SECONDS) -> None:
    """Never in step with anything that the site does."""
    time.sleep(seconds * random.uniform(0.75, 1.25))
