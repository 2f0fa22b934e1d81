"""Celery's brokers and workers, for the tests that need real ones."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import uuid
from contextlib import contextmanager, suppress
from pathlib import Path

from tests import databases, services

ROOT = Path(__file__).parents[2]
BROKERS = {
    "rabbitmq": os.environ.get("RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//"),
    "redis": services.REDIS_URL,
}


def require_broker(name):
    services.require(not (reason := why_no_broker(name)), reason)
    return BROKERS[name]


def why_no_broker(name):
    try:
        import kombu
        import redis  # noqa: F401
    except ImportError as error:
        return f"{error.name} is not installed"
    connection = kombu.Connection(BROKERS[name], connect_timeout=2)
    try:
        connection.ensure_connection(max_retries=1, interval_start=0)
    except Exception as error:
        return f"no {name} at {BROKERS[name]} ({error})"
    finally:
        connection.release()
    return ""


def held_by_redis(app):
    """How many of a Celery app's messages wait in Redis, or are with a worker."""
    import redis

    queue = app.conf.task_default_queue
    with redis.Redis.from_url(app.conf.broker_url) as client:
        return client.llen(f"{queue}{queue}") + client.hlen(f"{queue}unacked")


def forget(app):
    """Delete a Celery app's queue, and what else Celery leaves behind in Redis."""
    if app.conf.broker_url not in BROKERS.values():
        return
    with app.connection_for_write() as link:
        app.amqp.queues[app.conf.task_default_queue](link.default_channel).delete()
    if app.conf.broker_url.startswith("redis"):
        import redis

        with redis.Redis.from_url(app.conf.broker_url) as client:
            for key in client.scan_iter(f"{app.conf.task_default_queue}*"):
                client.delete(key)


class Program:
    """A worker's process and those that it started."""

    def __init__(self, *command, **environment):
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `kill`
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error::DeprecationWarning:django_share_analytics", *command],
            cwd=ROOT,
            env=databases.child_environment(**environment),
            stdout=self._output,
            stderr=self._output,
            start_new_session=True,
        )

    def said(self, text):
        """Whether it has written ``text`` so far."""
        return text in self._read()

    def _read(self):
        # Not by `seek`: its own position is the one at which the process writes.
        size = os.fstat(self._output.fileno()).st_size
        return os.pread(self._output.fileno(), size, 0).decode(errors="replace")

    def children(self):
        found = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True
        )
        return [int(pid) for pid in found.stdout.split()]

    def kill(self):
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if not self._output.closed:
            print(self._read())  # pytest shows it where the test fails
            self._output.close()

    def stop(self, seconds=120):
        """Ask it to end; its exit status."""
        self.process.terminate()
        return self.process.wait(seconds)


@contextmanager
def workers():
    """A function that starts a worker for a Celery app; all are stopped by force at the end."""
    started = []

    def worker(app, *arguments):
        program = Program(
            *("-m", "celery", "-A", "tests.dispatch.celery_app", "worker", "--concurrency=1"),
            *("--without-mingle", "--without-gossip", f"--hostname={uuid.uuid4()}@test"),
            *arguments,
            TEST_CELERY_BROKER=app.conf.broker_url,
            TEST_CELERY_QUEUE=app.conf.task_default_queue,
        )
        started.append(program)
        return program

    try:
        yield worker
    finally:
        for program in started:
            program.kill()
