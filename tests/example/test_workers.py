"""Two workers, as ``make demo`` has them: one number, that never goes back."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.example import conftest

for module in ("environ", "gunicorn", "httpx", "tqdm", "whitenoise"):
    pytest.importorskip(module, reason="needs the dependency groups 'test' and 'example'")


if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Project

pytestmark = [pytest.mark.once, pytest.mark.processes]

READS = 40
CONFIGURATION = "example_project/gunicorn.conf.py"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Project:
    store = conftest.Project(tmp_path_factory.mktemp("workers"))
    for command in (["migrate", "--verbosity=0"], ["load_demo", "--days=1"]):
        done = store.manage(*command)
        assert done.returncode == 0, done.stderr
    return store


def read(store: Project, path: str) -> tuple[int, str]:
    status, headers, body = store.get(path)
    assert status == 200
    return json.loads(body)["totalShares"], headers["ETag"]


def share(store: Project, app: str, times: int) -> None:
    for _ in range(times):
        body = json.dumps({"appId": app, "platform": "copy", "id": str(uuid4())})
        assert store.post("/api/shares", body)[0] == 202


def test_count__is_the_same_from_every_worker(store: Project) -> None:
    with conftest.serving(store, "--config", CONFIGURATION):
        app = json.loads(store.get("/api/apps")[2])[0]["id"]
        path = f"/api/apps/{app}/share-count"
        first = read(store, path)
        share(store, app, 3)
        time.sleep(2)  # they are written half a second later
        assert {read(store, path) for _ in range(READS)} == {first}
        assert store.get(path, **{"If-None-Match": first[1]})[0] == 304


def test_counts__of_another_database_are_others(store: Project, tmp_path: Path) -> None:
    show = "from django.conf import settings; print(settings.CACHES['default']['LOCATION'])"
    other = f"sqlite:///{tmp_path / 'other.sqlite3'}"
    places = {
        store.manage("shell", "--no-imports", "-c", show, DATABASE_URL=url).stdout
        for url in (store.environment["DATABASE_URL"], other)
    }
    assert len(places) == 2


def test_check__is_content(store: Project) -> None:
    done = store.manage("check", "--deploy")
    assert "share_analytics" not in done.stdout + done.stderr
