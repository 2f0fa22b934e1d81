"""Real web servers, for the tests that start and stop them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from contextlib import contextmanager, suppress

from tests import databases

WSGI, ASGI = "tests.servers.applications:wsgi", "tests.servers.applications:asgi"
START_SECONDS = 60
TRIES = 30
PAUSE_SECONDS = 0.5


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def running(command, port, **variables):
    """The server, answering. Stopped by force if the block leaves it running."""
    environment = databases.child_environment(
        DJANGO_SETTINGS_MODULE="tests.servers.settings", **variables
    )
    # A session of its own, so that its workers can be ended with it.
    server = subprocess.Popen(
        [part.format(port=port) for part in command], env=environment, start_new_session=True
    )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not is_answering(port):
            assert server.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.05)
        yield server
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def is_answering(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def post(port, app):
    """Share the app; the status of the answer. As any client does, it asks again when none comes:
    a worker that is being replaced may leave a connection without one."""
    key = app.pk if isinstance(app.pk, int) else str(app.pk)
    body = json.dumps({"id": str(uuid.uuid4()), "appId": key, "platform": "copy"}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/shares", body, {"Content-Type": "application/json"}
    )
    for _ in range(TRIES):
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return response.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            time.sleep(PAUSE_SECONDS)
    raise AssertionError("no answer")
