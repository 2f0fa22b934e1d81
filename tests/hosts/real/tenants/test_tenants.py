"""What was shared at one tenant is counted there and nowhere else, whoever brings it home."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from contextlib import suppress
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import setup_databases, teardown_databases
from django_tenants.utils import schema_context
from kombu import Connection

from django_share_analytics import track_share
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.models import OutcomeHour, SetAside, Share
from django_share_analytics.signals import shares_recorded
from django_share_analytics.testing import use_dispatchers
from django_share_analytics.writing.resting import resting
from tests import databases, services
from tests.dispatch import brokers
from tests.dispatch.conftest import wait_until
from tests.hosts.real.tenants.models import Domain, Tenant
from tests.hosts.uuid_host.models import App
from tests.tenancy import OURS

BACKENDS = "django_share_analytics.dispatch.backends"
KEY = uuid.UUID("01a2245a-aef8-7042-8051-f35deb38a066")
SETTINGS = "tests.hosts.real.tenants.settings"


@pytest.fixture(scope="session")
def schemas(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        # Only a test that is marked, whose transaction or flush doesn't fit around schemas, makes
        # pytest-django set the database up.
        is_there = connection.settings_dict["NAME"] == databases.run_name()
        made = [] if is_there else setup_databases(verbosity=0, interactive=False)
        for name in ("one", "two"):
            make_tenant(name)
        yield
        dispatchers.close()
        connection.close()
        teardown_databases(made, verbosity=0)


def make_tenant(name):
    tenant = Tenant(schema_name=name)
    tenant.save(verbosity=0)
    Domain.objects.create(tenant=tenant, domain=f"{name}.example.org", is_primary=True)
    with schema_context(name):
        App.objects.create(pk=KEY, name=f"App of {name}")
    return tenant


@pytest.fixture
def tenants(schemas, django_db_blocker):
    """Two tenants, without shares, each with an app that has the same key."""
    with django_db_blocker.unblock():
        cache.clear()
        resting.clear()
        connection.set_schema_to_public()
        yield
        dispatchers.close()
        connection.set_schema_to_public()
        for name in Tenant.objects.values_list("schema_name", flat=True):
            with schema_context(name):
                for model in OURS:
                    model._base_manager.all()._raw_delete("default")


def count(tenant, model=Share):
    with schema_context(tenant):
        return model.objects.count()


def client(tenant):
    return Client(headers={"host": f"{tenant}.example.org"})


def post(tenant):
    body = {"appId": str(KEY), "platform": "copy"}
    answer = client(tenant).post("/api/shares", body, content_type="application/json")
    connection.set_schema_to_public()  # a server's thread goes on to whoever comes next
    return answer


@pytest.fixture
def use():
    blocks = []

    def use(backend, **options):
        path = f"{BACKENDS}.{backend}"
        block = use_dispatchers({"default": {"BACKEND": path, "OPTIONS": options}})
        block.__enter__()
        blocks.append(block)
        return dispatchers["default"]

    yield use
    dispatchers.close()
    for block in blocks:
        block.__exit__(None, None, None)


def run_site(*tenants, **environment):
    """Another process of the project: it takes a share of each, and ends."""
    return run("tests.hosts.real.tenants.site", str(KEY), *tenants, **environment)


def run(module, *arguments, **environment):
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "TEST_DATABASE_NAME": str(connection.settings_dict["NAME"]),
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.usefixtures("tenants")
def test_a_share__of_a_test_is_written_at_once_and_to_its_tenant():
    for tenant in ("two", "one", "two"):
        assert post(tenant).status_code == 202
    assert (count("one"), count("two")) == (1, 2)


@pytest.mark.usefixtures("tenants")
@pytest.mark.parametrize("journal", [False, True])
def test_a_share__is_its_tenants_also_when_the_process_ends(journal, tmp_path):
    """The default dispatcher: what waits is written where no request is."""
    environment = {"SHARE_DISPATCHER": "buffered", "SHARE_JOURNAL": str(tmp_path / "journal")}
    run_site("one", "two", "two", **(environment if journal else {}))
    assert (count("one"), count("two")) == (1, 2)


@pytest.mark.usefixtures("tenants")
@pytest.mark.parametrize("options", [{}, {"journal": True}])
def test_a_share__waits_in_a_thread_and_finds_its_tenant(options, use, tmp_path):
    journal = {"journal": tmp_path / "journal"} if options else {}
    use("buffered.BufferedDispatcher", flush_seconds=60.0, **journal)
    for tenant in ("two", "one", "two"):
        post(tenant)
    with schema_context("one"):  # whoever flushes may be anywhere
        assert dispatchers.flush()
    assert (count("one"), count("two")) == (1, 2)


@pytest.mark.usefixtures("tenants")
def test_a_share__comes_by_redis():
    services.require_redis()
    environment = {
        "SHARE_DISPATCHER": "redis",
        "REDIS_URL": services.REDIS_URL,
        "SHARE_STREAM": f"test-share-analytics-{uuid.uuid4().hex}",
    }
    run_site("one", "two", "two", **environment)
    assert (count("one"), count("two")) == (0, 0)
    run("django", "consume_shares", "--once", **environment)
    assert (count("one"), count("two")) == (1, 2)


@pytest.mark.usefixtures("tenants")
def test_a_share__comes_by_a_task():
    """The tasks' table is in the public schema, and so is their worker."""
    run_site("one", "two", "two", SHARE_DISPATCHER="tasks")
    assert (count("one"), count("two")) == (0, 0)
    run("django", "db_worker", "--batch", "--no-startup-delay", SHARE_DISPATCHER="tasks")
    assert (count("one"), count("two")) == (1, 2)


