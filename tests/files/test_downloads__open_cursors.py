"""No cursor of the database's stays open, whoever takes what away, and wherever he stops.

A pool that gives a connection to each transaction anew (PgBouncer, in transaction mode) would lose
it; and while somebody downloads slowly, the database could not clean up.
"""

from __future__ import annotations

import io
from contextlib import contextmanager, nullcontext
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.urls import reverse

from django_share_analytics.admin.statistics.tables import PAGE_TABLES
from django_share_analytics.api.tables import API_TABLES
from django_share_analytics.files import exporting, tables
from django_share_analytics.models import Share, SiteHour
from django_share_analytics.stats import app_sums
from django_share_analytics.writing.batches import write_batch
from django_share_analytics.writing.writer import write_shares
from tests.factories import NOON, event
from tests.writing.poison import refused

pytestmark = pytest.mark.django_db(transaction=True)

DAYS = "from=2026-03-09&to=2026-03-10"
API = {
    "shares": "/api/admin/shares/export",
    **{name: f"/api/admin/shares/stats/export?table={name}&{DAYS}" for name in API_TABLES},
}
READING = ["/api/admin/shares", f"/api/admin/shares/stats?{DAYS}"]
ADMIN = "admin:share_analytics"


@pytest.fixture
def shares(make_app, monkeypatch):
    """More than a page of them, whatever a page is."""
    for module, name in ((exporting, "PAGE_SIZE"), (tables, "NAMED_AT_A_TIME"), (app_sums, "PAGE")):
        monkeypatch.setattr(module, name, 2)
    apps = [make_app() for _ in range(7)]
    shares = [event(app, ("x", "copy")[n % 2], NOON - n * timedelta(hours=7))
              for n in range(9) for app in apps]  # fmt: skip
    write_shares(shares)
    return shares


@pytest.fixture(autouse=True)
def _no_cursor_of_the_servers(monkeypatch):
    """What Django reads an ``iterator()`` with, wherever that is a cursor of the server's."""

    def refuse(self, *args, **kwargs):
        raise AssertionError("a cursor is left open on the server")

    monkeypatch.setattr(type(connections["default"]), "chunked_cursor", refuse)


def is_at_rest():
    """Whether the connection could be given to somebody else at this moment."""
    if connection.in_atomic_block:
        return False
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        status = connection.connection.info.transaction_status.name
        cursor.execute("SELECT count(*) FROM pg_cursors")
        return (status, cursor.fetchone()[0]) == ("IDLE", 0)


@contextmanager
def taken(client, address):
    """What is sent for this address, a piece at a time; closed as when the client goes away."""
    response = client.get(address)
    assert response.status_code == 200, response.content
    yield response
    response.close()


def admin_exports():
    statistics = reverse(f"{ADMIN}_sharestatistics_changelist")
    names = [name for name in PAGE_TABLES if name != "hours"]
    yield reverse(f"{ADMIN}_share_export")
    yield from (f"{statistics}?export={name}&from=2026-03-01&to=2026-03-10" for name in names)
    yield f"{statistics}?export=hours&{DAYS}"


@pytest.mark.parametrize("name", API)
def test_download__of_the_api(name, admin_client, shares):
    with taken(admin_client, API[name]) as response:
        next(iter(response.streaming_content))
        assert is_at_rest()
    assert is_at_rest()
    with taken(admin_client, API[name]) as response:
        assert list(response.streaming_content)
    assert is_at_rest()


def test_download__of_the_admin(admin_client, shares):
    for address in admin_exports():
        with taken(admin_client, address) as response:
            next(iter(response.streaming_content))
            assert is_at_rest(), address
        with taken(admin_client, address) as response:
            list(response.streaming_content)
        assert is_at_rest(), address


def test_pages__read_without_one(admin_client, shares):
    names = ("share", "sharestatistics", "setaside")
    pages = [reverse(f"{ADMIN}_{name}_changelist") for name in names]
    for address in (*READING, *pages):
        assert admin_client.get(address).status_code == 200
        assert is_at_rest(), address


def test_commands__work_without_one(shares, make_app, tmp_path, settings):
    write_batch([refused(make_app())])
    path = tmp_path / "shares.csv"

    def run(name, *arguments, status=0):
        with pytest.raises(SystemExit) if status else nullcontext():
            call_command(name, *arguments, stdout=io.StringIO(), stderr=io.StringIO())
        assert is_at_rest(), name

    run("export_shares", "--output", str(path))
    count = Share.objects.count()
    Share.objects.all()[0].app.delete()
    Share.objects.all().delete()
    run("import_shares", str(path), status=1)  # those of the app that is gone
    assert 0 < Share.objects.count() < count
    SiteHour.objects.update(n=1)
    run("verify_share_counts", status=1)
    run("verify_share_counts", "--repair")
    run("prune_shares", "--older-than", "2026-03-09")
    run("set_aside_shares", "--discard")
    settings.TIME_ZONE = "Asia/Kathmandu"
    run("verify_share_counts", "--repair")
