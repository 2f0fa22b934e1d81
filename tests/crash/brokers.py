"""Redis and RabbitMQ of the suite's own."""

from __future__ import annotations

import os
import shutil
import socket
from contextlib import suppress
from pathlib import Path

from tests import services
from tests.crash.servers import HOST, Server, free_port


class Redis(Server):
    """Everything that it says yes to is on the disk, unless its arguments say otherwise."""

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