@pytest.mark.usefixtures("tenants")
@pytest.mark.parametrize("pool", ["prefork", "solo"])
def test_a_share__comes_by_celery(pool):
    broker = brokers.require_broker("rabbitmq")
    environment = {
        "SHARE_DISPATCHER": "celery",
        "TEST_CELERY_BROKER": broker,
        "TEST_CELERY_QUEUE": f"test-share-analytics-{uuid.uuid4().hex}",
    }
    run_site("one", "two", "two", **environment)
    assert (count("one"), count("two")) == (0, 0)
    app = "tests.hosts.real.tenants.celery_app"
    command = [
        "-m",
        "celery",
        "-A",
        app,
        "worker",
        "--loglevel",
        "INFO",
        "--pool",
        pool,
        "--concurrency",
        "1",
    ]
    worker = brokers.Program(*command, DJANGO_SETTINGS_MODULE=SETTINGS, **environment)
    try:
        assert wait_until(lambda: (count("one"), count("two")) == (1, 2), 60)
    finally:
        worker.kill()
        with Connection(broker) as link:
            link.default_channel.queue_delete(environment["TEST_CELERY_QUEUE"])


@pytest.mark.usefixtures("tenants")
def test_a_count__is_its_tenants(settings):
    # As a test sets it itself, counts are kept.
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "SHARE_COUNT_CACHE_SECONDS": 600}
    address = f"/api/apps/{KEY}/share-count"
    assert client("one").get(address).json()["totalShares"] == 0
    with schema_context("two"):
        track_share(KEY, "copy")
        dispatchers.flush()
    assert client("one").get(address).json()["totalShares"] == 0
    assert client("two").get(address).json()["totalShares"] == 1


@pytest.mark.usefixtures("tenants")
def test_a_schema_that_is_gone__holds_up_nobody(use, caplog):
    gone = make_tenant("gone")
    use("buffered.BufferedDispatcher", flush_seconds=60.0)
    for tenant in ("gone", "two", "gone"):
        post(tenant)
    gone.delete(force_drop=True)
    assert dispatchers.flush()
    assert (count("one"), count("two")) == (0, 1)
    assert "Dropped 2 share(s), unknown_tenant" in caplog.text
    with schema_context("two"):
        assert list(OutcomeHour.objects.values_list("reason", "n")) == []


@pytest.mark.usefixtures("tenants")
def test_a_share_of_no_tenant__is_dropped(use):
    """In the public schema, where no table of ours is, and from before there was a tenant."""
    from django_share_analytics.writing.batches import write_batch
    from tests.factories import event

    use("buffered.BufferedDispatcher", flush_seconds=60.0)
    track_share(KEY, "copy")
    assert dispatchers.flush()
    old = event(KEY)
    assert write_batch([old]).unknown_tenant == [old]
    assert (count("one"), count("two")) == (0, 0)


