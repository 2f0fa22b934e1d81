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
