"""The compose file, as processes: no containers, the same commands and the same environment.

On the PostgreSQL and the Redis of this machine, with a database and a Redis database of its own.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from tests import databases, services
from tests.dispatch.conftest import wait_until
from tests.example.conftest import ROOT
from tests.servers.running import free_port, is_answering

NEEDS = "needs the dependency groups 'test' and 'example'"
for module in ("environ", "gunicorn", "whitenoise"):
    pytest.importorskip(module, reason=NEEDS)
psutil = pytest.importorskip("psutil", reason=NEEDS)
psycopg = pytest.importorskip("psycopg", reason=NEEDS)
redis = pytest.importorskip("redis", reason=NEEDS)
yaml = pytest.importorskip("yaml", reason=NEEDS)

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.once

DEPLOY = ROOT / "example_project" / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: each for name, each in SERVICES.items() if each["image"] == "shelf"}
SETTINGS = (ROOT / "example_project" / "environment.py").read_text() + (
    ROOT / "example_project" / "production.py"
).read_text()
MANY = 60
MANAGE = [sys.executable, "example_project/manage.py"]
HOST = "shelf.example.com"
DATABASE = "postgres://shelf@db:5432/shelf"


def test_services__wait_for_what_is_there_and_healthy() -> None:
    for name, service in SERVICES.items():
        for needed, how in service.get("depends_on", {}).items():
            other = SERVICES[needed]
            if how["condition"] == "service_healthy":
                assert other["healthcheck"]["test"], f"{name} waits for {needed}"
            else:
                assert how["condition"] == "service_completed_successfully"
                assert other["command"][-2:] == ["migrate", "--no-input"]


def test_services__run_what_is_there() -> None:
    for service in OURS.values():
        for argument in [*service.get("entrypoint", []), *service["command"]]:
            if argument.startswith("example_project/"):
                assert (ROOT / argument).is_file()


def test_volumes__are_all_that_are_named() -> None:
    used = {each.partition(":")[0] for one in SERVICES.values() for each in one.get("volumes", [])}
    assert used == COMPOSE["volumes"].keys()


def test_journal__is_the_same_for_all_who_are_told_of_it() -> None:
    """Else ``share_analytics_status`` and ``erase_person`` see an empty one."""
    told = {name for name, each in OURS.items() if "SHARE_JOURNAL" in each["environment"]}
    assert {"web", "consumer", "manage"} <= told
    for name in told:
        mounts = dict(each.split(":") for each in OURS[name].get("volumes", []))
        journal = Path(OURS[name]["environment"]["SHARE_JOURNAL"])
        assert str(journal.parent) == mounts.get("journal"), name


def test_environment__is_what_the_settings_read() -> None:
    names = set(OURS["web"]["environment"]) - {"DJANGO_SETTINGS_MODULE", "PGPASSWORD"}
    assert {name for name in names if f'"{name}"' not in SETTINGS} == set()


def test_images__are_plain_names_with_a_version() -> None:
    images = {one["image"] for one in SERVICES.values()} - {"shelf"}
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    images |= {line.split()[1] for line in lines if line.startswith("FROM ")}
    assert {image for image in images if not re.fullmatch(r"[a-z]+:[\w.-]+", image)} == set()


def test_queue__throws_nothing_away() -> None:
    command = SERVICES["queue"]["command"]
    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"
    assert command[command.index("--appendonly") + 1] == "yes"


def test_web__is_given_longer_than_its_workers_take() -> None:
    assert int(SERVICES["web"]["stop_grace_period"].removesuffix("s")) > 30


def copied(stage: str) -> list[str]:
    """What a stage of the Dockerfile takes from the repository."""
    lines = [line.split() for line in stage.splitlines() if line.startswith("COPY ")]
    return [source for line in lines if "--from=package" not in line for source in line[1:-1]]


STAGES = re.split(r"^FROM .*$", (DEPLOY / "Dockerfile").read_text(), flags=re.MULTILINE)


def test_dockerfile__copies_what_is_there_and_not_ignored() -> None:
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    taken = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    for source in copied("".join(STAGES)):
        assert (ROOT / source).exists()
        assert source.partition("/")[0] in taken


@pytest.mark.slow
def test_dockerfile__the_package_is_built_of_what_it_copies(tmp_path: Path) -> None:
    for source in copied(STAGES[1]):
        target = tmp_path / source
        target.parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
        copy(ROOT / source, target)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    done = subprocess.run(build, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [*(tmp_path / "dist").glob("*.whl")]


# As processes ------------------------------------------------------------------------------------


@dataclass
class Machine:
    """What the compose file says, with names of hosts and folders that are here."""

    here: dict[str, str]
    given: dict[str, str]
    port: int = field(default_factory=free_port)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def _filled_in(self, text: str) -> str:
        text = re.sub(r"\$\{(\w+)(?::[?-]([^}]*))?\}", self._variable, text)
        for theirs, ours in self.here.items():
            text = text.replace(theirs, ours)
        return text

    def _variable(self, found: re.Match[str]) -> str:
        return self.given.get(found[1], found[2] or "")

    def command(self, service: str, *arguments: str) -> list[str]:
        said = [*SERVICES[service].get("entrypoint", []), *SERVICES[service]["command"]]
        programs = {"python": [sys.executable], "gunicorn": [sys.executable, "-m", "gunicorn"]}
        return [*programs[said[0]], *map(self._filled_in, said[1:]), *arguments]

    def environment(self, service: str) -> dict[str, str]:
        said = {key: self._filled_in(each) for key, each in OURS[service]["environment"].items()}
        return {**os.environ, **said}

    def run(self, service: str, command: list[str] | None = None) -> str:
        done = subprocess.run(
            command or self.command(service),
            cwd=ROOT, env=self.environment(service), timeout=60, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, service: str) -> subprocess.Popen[bytes]:
        self.running[service] = subprocess.Popen(
            self.command(service), cwd=ROOT, env=self.environment(service), start_new_session=True
        )
        return self.running[service]

    def is_healthy(self, service: str) -> bool:
        """As the compose file finds out."""
        kind, program, *arguments = SERVICES[service]["healthcheck"]["test"]
        assert (kind, program) == ("CMD", "python")
        command = [sys.executable, *map(self._filled_in, arguments)]
        return not subprocess.run(command, capture_output=True, check=False).returncode

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, str]:
        """As the proxy does, for a client of its own."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {name.replace("_", "-"): value for name, value in headers.items()} | {
            "Host": HOST,
            "X-Forwarded-Proto": "https",
            "User-Agent": "Mozilla/5.0",
            "Content-Type": "application/json",
        }
        try:
            connection.request(method, path, body and json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def end(self) -> None:
        for process in self.running.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def own_database() -> Iterator[str]:
    """The address of a database of PostgreSQL's that goes at the end; without the password."""
    of = databases.configuration("postgres")
    server = f"postgres://{of['USER']}@{of['HOST']}:{of['PORT']}"
    name = f"test_shelf_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(
        f"{server}/{of['NAME']}", password=of["PASSWORD"], autocommit=True
    ) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{server}/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def own_redis() -> Iterator[str]:
    """The address of a database of Redis' that nobody uses, emptied at the end."""
    server = services.REDIS_URL.rpartition("/")[0]
    for number in range(15, 5, -1):
        with redis.Redis.from_url(f"{server}/{number}") as client:
            # Taken and found empty in one: another run takes the next.
            if client.set("taken", "1", nx=True) and client.dbsize() == 1:
                try:
                    yield f"{server}/{number}"
                finally:
                    client.flushdb()
                return
    pytest.fail("No database of this Redis is empty.")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    services.require_redis()
    services.require(not (reason := databases.why_not("postgres")), reason)
    folder = tmp_path_factory.mktemp("compose")
    # A server that asks for none takes any.
    password = databases.configuration("postgres")["PASSWORD"] or "a/b?c+d=e#f@g:h%2F&$"
    with own_database() as database, own_redis() as queue:
        machine = Machine(
            here={
                DATABASE: database,
                "redis://queue:6379/0": queue,
                "redis://cache:6379/0": queue,
                "/var/lib/shelf": str(folder),
            },
            given={"SECRET_KEY": "x" * 60, "ALLOWED_HOSTS": HOST, "POSTGRES_PASSWORD": password},
        )
        machine.here |= {"0.0.0.0:8000": f"127.0.0.1:{machine.port}"}
        machine.here |= {"127.0.0.1:8000": f"127.0.0.1:{machine.port}"}
        try:
            yield machine
        finally:
            machine.end()


