"""An export from a real server: one that breaks off, and one that nobody waits for."""

from __future__ import annotations

import http.client
import time
from contextlib import closing, contextmanager

import pytest

from django_share_analytics.files.downloads import INCOMPLETE
from django_share_analytics.writing.writer import write_shares
from tests.factories import event
from tests.servers.test_stop import SERVERS, free_port, require_server, running

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once, pytest.mark.processes]

NAMES = ["gunicorn sync", "gunicorn threads", "granian wsgi", "granian asgi", "uvicorn"]
SHARES, PAGE = 2_000, 10


def command(name):
    return [
        part.replace("applications", "export_host")
        for part in SERVERS[name]
        if not part.startswith("--workers")
    ]


@pytest.fixture
def export(app, client, admin_user):
    """``export(port)`` starts a download of two megabytes."""
    write_shares([event(app, user_agent="x" * 500) for _ in range(SHARES)])
    client.force_login(admin_user)
    cookie = f"sessionid={client.cookies['sessionid'].value}"

    @contextmanager
    def start(port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/api/admin/shares/export", headers={"Cookie": cookie})
        # The answer keeps the socket when the server says that it closes the connection.
        with closing(connection), connection.getresponse() as response:
            yield response

    return start


@pytest.mark.parametrize("name", NAMES)
def test_export__is_whole(name, export, tmp_path):
    require_server(name)
    port = free_port()
    variables = {"TEST_PAGES": str(tmp_path / "pages")}
    with running(command(name), port, **variables), export(port) as response:
        assert response.read().count(b"\r\n") == 1 + SHARES


@pytest.mark.parametrize("name", NAMES)
def test_export__that_breaks_off_says_so(name, export, tmp_path):
    require_server(name)
    port = free_port()
    variables = {"TEST_PAGES": str(tmp_path / "pages"), "TEST_FAILS_AT": "4"}
    with running(command(name), port, **variables), export(port) as response:
        assert response.status == 200
        # Whether the connection breaks off, too, is up to the server: the last line tells.
        received, broke_off = b"", False
        try:
            while not received.endswith(INCOMPLETE.encode()) and (chunk := response.read1()):
                received += chunk
        except http.client.IncompleteRead:
            broke_off = True
    # Granian's WSGI server may throw away what it was given last, and then breaks off.
    is_told = received.endswith(INCOMPLETE.encode()) or (name == "granian wsgi" and broke_off)
    assert is_told
    assert received.count(b"x" * 500) == 3 * PAGE


@pytest.mark.parametrize("name", NAMES)
def test_export__that_nobody_waits_for_reads_no_further(name, export, tmp_path):
    require_server(name)
    port = free_port()
    pages = tmp_path / "pages"
    with running(command(name), port, TEST_PAGES=str(pages)):
        with export(port) as response:
            response.read(10)
        noted = -1
        while noted != (noted := pages.read_text().count("\n")):
            time.sleep(0.5)
    assert noted < SHARES / PAGE, "everything was read"