@pytest.mark.usefixtures("tenants")
def test_two_faults__of_two_tenants_are_their_own(use):
    """One has a table that takes nothing, the other a share that its database refuses."""
    from django_share_analytics.places import at_home
    from tests.factories import event

    use("buffered.BufferedDispatcher", flush_seconds=60.0)
    with schema_context("one"), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE share_analytics_share RENAME TO put_away")
    post("one")
    post("two")
    with schema_context("two"):
        poison = at_home(event(KEY, session_id="x" * 101))
    dispatchers["default"].submit(poison)
    assert not dispatchers.flush(timeout=1.0)
    assert (count("two"), count("two", SetAside)) == (1, 1)
    with schema_context("one"), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE put_away RENAME TO share_analytics_share")
    resting.clear()
    assert dispatchers.flush()
    assert (count("one"), count("one", SetAside)) == (1, 0)
    with schema_context("two"):
        call_command("set_aside_shares", "--discard", stdout=StringIO())
    assert count("two", SetAside) == 0


@pytest.mark.usefixtures("tenants")
def test_what_is_no_share__is_acknowledged_where_no_table_is(caplog):
    from django_share_analytics.writing.payloads import Unwritten, write_payloads

    assert write_payloads(["a secret that is no share"]) == Unwritten()
    assert "no table here" in caplog.text
    assert "a secret" not in caplog.text


@pytest.mark.usefixtures("tenants")
def test_signals__are_heard_in_their_tenant(use):
    heard = []

    def hear(events, **kwargs):
        heard.append((connection.schema_name, len(events)))

    shares_recorded.connect(hear)
    try:
        use("buffered.BufferedDispatcher", flush_seconds=60.0)
        for tenant in ("two", "one", "two"):
            post(tenant)
        dispatchers.close()
    finally:
        shares_recorded.disconnect(hear)
    assert sorted(heard) == [("one", 1), ("two", 2)]
    assert connection.schema_name == "public"


@pytest.mark.usefixtures("tenants")
def test_a_connection__goes_from_a_schema_to_one_with_other_names():
    """Foreign keys of a schema that was cloned or restored may have names of their own."""
    with schema_context("two"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(conname) FROM pg_constraint WHERE contype = 'f'"
            " AND conrelid = 'share_analytics_share'::regclass"
        )
        for number, (name,) in enumerate(cursor.fetchall()):
            with suppress(Exception):
                cursor.execute(
                    f"ALTER TABLE share_analytics_share RENAME CONSTRAINT {name} TO two_{number}"
                )
    connection.close()  # which knows the names of before
    for tenant in ("one", "two", "one"):
        assert post(tenant).headers.get("Share-Filtered") is None
    assert (count("one"), count("two")) == (2, 1)


@pytest.mark.usefixtures("tenants")
def test_a_command__acts_on_its_tenant():
    post("two")
    out = StringIO()
    with schema_context("two"):
        call_command("verify_share_counts", stdout=out)
        call_command("export_shares", stdout=out)
    assert out.getvalue().count(str(KEY)) == 1
    with schema_context("one"):
        call_command("verify_share_counts", stdout=out)
        call_command("export_shares", stdout=out)
    assert out.getvalue().count(str(KEY)) == 1


@pytest.mark.usefixtures("tenants")
def test_the_checks__are_content_anywhere(settings):
    for place in ("public", "two"):
        with schema_context(place):
            found = [each.id for each in run_checks(databases=["default"])]
        assert [each for each in found if each.startswith("share_analytics.E")] == []
    settings.SHARE_ANALYTICS = {}
    assert "share_analytics.E024" in [each.id for each in run_checks()]


@pytest.mark.django_db
def test_the_project__is_asked_for_no_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.usefixtures("tenants")
def test_the_status__is_told_anywhere():
    post("two")
    said = {"public": "The database can't be read", "one": "recorded  0", "two": "recorded  1"}
    for place, wanted in said.items():
        out = StringIO()
        with schema_context(place), suppress(SystemExit):
            call_command("share_analytics_status", stdout=out)
        assert wanted in out.getvalue()
        assert "BufferedDispatcher" in out.getvalue()
