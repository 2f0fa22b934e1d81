"""A Redis of a test's own: to be filled, stopped and killed."""

from __future__ import annotations

import socket
import subprocess
import time

from tests.services import require_program, require_redis


class RedisServer:
    """``with RedisServer("--maxmemory", "5mb") as server: … server.url``"""

    def __init__(self, *arguments: str) -> None:
        require_redis()
        self._program = require_program("redis-server", "valkey-server")
        self._arguments = arguments
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def __enter__(self) -> RedisServer:
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self.kill()

    def start(self) -> None:
        nothing_on_disk = ["--save", "", "--appendonly", "no"]
        command = [self._program, "--port", str(self._port), "--bind", "127.0.0.1"]
        self._process = subprocess.Popen(
            [*command, *nothing_on_disk, *self._arguments], stdout=subprocess.DEVNULL
        )
        self._wait_until_it_answers()

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def _wait_until_it_answers(self) -> None:
        from redis import Redis, RedisError

        deadline = time.monotonic() + 60
        with Redis.from_url(self.url) as client:
            while time.monotonic() < deadline:
                try:
                    client.ping()
                    return
                except RedisError:
                    time.sleep(0.05)
        raise AssertionError("redis-server did not start")
