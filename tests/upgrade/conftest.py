"""A site with a database of its own, on which the package's code of several releases runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings

from tests import databases, services

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
RELEASES = Path(__file__).parent / "releases.tar.xz"
"""The package as it was: the code and the templates of each, which is all that runs here."""
EARLIER = ("0001", "0004")
"""Each is named after the last migration that it had."""
NOW = "now"
"""The code that is tested."""


class Site:
    """Processes that run one release or another, one after the other, on the same database."""

    def __init__(self, folder: Path, releases: Path, database: str) -> None:
        self.releases = releases
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.upgrade.settings",
            "SITE_FOLDER": str(folder),
            "TEST_DATABASE": settings.DATABASE,
            "TEST_DATABASE_NAME": database,
        }
        self.environment.pop("PYTEST_XDIST_TESTRUNUID", None)

    def begins(
        self, code: str, *steps: str, way: str = "immediate", **more: str
    ) -> subprocess.Popen[str]:
        """A process that runs ``code``, and does these steps of :mod:`.steps`."""
        first = [] if code == NOW else [str(self.releases / code)]
        environment = {
            **self.environment,
            "WAY": way,
            "PYTHONPATH": os.pathsep.join([*first, str(ROOT), *sys.path]),
            **more,
        }
        return subprocess.Popen(
            [sys.executable, "-m", "tests.upgrade.steps", *steps],
            cwd=self.environment["SITE_FOLDER"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def does(self, code: str, *steps: str, way: str = "immediate", **more: str) -> dict[str, Any]:
        """What the steps answer."""
        return answers_of(self.begins(code, *steps, way=way, **more))


def answers_of(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What the steps answered that the process did, when they are done."""
    try:
        out, errors = process.communicate(timeout=120)
    except subprocess.TimeoutExpired:
        process.kill()
        out, errors = process.communicate()
    assert process.returncode == 0, out + errors
    answers: dict[str, Any] = json.loads(out.splitlines()[-1])
    return answers


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the code of each in a folder of its own."""
    folder = tmp_path_factory.mktemp("releases")
    with tarfile.open(RELEASES) as archive:
        archive.extractall(folder, filter="data")
    assert sorted(path.name for path in folder.iterdir()) == list(EARLIER)
    return folder


@pytest.fixture
def site(tmp_path: Path, releases: Path, django_db_blocker: Any) -> Iterator[Site]:
    with django_db_blocker.unblock(), databases.empty(tmp_path) as name:
        yield Site(tmp_path, releases, name)


@pytest.fixture
def stream(site: Site) -> Iterator[None]:
    """The way ``redis`` has a stream of its own."""
    services.require_redis()
    import redis

    name = f"test-share-analytics-{uuid.uuid4().hex}"
    site.environment["SITE_STREAM"] = name
    yield
    with redis.Redis.from_url(services.REDIS_URL) as client:
        client.delete(name, f"{name}:consumers")