def make_app(machine: Machine) -> str:
    script = (
        "from example_project.catalog.models import App; "
        "print(App.objects.create(name_en='Chess', name_ar='شطرنج', slug='chess').pk)"
    )
    return machine.run("web", [*MANAGE, "shell", "--no-imports", "-c", script]).strip()


def workers_of(process: subprocess.Popen[bytes]) -> list[Any]:
    return list(psutil.Process(process.pid).children())


class Visitors(Thread):
    """Each shares from an address of its own, again with the same id until that is taken."""

    def __init__(self, machine: Machine, app: str, numbers: range) -> None:
        super().__init__()
        self.machine, self.app, self.numbers = machine, app, numbers
        self.accepted: list[str] = []

    def run(self) -> None:
        for number in self.numbers:
            share = str(uuid.uuid4())
            assert wait_until(lambda: self._share(share, number))  # noqa: B023 - at once
            self.accepted.append(share)

    def _share(self, share: str, number: int) -> bool:
        body = {"id": share, "appId": self.app, "platform": "copy"}
        client = f"203.0.{number // 256}.{number % 256}"
        try:
            return self.machine.ask("POST", "/api/shares", body, X_Forwarded_For=client)[0] == 202
        except (OSError, HTTPException):
            time.sleep(0.05)
            return False


