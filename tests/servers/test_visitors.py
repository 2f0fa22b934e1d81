"""One visitor in all processes of a server, also of one that forks them with a thread at work."""

from __future__ import annotations

import sys
import urllib.request
from collections import defaultdict
from importlib.util import find_spec

import pytest

from django_share_analytics.models import DaySecret
from tests import services
from tests.dispatch.conftest import wait_until
from tests.servers.running import free_port, running
from tests.servers.test_uwsgi_gevent import UWSGI

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

HOST = "tests.servers.visitors_host:application"
WORKERS = 3
GUNICORN = [
    *(sys.executable, "-m", "gunicorn", f"--workers={WORKERS}", "--bind=127.0.0.1:{port}", HOST),
]
COMMANDS = {
    "gunicorn": [*GUNICORN, "--preload"],
    "threads": [*GUNICORN, "--preload", "--threads=4"],
    "gevent": [*GUNICORN, "--worker-class=gevent"],
    "uwsgi": [
        *(str(UWSGI), "--http-socket=127.0.0.1:{port}", f"--module={HOST}", "--master"),
        *(f"--virtualenv={sys.prefix}", "--disable-logging", "--enable-threads"),
        f"--processes={WORKERS}",
    ],
}


def ask(port, agent="Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"):
    """The process that answered, and which visitor asked."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/", headers={"User-Agent": agent})
    with urllib.request.urlopen(request, timeout=30) as response:
        process, visitor = response.read().decode().split()
    return process, visitor


def known(port, *agent):
    """The visitor, once a process answers that has the day's secret: one may be asked for the first
    time now."""
    answers = []

    def has_answered():
        answers.append(ask(port, *agent)[1])
        return answers[-1] != "None"

    assert wait_until(has_answered, 15)
    return answers[-1]


@pytest.mark.parametrize("name", COMMANDS)
def test_visitor__is_the_same_one_in_each_process(name):
    services.require(UWSGI or name != "uwsgi", "uWSGI is not installed")
    services.require(find_spec("gevent") or name != "gevent", "gevent is not installed")
    port, found = free_port(), defaultdict(list)

    def all_know():
        process, visitor = ask(port)
        found[process].append(visitor)
        return len(found) > 1 and all(seen[-1] != "None" for seen in found.values())

    with running(COMMANDS[name], port):
        assert wait_until(all_know, 15), found
        assert {seen[-1] for seen in found.values()} == {known(port)}
        assert known(port) != known(port, "another")
    assert DaySecret.objects.count() == 2
