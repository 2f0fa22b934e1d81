"""The example project is tested as a host: in processes of its own, with its own settings."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Project:
    """The example project on a database of its own."""

    directory: Path
    port: int = 0
    environment: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        # Not what the surrounding tests run with: neither their settings nor their database.
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("DJANGO_", "SHARE_"))},
            "DATABASE_URL": f"sqlite:///{self.directory / 'example.sqlite3'}",
            "SHARE_LIMITS": "off",  # what is replayed comes from one address
            "CACHE_DIR": str(self.directory / "cache"),
        }

    def manage(self, *arguments: Any, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "example_project/manage.py", *map(str, arguments)],
            cwd=ROOT,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.directory / "example.sqlite3")) as connection, connection:
            return connection.execute(sql).fetchall()

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, body: str) -> tuple[int, dict[str, str], str]:
        return self._ask("POST", path, body, {"Content-Type": "application/json"})

    def _ask(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, {"User-Agent": "Mozilla/5.0"} | headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.headers), answer.read().decode()
        finally:
            connection.close()


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The example project with a day of simulated shares."""
    project = Project(tmp_path_factory.mktemp("example"))
    for command in (["migrate", "--verbosity=0"], ["load_demo", "--days=1"]):
        done = project.manage(*command)
        assert done.returncode == 0, done.stderr
    return project


@pytest.fixture(scope="session")
def served(project: Project) -> Iterator[Project]:
    """The same, served by gunicorn."""
    with serving(project, "--worker-class", "gthread", "--threads", "4") as server:
        yield server


@contextmanager
def serving(project: Project, *options: str, **environment: str) -> Iterator[Project]:
    """The project, answering."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        project.port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "example_project.wsgi:application",
         "--bind", f"127.0.0.1:{project.port}", "--log-level", "warning", *options],
        cwd=ROOT,
        env=project.environment | environment,
    )  # fmt: skip
    try:
        wait_until_answering(project, server)
        yield project
    finally:
        server.terminate()
        server.wait(20)


def wait_until_answering(project: Project, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while server.poll() is None and time.monotonic() < deadline:
        try:
            project.get("/")
        except ConnectionError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("The example project's server does not answer.")