def test_password__is_what_it_is(machine: Machine) -> None:
    """Whatever letters it has, in whichever service."""
    assert SERVICES["db"]["environment"]["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:")
    script = (
        "from django.db import connection; connection.ensure_connection(); "
        "print(connection.connection.info.password)"
    )
    said = machine.run("web", [*MANAGE, "shell", "--no-imports", "-c", script])
    assert said.strip() == machine.given["POSTGRES_PASSWORD"]


@pytest.mark.processes
def test_compose__nothing_is_lost(machine: Machine) -> None:
    """A worker and the consumer are killed while people share."""
    machine.run("migrate")
    app = make_app(machine)
    web, consumer = machine.start("web"), machine.start("consumer")
    assert wait_until(lambda: is_answering(machine.port))
    assert wait_until(lambda: machine.is_healthy("web"))
    assert len(workers_of(web)) == 2
    assert machine.ask("GET", "/health/live")[0] == 200

    visitors = [Visitors(machine, app, range(n * MANY, (n + 1) * MANY)) for n in range(4)]
    for each in visitors:
        each.start()
    assert wait_until(lambda: all(each.accepted for each in visitors))
    workers_of(web)[0].kill()
    consumer.kill()
    consumer.wait()
    for each in visitors:
        each.join()
    machine.start("consumer")  # as `restart: unless-stopped` does
    accepted = {share for each in visitors for share in each.accepted}
    assert len(accepted) == 4 * MANY
    # What the killed one had is given to the new one after takeover_seconds.
    assert wait_until(lambda: stored(machine) >= accepted)
    assert stored(machine) == accepted
    assert wait_until(lambda: len(workers_of(web)) == 2)

    told = json.loads(machine.ask("GET", f"/api/apps/{app}/share-count")[1])
    assert told["byPlatform"] == {"copy": 4 * MANY}
    machine.run("manage", [*machine.command("manage")[:-1], "verify_share_counts"])
    machine.run("manage")
    stop_in_good_order(machine)


def stop_in_good_order(machine: Machine) -> None:
    for name in ("web", "consumer"):
        machine.running[name].terminate()
    assert [machine.running[name].wait(60) for name in ("web", "consumer")] == [0, 0]
    with suppress(FileNotFoundError):
        assert list(Path(machine.here["/var/lib/shelf"], "journal").iterdir()) == []


def stored(machine: Machine) -> set[str]:
    time.sleep(0.2)  # it is asked for until all are there
    password = machine.given["POSTGRES_PASSWORD"]
    with psycopg.connect(machine.here[DATABASE], password=password) as connection:
        return {str(id) for (id,) in connection.execute("SELECT id FROM share_analytics_share")}
