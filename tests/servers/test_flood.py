"""One address floods an app by four connections, as a loop around ``curl`` does: hardly anything of
it counts, and what everybody else shares does."""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from http.client import HTTPConnection

import pytest

from django_share_analytics import outcomes
from django_share_analytics.conf import DEFAULT_LIMITS
from django_share_analytics.events import new_id
from django_share_analytics.models import OutcomeHour, Share
from tests import services
from tests.links.known_agents import CHROME
from tests.servers.running import free_port, running

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes, pytest.mark.slow]

HOST = "tests.servers.limits_host:wsgi"
CURL = "curl/8.5.0"
CONNECTIONS = 4
SECONDS = 4.0
OTHERS = 30
WARM_UP = 10
A_MINUTE = int(DEFAULT_LIMITS["client_and_app"][0].removesuffix("/minute"))


def gunicorn(workers):
    return [
        *(sys.executable, "-m", "gunicorn", f"--workers={workers}", "--threads=8"),
        *("--bind=127.0.0.1:{port}", HOST),
    ]


class Client:
    def __init__(self, port, address, agent):
        self.connection = HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = {
            "Content-Type": "application/json", "User-Agent": agent, "X-Forwarded-For": address,
        }  # fmt: skip

    def close(self):
        self.connection.close()

    def share(self, app):
        key = app.pk if isinstance(app.pk, int) else str(app.pk)
        body = json.dumps({"appId": key, "platform": "copy"})
        self.connection.request("POST", "/api/shares", body, self.headers)
        answer = self.connection.getresponse()
        answer.read()
        if answer.status == 429:
            assert 1 <= int(answer.headers["Retry-After"]) <= 60
        return answer.status


def share_once(port, address, app):
    with closing(Client(port, address, CHROME)) as client:
        return client.share(app)


def flood(port, app):
    """What a loop is answered, and what everybody else is meanwhile."""
    looped, others = Counter(), Counter()
    for n in range(WARM_UP):  # what a process is asked first takes as long as its imports
        others[share_once(port, f"192.0.2.{n}", app)] += 1
    end = time.monotonic() + SECONDS

    def loop():
        answers = Counter()
        with closing(Client(port, "203.0.113.66", CURL)) as client:
            while time.monotonic() < end:
                answers[client.share(app)] += 1
        looped.update(answers)

    threads = [threading.Thread(target=loop) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for n in range(OTHERS):
        others[share_once(port, f"198.51.100.{n}", app)] += 1
        time.sleep(SECONDS / OTHERS / 2)
    for thread in threads:
        thread.join()
    return looped, others


@pytest.mark.parametrize(
    ("workers", "is_shared", "most"),
    [
        pytest.param(1, False, A_MINUTE, id="one-process"),
        pytest.param(2, False, 2 * A_MINUTE, id="two-by-themselves"),
        # Their windows are the clock's: a minute may end meanwhile.
        pytest.param(2, True, A_MINUTE + int(SECONDS) + 1 + CONNECTIONS, id="two-together"),
    ],
)
def test_flood__counts_as_much_as_one_client_may(workers, is_shared, most, app, capsys):
    variables = {}
    if is_shared:
        services.require_redis()
        variables["TEST_LIMITS_REDIS"] = services.REDIS_URL
        variables["TEST_LIMITS_PREFIX"] = f"flood-{new_id()}"
    port = free_port()
    with running(gunicorn(workers), port, **variables) as server:
        looped, others = flood(port, app)
        server.send_signal(signal.SIGTERM)
        server.wait(30)

    counted = Share.objects.filter(user_agent=CURL).count()
    with capsys.disabled():
        print(f"\n{looped.total()} by curl in {SECONDS:.0f} s, counted {counted}: {dict(looped)}")
    assert set(looped) == {202, 429}
    assert A_MINUTE <= counted == looped[202] <= most
    assert others == {202: OTHERS + WARM_UP}
    assert Share.objects.exclude(user_agent=CURL).count() == OTHERS + WARM_UP
    limited = OutcomeHour.objects.get(reason=outcomes.LIMITED)
    assert limited.n == looped[429]
