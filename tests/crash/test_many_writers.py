"""Case 5: several writers at once on the same hot app."""

from __future__ import annotations

import time
import urllib.request
import uuid

import pytest

from tests import databases, services
from tests.crash import report, scale
from tests.crash.apps import HOT_APP
from tests.crash.judge import judge, wait_for_all
from tests.crash.load import Sent
from tests.crash.site import BUFFERED, IMMEDIATE, Site, dispatcher

WRITERS = 4


@pytest.fixture
def mariadb():
    """A new database on the MariaDB that is there; gone after the test."""
    services.require(not databases.why_not("mariadb"), databases.why_not("mariadb"))
    import MySQLdb

    config = databases.configuration("mariadb")
    config["NAME"] = f"crash_{uuid.uuid4().hex[:8]}"
    where = {"host": config["HOST"], "port": int(config["PORT"]), "user": config["USER"]}
    server = MySQLdb.connect(**where, password=config["PASSWORD"])
    server.cursor().execute(f"CREATE DATABASE {config['NAME']} CHARACTER SET utf8mb4")
    yield config
    server.cursor().execute(f"DROP DATABASE {config['NAME']}")
    server.close()


def write_at_once(site):
    """Four writers write the same shares; what all of them wrote counts as acknowledged."""
    files = [site.folder / f"written-{n}" for n in range(WRITERS)]
    writers = [
        site.start("tests.crash.writer", str(n), str(scale.WRITING_SECONDS), str(file))
        for n, file in enumerate(files)
    ]
    codes = [writer.wait(scale.WRITING_SECONDS + 60) for writer in writers]
    assert codes == [0] * WRITERS, f"an error reached a writer: {site.log()}"
    written = {line for file in files for line in file.read_text().split()}
    site.sent = [Sent(id, 0.0, 0.0, 202) for id in written]
    return judge(site)


def test_postgresql__no_deadlock_and_exact_counts(make_site, postgres):
    site = make_site(IMMEDIATE)
    verdict = write_at_once(site)
    report.note(f"{WRITERS} writers at once, PostgreSQL", verdict)
    verdict.check()
    with postgres.connect() as connection:
        found = connection.execute(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = %s", [site.database["NAME"]]
        )
        assert found.fetchone() == (0,)


def test_mariadb__no_deadlock_surfaces_and_exact_counts(mariadb, tmp_path):
    site = Site(tmp_path, mariadb, IMMEDIATE)
    site.prepare()
    verdict = write_at_once(site)
    report.note(f"{WRITERS} writers at once, MariaDB", verdict)
    verdict.check()


@pytest.fixture
def sqlite_site(tmp_path):
    """``sqlite_site(dispatcher)``, with the tables in a file."""
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "db.sqlite3")}

    def make(default):
        site = Site(tmp_path, database, default)
        site.prepare()
        return site

    return make


@pytest.mark.parametrize(
    ("name", "default"), [("immediate", IMMEDIATE), ("buffered", dispatcher(BUFFERED))]
)
def test_sqlite__is_never_locked_for_a_user(sqlite_site, name, default):
    site = sqlite_site(default)
    with site.serving(workers=WRITERS):
        with site.busy():
            read_for(site, scale.WRITING_SECONDS)
        wait_for_all(site)
    verdict = judge(site)
    report.note(f"{WRITERS} web workers write, SQLite, {name}", verdict)
    verdict.check()
    assert verdict.refused == 0
    assert "is locked" not in (site.folder / "log").read_text()


def read_for(site, seconds):
    """A reader who asks for the count again and again; any error is raised."""
    deadline = time.monotonic() + seconds
    url = f"http://127.0.0.1:{site.port}/api/apps/{HOT_APP}/share-count"
    while time.monotonic() < deadline:
        with urllib.request.urlopen(url, timeout=30) as response:
            assert response.status == 200
        time.sleep(0.05)
