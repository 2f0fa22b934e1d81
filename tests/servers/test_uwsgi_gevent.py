"""uWSGI and gunicorn's gevent worker, which have ideas of their own about threads and forks."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from django_share_analytics.models import Share
from tests import services
from tests.dispatch.conftest import wait_until
from tests.factories import counted_by_hand, outcomes, stored_counts
from tests.servers.running import WSGI, free_port, is_answering, post, running

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

SHARES = 60
VISITORS = 6
UWSGI = os.environ.get("TEST_UWSGI") or shutil.which("uwsgi", path=str(Path(sys.executable).parent))
UWSGI_COMMAND = [
    *(UWSGI, "--http-socket=127.0.0.1:{port}", f"--module={WSGI}"),
    *(f"--virtualenv={sys.prefix}", "--master", "--disable-logging"),
    # Without it SIGTERM reloads, or (--die-on-term) ends workers in the middle of a request.
    "--hook-master-start=unix_signal:15 gracefully_kill_them_all",
]
GUNICORN_COMMAND = [
    *(sys.executable, "-m", "gunicorn", "--workers=2", "--bind=127.0.0.1:{port}"),
    *("--worker-class=gevent", WSGI),
]
COMMANDS = {
    "gevent": GUNICORN_COMMAND,
    "uwsgi, loaded by the master": [*UWSGI_COMMAND, "--enable-threads", "--processes=2"],
    # One: uWSGI waits for ever for a second one that was still loading when it was told to stop.
    "uwsgi, loaded by each worker": [*UWSGI_COMMAND, "--enable-threads", "--lazy-apps"],
    "uwsgi, threads": [*UWSGI_COMMAND, "--threads=4", "--processes=2"],
}


@pytest.fixture(params=COMMANDS)
def command(request):
    require(request.param)
    return COMMANDS[request.param]


def require(name):
    if name.startswith("gevent"):
        services.require(find_spec("gevent"), "gevent is not installed")
    else:
        services.require(UWSGI, "uWSGI is not installed")


@contextmanager
def serving(command, flush_seconds=60, journal=""):
    port = free_port()
    variables = {"TEST_FLUSH_SECONDS": str(flush_seconds), "TEST_JOURNAL": str(journal)}
    with running(command, port, **variables) as server:
        yield server, port


def share(port, app, count=SHARES):
    """From several visitors at once; the statuses that they got."""
    with ThreadPoolExecutor(VISITORS) as visitors:
        return set(visitors.map(lambda _: post(port, app), range(count)))


def assert_all_are_stored(count=SHARES):
    assert Share.objects.count() == count
    assert stored_counts() == counted_by_hand()
    assert outcomes().keys() <= {"duplicate"}


@pytest.mark.parametrize("has_journal", [False, True], ids=["memory", "journal"])
def test_writer__writes_while_nobody_asks_for_anything(command, app, tmp_path, has_journal):
    journal = tmp_path if has_journal else ""
    with serving(command, flush_seconds=0.1, journal=journal) as (_, port):
        assert share(port, app) == {202}
        assert wait_until(lambda: Share.objects.count() == SHARES)
    assert_all_are_stored()


@pytest.mark.parametrize("has_journal", [False, True], ids=["memory", "journal"])
def test_sigterm__loses_nothing(command, app, tmp_path, has_journal):
    journal = tmp_path if has_journal else ""
    with serving(command, journal=journal) as (server, port):
        assert share(port, app) == {202}
        assert Share.objects.count() < SHARES, "they wait for a flush that is a minute away"
        server.send_signal(signal.SIGTERM)
        server.wait(120)
    assert_all_are_stored()
    assert list(tmp_path.iterdir()) == []


def test_sigkill__loses_nothing_with_a_journal(command, app, tmp_path):
    with serving(command, journal=tmp_path) as (server, port):
        assert share(port, app) == {202}
        os.killpg(server.pid, signal.SIGKILL)
    assert Share.objects.count() < SHARES
    with serving(command, flush_seconds=0.1, journal=tmp_path) as (_, port):
        assert share(port, app, 1) == {202}
        assert wait_until(lambda: Share.objects.count() == SHARES + 1)
    assert_all_are_stored(SHARES + 1)


def test_max_requests__loses_nothing_when_workers_are_replaced(command, app):
    with serving([*command, "--max-requests=7"]) as (server, port):
        assert share(port, app) == {202}
        server.send_signal(signal.SIGTERM)
        server.wait(120)
    assert_all_are_stored()


def test_reload__loses_nothing(command, app):
    with serving(command) as (server, port):
        assert share(port, app) == {202}
        assert Share.objects.count() < SHARES, "they wait for a flush that is a minute away"
        server.send_signal(signal.SIGHUP)
        assert wait_until(lambda: Share.objects.count() == SHARES, seconds=45)
        assert wait_until(lambda: is_answering(port))
        assert share(port, app, 1) == {202}
        server.send_signal(signal.SIGTERM)
        server.wait(120)
    assert_all_are_stored(SHARES + 1)


@pytest.mark.parametrize("options", [[], ["--preload"]], ids=["plain", "preload"])
def test_gevent__that_patches_a_site_that_is_loaded_is_told(app, tmp_path, options):
    require("gevent")
    log = tmp_path / "log"
    command = [*GUNICORN_COMMAND, f"--error-logfile={log}", "--capture-output", *options]
    with serving(command) as (_, port):
        share(port, app, 1)
        assert ("after the site was loaded" in log.read_text()) is bool(options)


def test_uwsgi__that_runs_no_threads_refuses(app):
    """Old ones; new ones can't be brought to it. ``TEST_UWSGI`` names one."""
    require("uwsgi")
    with serving(UWSGI_COMMAND) as (server, port):
        found = share(port, app, 1)
        server.send_signal(signal.SIGTERM)
        server.wait(120)
    if found == {202}:
        pytest.skip("this uWSGI runs threads without being told to")
    assert found == {503}
    assert Share.objects.count() == 0
