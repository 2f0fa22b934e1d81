"""What happens between the snapshot in which drift was found and its repair."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from django_share_analytics import models
from django_share_analytics.models import AppDay, Share, State
from django_share_analytics.upkeep import audit, repair
from django_share_analytics.upkeep.audit import audit_counts
from django_share_analytics.upkeep.snapshots import snapshot
from django_share_analytics.writing.writer import write_shares
from tests.factories import NOON, counted_by_hand, event, stored_counts

pytestmark = pytest.mark.django_db


@pytest.fixture
def apps(make_app):
    apps = [make_app() for _ in range(4)]
    write_shares([event(apps[n % 4], "sms", NOON + n * timedelta(hours=5)) for n in range(40)])
    return apps


@pytest.fixture
def before_the_repair(monkeypatch):
    """``before_the_repair(work)``: runs ``work()`` once, after drift was found."""

    def install(work):
        left = [work]

        class Repairer(repair.Repairer):
            def add(self, rollup, deltas, count_keys):
                if deltas and left:
                    left.pop()()
                return super().add(rollup, deltas, count_keys)

        monkeypatch.setattr(audit, "Repairer", Repairer)

    return install


def test_repair__when_shares_come_and_go(apps, before_the_repair):
    def others():
        write_shares([event(apps[n % 4], "sms", NOON) for n in range(9)])
        Share.objects.for_app(apps[2]).delete()

    AppDay.objects.update(n=0)
    before_the_repair(others)
    assert audit_counts(repair=True).is_exact
    assert stored_counts() == counted_by_hand()


def test_repair__when_somebody_else_has_repaired(apps, before_the_repair):
    AppDay.objects.update(n=0)
    before_the_repair(lambda: audit_counts(repair=True))
    assert audit_counts(repair=True).repaired == 0
    assert stored_counts() == counted_by_hand()


def test_repair__when_others_come_first_each_time(apps, monkeypatch):
    """It gives up, and doesn't say that all is well."""
    tries = []

    def overtaken(*args):
        tries.append(args)
        raise repair.Overtaken

    AppDay.objects.update(n=0)
    monkeypatch.setattr(audit, "MAX_TRIES", 3)
    monkeypatch.setattr(repair.Repairer, "add", overtaken)
    with pytest.raises(repair.Overtaken):
        audit_counts(repair=True)
    assert len(tries) == 3
    with pytest.raises(CommandError, match="try again later") as refusal:
        call_command("verify_share_counts", "--repair")
    assert refusal.value.returncode == 2


def test_repair__in_transactions_that_go_on_where_the_last_one_ended(apps, monkeypatch):
    """The count of all time that the first has made is known to the second. No second try."""
    monkeypatch.setattr(audit, "MAX_TRIES", 1)
    monkeypatch.setattr(repair, "REPAIR_BATCH_SIZE", 1)
    models.AppCount.objects.all().delete()
    assert audit_counts(repair=True).is_exact
    assert stored_counts() == counted_by_hand()
    assert audit_counts().found == 0


def test_repair__when_an_app_was_deleted(apps, before_the_repair):
    models.AppCount.objects.update(n=0)
    AppDay.objects.all().delete()
    before_the_repair(apps[1].delete)
    assert audit_counts(repair=True).is_exact
    assert stored_counts() == counted_by_hand()
    assert audit_counts().is_exact


def test_repair__when_an_app_was_deleted_and_made_anew(apps, make_app, before_the_repair):
    def others():
        key = apps[1].pk
        apps[1].delete()
        write_shares([event(make_app(pk=key), "sms", NOON + timedelta(hours=5))])

    AppDay.objects.update(n=0)
    before_the_repair(others)
    audit_counts(repair=True)
    assert stored_counts() == counted_by_hand()


@pytest.mark.django_db(transaction=True)
def test_repair__by_three_at_once(apps, monkeypatch):
    monkeypatch.setattr(repair, "REPAIR_BATCH_SIZE", 2)
    for model in (AppDay, models.AppPlatformDay, models.SiteHour, models.AppCount):
        model.objects.update(n=77)
    errors = []

    def mend():
        try:
            audit_counts(repair=True)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=mend) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert stored_counts() == counted_by_hand()


@pytest.fixture
def concurrent():
    """SQLite as a site should set it up: readers and a writer don't wait for each other."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode = WAL")
    connection.transaction_mode = "IMMEDIATE"
    yield
    connection.transaction_mode = None
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode = DELETE")


@pytest.mark.django_db(transaction=True)
def test_verification__of_one_moment(apps, concurrent):
    """Rows and counts are those of the snapshot, whatever is committed meanwhile."""

    def write():
        write_shares([event(apps[0], "sms", NOON)])
        connection.close()

    with snapshot("default"):
        n = Share.objects.count()
        thread = threading.Thread(target=write)
        thread.start()
        thread.join(20)
        assert not thread.is_alive()
        assert Share.objects.count() == n
    assert Share.objects.count() == n + 1


@pytest.mark.django_db(transaction=True)
def test_snapshot__leaves_the_connection_as_it_was(concurrent):
    mode = getattr(connection, "transaction_mode", None)
    State.objects.all().delete()  # a flush takes it along: it is made before the snapshot
    with snapshot("default") as now:
        assert getattr(connection, "transaction_mode", None) is None
        assert now.retained_from is None
    assert getattr(connection, "transaction_mode", None) == mode
