"""Database servers and brokers of the suite's own, to be stopped and killed.

None of the machine's servers is touched. They refuse to run as root: then they run as the user that
their package made.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests import services

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HOST = "127.0.0.1"
START_SECONDS = 60.0


def free_port() -> int:
    with socket.create_server((HOST, 0)) as server:
        return int(server.getsockname()[1])


def wait_until(what: Callable[[], bool], seconds: float, why: str) -> None:
    """:raises AssertionError: ``why``, when it did not come true in time."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, why
        time.sleep(0.05)


class Server(ABC):
    """One process group on a port of its own, with its data in a folder that goes at the end."""

    user = ""

    def __init__(self) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="crash-"))
        self.folder.chmod(0o755)
        self._as_user = ["runuser", "-u", self.user, "--"] if self._needs_user() else []
        if self._as_user:
            shutil.chown(self.folder, self.user)
        self._process: subprocess.Popen[bytes] | None = None

    def _needs_user(self) -> bool:
        return bool(self.user) and os.geteuid() == 0

    @abstractmethod
    def command(self) -> list[str]: ...

    @abstractmethod
    def is_answering(self) -> bool: ...

    def environment(self) -> dict[str, str]:
        return dict(os.environ)

    def prepare(self) -> None:  # noqa: B027 - some need nothing
        """What is to be done once, before the first start."""

    def __enter__(self) -> Any:
        try:
            self.prepare()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        with (self.folder / "output").open("ab") as output:
            self._process = subprocess.Popen(
                [*self._as_user, *self.command()],
                env=self.environment(),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        wait_until(self.is_answering, START_SECONDS, f"{type(self).__name__} does not answer")

    def kill(self) -> None:
        """``kill -9`` of all its processes: what it promised to keep must be on the disk."""
        process, self._process = self._process, None
        if process:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            wait_until(lambda: not self.takes_connections(), 10, "a killed server still listens")

    @contextmanager
    def away(self) -> Iterator[None]:
        """Killed, and started again in the end."""
        self.kill()
        try:
            yield
        finally:
            self.start()

    def run(self, *command: str) -> None:
        subprocess.run(
            [*self._as_user, *command],
            env=self.environment(),
            cwd=self.folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def takes_connections(self) -> bool:
        with suppress(OSError):
            socket.create_connection((HOST, self.port), timeout=1).close()
            return True
        return False


class Postgres(Server):
    """With its defaults: what is committed is on the disk."""

    user = "postgres"

    def __init__(self) -> None:
        folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version_of)
        initdb = str(folders[-1] / "initdb") if folders else shutil.which("initdb")
        services.require(initdb, "PostgreSQL's server is not installed")
        self._programs = Path(initdb or "").parent
        super().__init__()
        self.data = self.folder / "data"

    def prepare(self) -> None:
        initdb = str(self._programs / "initdb")
        self.run(initdb, "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8")

    def command(self) -> list[str]:
        program = str(self._programs / "postgres")
        place = ["-D", str(self.data), "-p", str(self.port), "-h", HOST, "-k", str(self.folder)]
        return [program, *place]

    def kill(self) -> None:
        """At once, without a checkpoint: it has to recover from its log, as after a ``kill -9``.

        Only that its processes, which are sessions of their own, all end here and now.
        """
        if self._process:
            program = str(self._programs / "pg_ctl")
            with suppress(subprocess.CalledProcessError):  # it has ended already
                self.run(program, "stop", "-D", str(self.data), "-m", "immediate", "-s")
        super().kill()

    def is_answering(self) -> bool:
        import psycopg

        with suppress(psycopg.OperationalError):
            self.connect().close()
            return True
        return False

    def connect(self, name: str = "postgres") -> Any:
        import psycopg

        where = f"host={HOST} port={self.port} user=postgres dbname={name} connect_timeout=5"
        return psycopg.connect(where, autocommit=True)

    def create(self, name: str, template: str = "template1") -> dict[str, Any]:
        """A new database, as Django's setting wants it."""
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": HOST,
            "PORT": str(self.port),
            "USER": "postgres",
            "NAME": name,
        }


def _version_of(folder: Path) -> float:
    return float(folder.parent.name)


class Redis(Server):
    """Everything that it says yes to is on the disk."""

    def __init__(self, *arguments: str) -> None:
        self._program = services.require_program("redis-server", "valkey-server")
        super().__init__()
        self._arguments = arguments
        self.url = f"redis://{HOST}:{self.port}/0"

    def command(self) -> list[str]:
        place = ["--port", str(self.port), "--bind", HOST, "--dir", str(self.folder)]
        keep = ["--save", "", "--appendonly", "yes", "--appendfsync", "always"]
        return [self._program, *place, *keep, *self._arguments]

    def is_answering(self) -> bool:
        with (
            suppress(OSError),
            socket.create_connection((HOST, self.port), timeout=1) as connection,
        ):
            connection.sendall(b"PING\r\n")
            return connection.recv(5) == b"+PONG"  # and no "LOADING" any more
        return False


class RabbitMQ(Server):
    """A node of its own, beside the machine's."""

    user = "rabbitmq"

    def __init__(self) -> None:
        program = next(Path("/usr/lib/rabbitmq").glob("bin/rabbitmq-server"), None)
        self._program = str(program or shutil.which("rabbitmq-server") or "")
        services.require(self._program, "RabbitMQ is not installed")
        super().__init__()
        self._distribution_port = free_port()
        self.url = f"amqp://guest:guest@{HOST}:{self.port}//"

    def prepare(self) -> None:
        (self.folder / "plugins").write_text("[].")
        (self.folder / "rabbitmq.conf").write_text("log.console = false\n")

    def command(self) -> list[str]:
        return [self._program]

    def environment(self) -> dict[str, str]:
        own = {
            "HOME": str(self.folder),
            "RABBITMQ_NODENAME": f"crash-{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": HOST,
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        }
        return {**os.environ, **own}

    def is_answering(self) -> bool:
        """Whether it greets as AMQP 0-9-1 says: the port alone is open before it is ready."""
        with (
            suppress(OSError),
            socket.create_connection((HOST, self.port), timeout=1) as connection,
        ):
            connection.sendall(b"AMQP\x00\x00\x09\x01")
            return connection.recv(1) == b"\x01"  # a method frame: connection.start
        return False
