from __future__ import annotations

import os
import signal
import uuid
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from tests import services
from tests.crash import report
from tests.crash.brokers import RabbitMQ, Redis
from tests.crash.postgres import Postgres
from tests.crash.site import IMMEDIATE, Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

if not os.environ.get("RUN_CRASH"):
    collect_ignore_glob = ["test_*.py"]


def pytest_configure() -> None:
    if os.environ.get("RUN_CRASH"):
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _interrupt)


def _interrupt(number: int, frame: Any) -> None:
    """As Ctrl-C does: pytest stops the servers that the suite has started, and ends."""
    raise KeyboardInterrupt(signal.Signals(number).name)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if lines := report.lines():
        terminalreporter.section("crash suite")
        for line in lines:
            terminalreporter.write_line(line)


def pytest_runtest_setup(item: pytest.Item) -> None:
    services.require(psutil.LINUX, "this is no Linux")
    for module in ("gunicorn", "psycopg"):
        services.require(find_spec(module), f"{module} is not installed")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A cluster of the suite's own, with a database to make others from."""
    with Postgres() as cluster:
        Site(tmp_path_factory.mktemp("prepared"), cluster.create("prepared"), IMMEDIATE).prepare()
        yield cluster


@pytest.fixture
def redis() -> Iterator[Redis]:
    services.require(find_spec("redis"), "redis-py is not installed")
    with Redis() as server:
        yield server


@pytest.fixture
def redis_without_disk() -> Iterator[Redis]:
    """For a case in which Redis lives, and which measures us.

    With a sync before each answer, all connections wait for one disk at a time, and the p99 is the
    disk's: in the slowest hundredth of the answers, Redis was syncing for 60 to 97 % of the time,
    and the rest of the request took 1 ms. Who else used the disk can't be told, as a CPU that waits
    for it is idle.
    """
    services.require(find_spec("redis"), "redis-py is not installed")
    with Redis("--appendonly", "no") as server:
        yield server


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[RabbitMQ]:
    services.require(find_spec("celery"), "Celery is not installed")
    with RabbitMQ() as server:
        yield server


@pytest.fixture
def make_site(tmp_path: Path, postgres: Postgres) -> Callable[..., Site]:
    """``make_site(default, fallback, NAME=…)``: a site on PostgreSQL, with tables and apps."""

    def make(*dispatchers: dict[str, Any], **environment: str) -> Site:
        name = f"case_{uuid.uuid4().hex[:8]}"
        folder = tmp_path / name
        folder.mkdir()
        return Site(folder, postgres.create(name, template="prepared"), *dispatchers, **environment)

    return make
