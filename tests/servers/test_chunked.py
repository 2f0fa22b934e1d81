"""A body that comes in chunks: read under ASGI, and refused with the true reason under WSGI."""

from __future__ import annotations

import http.client
import json
from contextlib import closing

import pytest

from django_share_analytics.events import new_id
from tests.servers.running import free_port
from tests.servers.test_stop import SERVERS, require_server, running

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once, pytest.mark.processes]


@pytest.mark.parametrize(
    ("name", "status"),
    [("gunicorn sync", 411), ("granian wsgi", 411), ("granian asgi", 202), ("uvicorn", 202)],
)
def test_chunks(name, status, app):
    require_server(name)
    key = app.pk if isinstance(app.pk, int) else str(app.pk)
    body = json.dumps({"id": str(new_id()), "appId": key, "platform": "copy"}).encode()
    port = free_port()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with running(SERVERS[name], port), closing(connection):
        headers = {"Content-Type": "application/json", "Transfer-Encoding": "chunked"}
        chunks = iter([body[:9], body[9:]])
        connection.request("POST", "/api/shares", chunks, headers, encode_chunked=True)
        response = connection.getresponse()
        assert response.status == status, response.read()
        assert response.headers["Content-Type"] == "application/json"
        response.read()
