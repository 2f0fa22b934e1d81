"""A server that is told to stop writes what waits, with the buffer's flush a minute away."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from contextlib import contextmanager, suppress

import pytest

from django_share_analytics.models import Share
from tests import databases, services
from tests.factories import counted_by_hand, stored_counts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

WSGI, ASGI = "tests.servers.applications:wsgi", "tests.servers.applications:asgi"
SERVERS = {
    "gunicorn sync": ["gunicorn", "--workers=2", "--bind=127.0.0.1:{port}", WSGI],
    "gunicorn threads": [
        *("gunicorn", "--worker-class=gthread", "--threads=4", "--workers=2"),
        *("--bind=127.0.0.1:{port}", WSGI),
    ],
    "granian wsgi": ["granian", "--interface=wsgi", "--port={port}", WSGI],
    "granian asgi": ["granian", "--interface=asgi", "--port={port}", ASGI],
    "uvicorn": ["uvicorn", "--port={port}", ASGI],
    "uvicorn workers": [
        *("uvicorn", "--workers=2", "--timeout-worker-healthcheck=60"),
        *("--port={port}", ASGI),
    ],
}
SHARES = 40
TRIES = 6


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def running(command, port, **variables):
    """The server, answering. Stopped by force if the block leaves it running."""
    module, *arguments = [part.format(port=port) for part in command]
    environment = databases.child_environment(
        DJANGO_SETTINGS_MODULE="tests.servers.settings", **variables
    )
    # A session of its own, so that its workers can be ended with it.
    server = subprocess.Popen(
        [sys.executable, "-m", module, *arguments], env=environment, start_new_session=True
    )
    try:
        deadline = time.monotonic() + 30
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
    key = app.pk if isinstance(app.pk, int) else str(app.pk)
    body = json.dumps({"id": str(uuid.uuid4()), "appId": key, "platform": "copy"}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/shares", body, {"Content-Type": "application/json"}
    )
    for _ in range(TRIES):
        # A worker that is being replaced may leave a connection unanswered: as any client should,
        # this one asks again, with the same id.
        with suppress(OSError), urllib.request.urlopen(request, timeout=10) as response:
            assert response.status == 202
            return
    raise AssertionError("no answer")


def require_server(name):
    program = SERVERS[name][0]
    try:
        __import__(program)
    except ImportError:
        services.require(False, f"{program} is not installed")


@pytest.mark.parametrize("name", SERVERS)
def test_sigterm__loses_nothing(name, app):
    require_server(name)
    port = free_port()
    with running(SERVERS[name], port) as server:
        for _ in range(SHARES):
            post(port, app)
        assert Share.objects.count() == 0, "they wait for a flush that is a minute away"
        server.send_signal(signal.SIGTERM)
        server.wait(30)
    assert Share.objects.count() == SHARES
    assert stored_counts() == counted_by_hand()


@pytest.mark.parametrize("name", ["gunicorn threads", "granian wsgi", "uvicorn"])
def test_sigterm__leaves_nothing_in_the_journal(name, app, tmp_path):
    require_server(name)
    port = free_port()
    with running(SERVERS[name], port, TEST_JOURNAL=str(tmp_path)) as server:
        for _ in range(SHARES):
            post(port, app)
        waiting = [path.read_bytes().count(b"\n") for path in tmp_path.glob("*/*.log")]
        assert sum(waiting) == SHARES
        server.send_signal(signal.SIGTERM)
        server.wait(30)
    assert Share.objects.count() == SHARES
    assert list(tmp_path.iterdir()) == []


def test_max_requests__loses_nothing_when_a_worker_is_replaced(app):
    services.require(_has_gunicorn(), "gunicorn is not installed")
    port = free_port()
    command = [*SERVERS["gunicorn threads"][:-1], "--max-requests=7", WSGI]
    with running(command, port) as server:
        for _ in range(SHARES):
            post(port, app)
        server.send_signal(signal.SIGTERM)
        server.wait(30)
    assert Share.objects.count() == SHARES


def _has_gunicorn():
    try:
        import gunicorn  # noqa: F401
    except ImportError:
        return False
    return True
