"""The example project as it is used: its commands, its pages, the replay through a real server."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from .conftest import serving

for module in ("drf_spectacular", "environ", "gunicorn", "httpx", "tqdm", "whitenoise"):
    pytest.importorskip(module, reason="needs the dependency groups 'test' and 'example'")

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Project

pytestmark = pytest.mark.once

APP = "/apps/noor-reader/"


def app_ids(served: Project) -> dict[str, str]:
    return {app["nameEn"]: app["id"] for app in json.loads(served.get("/api/apps")[2])}


@pytest.mark.slow
def test_its_own_tests(project: Project) -> None:
    done = project.manage("test", "example_project", SHARE_DISPATCHER="immediate")
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_no_migrations_are_missing(project: Project) -> None:
    done = project.manage("makemigrations", "--check", "--dry-run")
    assert done.returncode == 0, done.stdout


def test_settings__what_is_not_available_is_said(project: Project) -> None:
    done = project.manage("check", SHARE_DISPATCHER="pigeon")
    assert done.returncode != 0
    assert "SHARE_DISPATCHER=pigeon is not available; there is: buffered" in done.stderr


IDS = "SELECT id FROM share_analytics_share"
REPEATED = "SELECT sum(n) FROM share_analytics_outcomehour"
SNAPSHOTS = "SELECT id, made_at FROM share_analytics_cascadesnapshot"
ADMINISTRATORS = "SELECT username FROM auth_user WHERE is_superuser"


def test_load_demo(project: Project) -> None:
    assert len(project.rows("SELECT * FROM share_analytics_appcount")) > 30
    assert project.rows("SELECT sum(n) FROM share_analytics_sitehour") == project.rows(
        "SELECT count(*) FROM share_analytics_share"
    )
    assert project.rows(ADMINISTRATORS) == [("admin",)]


KINDS = "SELECT kind, count(*) FROM share_analytics_linkstep GROUP BY kind"


@pytest.mark.slow
def test_load_demo__people_come_by_links_and_share_on(project: Project) -> None:
    kinds = dict(project.rows(KINDS))
    assert kinds["click"] > kinds["visit"] > kinds["reshare"] > kinds["forwarded"] > 0
    assert kinds["visit"] > kinds["reached"] > kinds["conversion"] > 0
    done = project.manage("verify_share_counts")
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_load_demo__again_changes_nothing(project: Project) -> None:
    before = project.rows(IDS)
    assert project.manage("load_demo", "--days=1").returncode == 0
    assert project.rows(IDS) == before
    assert project.rows(ADMINISTRATORS) == [("admin",)]


@pytest.mark.slow
def test_load_demo__an_interrupted_one_is_completed(project: Project) -> None:
    """What is there already is left alone, and not counted as repeated either."""
    before, repeated = project.rows(IDS), project.rows(REPEATED)
    project.rows("DELETE FROM demo_simulation")
    project.rows("DELETE FROM auth_user WHERE is_superuser")
    project.rows("ALTER TABLE share_analytics_cascadesnapshot RENAME TO away")
    assert project.manage("load_demo", "--days=1").returncode != 0
    project.rows("ALTER TABLE away RENAME TO share_analytics_cascadesnapshot")
    snapshots = project.rows(SNAPSHOTS)
    done = project.manage("load_demo", "--days=1")
    assert done.returncode == 0, done.stderr
    assert project.rows(SNAPSHOTS) != snapshots
    after = project.rows(IDS)
    assert set(before) <= set(after)
    assert len(after) - len(before) < 20  # the seconds that have passed meanwhile
    assert project.rows(REPEATED) == repeated
    assert project.rows(ADMINISTRATORS) == [("admin",)]


@pytest.mark.parametrize("path", ["/", APP, "/admin/login/", "/api/apps", "/no-such-page"])
def test_pages__strict_content_security_policy(served: Project, path: str) -> None:
    status, headers, _ = served.get(path)
    assert status == (404 if "no-such" in path else 200)
    assert headers["Content-Security-Policy"] == "default-src 'self'"


@pytest.mark.parametrize(
    "path",
    [
        "/static/catalog/catalog.css",
        "/static/share_analytics/share.js",
        "/static/admin/css/base.css",
    ],
)
def test_static_files__without_collectstatic(served: Project, path: str) -> None:
    assert served.get(path)[0] == 200


def test_schema__has_the_calls_of_the_package(served: Project) -> None:
    status, headers, text = served.get("/api/schema")
    assert (status, headers["Content-Type"].partition(";")[0]) == (
        200,
        "application/vnd.oai.openapi",
    )
    assert text.count("operationId: share_analytics_") == 11
    served.manage("spectacular", "--validate", "--fail-on-warn", "--file", "/dev/null")


@pytest.fixture
def shares_csv(tmp_path: Path) -> Path:
    path = tmp_path / "shares.csv"
    path.write_text(
        "item,platform,slice,shares\n"
        "1,facebook,1,5\n1,linkedin,3,3\n2,facebook,2,40\n3,fb,144,0\n4,googleplus,1,20\n",
        encoding="utf-8",
    )
    return path


def replay(served: Project, path: Path) -> tuple[int, str]:
    done = served.manage(
        "replay_shares", path, "--url", f"http://127.0.0.1:{served.port}", "--patience", 3
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
def test_replay(served: Project, shares_csv: Path) -> None:
    """Equal, equal again when repeated, and different when there is a share too many."""
    for _ in range(2):
        status, output = replay(served, shares_csv)
        assert status == 0, output
        assert "All counts of 4 apps and the site's totals are equal to the file's: 68" in output
    body = {"id": str(uuid4()), "appId": app_ids(served)["1"], "platform": "sms"}
    assert served.post("/api/shares", json.dumps(body))[0] == 202
    status, output = replay(served, shares_csv)
    assert status == 1
    assert "1, stored" in output
    assert "2 counts differ from the file" in output


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--password", "wrong"], "does not let 'admin' in"),
        (["--url", "http://127.0.0.1:9"], "does not answer"),
    ],
)
def test_replay__can_not_start(
    served: Project, shares_csv: Path, arguments: list[str], complaint: str
) -> None:
    url = f"http://127.0.0.1:{served.port}"
    done = served.manage("replay_shares", shares_csv, "--url", url, *arguments)
    assert done.returncode == 1
    assert complaint in done.stderr


@pytest.mark.slow
def test_replay__bad_line(served: Project, shares_csv: Path) -> None:
    with shares_csv.open("a", encoding="utf-8") as file:
        file.write("1,facebook,1,many\n")
    status, output = replay(served, shares_csv)
    assert status == 1
    assert "line 7: shares must be a whole number, not 'many'" in output


@pytest.mark.slow
def test_limits__are_on_where_nobody_turns_them_off(project: Project) -> None:
    body = json.dumps({"appId": str(uuid4()), "platform": "sms"})
    with serving(replace(project), SHARE_LIMITS="") as served:
        statuses = [served.post("/api/shares", body)[0] for _ in range(62)]
    assert statuses == [202] * 60 + [429] * 2
