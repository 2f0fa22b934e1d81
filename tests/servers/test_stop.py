"""A server that is told to stop writes what waits, with the buffer's flush a minute away."""

from __future__ import annotations

import json
import signal
import sys

import pytest

from django_share_analytics.models import Share
from tests import services
from tests.dispatch.conftest import wait_until
from tests.factories import counted_by_hand, stored_counts
from tests.servers.running import ASGI, WSGI, free_port, is_answering, post
from tests.servers.running import running as running_program

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once, pytest.mark.processes]

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
RELOADING = [name for name in SERVERS if name != "uvicorn"]
"""SIGHUP kills a single process of uvicorn's, which doesn't listen to it."""
SHARES = 40


def running(command, port, **variables):
    return running_program([sys.executable, "-m", *command], port, **variables)


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
            assert post(port, app) == 202
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
            assert post(port, app) == 202
        files = [path.read_bytes().splitlines() for path in tmp_path.glob("*/*.log")]
        # By id: one whose answer did not come is sent again, and is in it twice.
        assert len({json.loads(line)["id"] for lines in files for line in lines}) == SHARES
        server.send_signal(signal.SIGTERM)
        server.wait(30)
    assert Share.objects.count() == SHARES
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("gunicorn sync", "--max-requests=7"),
        ("gunicorn threads", "--max-requests=7"),
        ("uvicorn workers", "--limit-max-requests=7"),
    ],
)
def test_max_requests__loses_nothing_when_a_worker_is_replaced(name, option, app):
    require_server(name)
    port = free_port()
    with running([*SERVERS[name][:-1], option, SERVERS[name][-1]], port) as server:
        for _ in range(SHARES):
            assert post(port, app) == 202
        assert wait_until(lambda: Share.objects.count() > 0), "no worker was replaced"
        server.send_signal(signal.SIGTERM)
        server.wait(90)  # uvicorn waits for a sign of life of a worker that has ended, for 60 s
    assert Share.objects.count() == SHARES
    assert stored_counts() == counted_by_hand()


def test_max_requests__loses_nothing_when_the_only_process_ends(app):
    """Without workers nobody starts another: whatever manages the site does."""
    require_server("uvicorn")
    port = free_port()
    with running([*SERVERS["uvicorn"][:-1], "--limit-max-requests=7", ASGI], port) as server:
        for _ in range(7):
            assert post(port, app) == 202
        server.wait(30)
    assert Share.objects.count() == 7


@pytest.mark.parametrize("name", ["granian wsgi", "granian asgi"])
def test_lifetime__loses_nothing_when_a_worker_is_replaced(name, app):
    """A minute is the shortest life that Granian grants."""
    require_server(name)
    port = free_port()
    command = [*SERVERS[name][:-1], "--workers-lifetime=60", SERVERS[name][-1]]
    with running(command, port, TEST_FLUSH_SECONDS="600") as server:
        for _ in range(SHARES):
            assert post(port, app) == 202
        assert Share.objects.count() == 0
        assert wait_until(lambda: Share.objects.count() == SHARES, seconds=150)
        assert post(port, app) == 202
        server.send_signal(signal.SIGTERM)
        server.wait(30)
    assert Share.objects.count() == SHARES + 1
    assert stored_counts() == counted_by_hand()


@pytest.mark.parametrize("name", RELOADING)
def test_reload__loses_nothing(name, app):
    require_server(name)
    port = free_port()
    with running(SERVERS[name], port) as server:
        for _ in range(SHARES):
            assert post(port, app) == 202
        assert Share.objects.count() == 0, "they wait for a flush that is a minute away"
        server.send_signal(signal.SIGHUP)
        assert wait_until(lambda: Share.objects.count() == SHARES, seconds=45)
        assert wait_until(lambda: is_answering(port))
        assert post(port, app) == 202
        server.send_signal(signal.SIGTERM)
        server.wait(30)
    assert Share.objects.count() == SHARES + 1
    assert stored_counts() == counted_by_hand()
