"""Rows of old shares go, their counts stay, and nothing of that time comes in again."""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from django_share_analytics import models, signals
from django_share_analytics.counts import retention
from django_share_analytics.events import utc_now
from django_share_analytics.exceptions import WriteConflict, ZoneChanged
from django_share_analytics.models import Share, State
from django_share_analytics.upkeep import ages, pruning
from django_share_analytics.upkeep.ages import TooRecent
from django_share_analytics.upkeep.audit import audit_counts
from django_share_analytics.upkeep.pruning import prune
from django_share_analytics.writing.batches import write_batch
from django_share_analytics.writing.writer import write_shares
from tests.factories import NOON, counted_by_hand, event, outcomes, stored_counts

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 14)
CUT = datetime(2026, 3, 13, 21, tzinfo=UTC)  # midnight in Riyadh


@pytest.fixture(autouse=True)
def shares(make_app):
    """Every 7 hours from noon of the 10th on; 12 of each app before the cut."""
    apps = [make_app(), make_app()]
    write_shares(
        [event(app, "x", NOON + n * timedelta(hours=7)) for n in range(24) for app in apps]
    )
    return apps


def prune_shares(*arguments: str) -> str:
    out = StringIO()
    call_command("prune_shares", *arguments, stdout=out)
    return out.getvalue()


def test_prune__deletes_rows_and_keeps_counts():
    before = stored_counts()
    assert prune(DAY) == 24
    assert Share.objects.count() == 24
    assert not Share.objects.filter(timestamp__lt=CUT).exists()
    assert stored_counts() == before
    assert State.objects.get().retained_from == CUT
    assert audit_counts().is_exact


def test_prune__in_batches():
    heard = []
    assert prune(DAY, batch_size=10, progress=heard.append) == 24
    assert heard == [10, 20, 24]


def test_prune__keeps_the_share_of_midnight(shares):
    before_midnight = event(shares[0], "x", CUT - timedelta(microseconds=1))
    at_midnight = event(shares[0], "x", CUT)
    write_shares([before_midnight, at_midnight])
    prune(DAY)
    assert not Share.objects.filter(pk=before_midnight.id).exists()
    assert Share.objects.filter(pk=at_midnight.id).exists()


def test_prune__goes_on_where_it_was_killed(monkeypatch):
    before = stored_counts()

    def die(n):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prune(DAY, batch_size=5, progress=die)
    assert Share.objects.count() == 43
    oldest = Share.objects.earliest("timestamp").timestamp
    assert oldest == NOON + timedelta(hours=14), "not the oldest have gone first"
    assert audit_counts().is_exact
    assert prune(DAY, batch_size=5) == 19
    assert stored_counts() == before
    assert audit_counts().is_exact


def test_prune__in_batches_that_the_database_can_take(monkeypatch):
    heard = []
    monkeypatch.setattr(pruning, "MAX_PARAMETERS", 20)
    assert prune(DAY, batch_size=1_000, progress=heard.append) == 24
    assert heard == [20, 24]


def test_prune__waits_for_a_recount_to_be_finished():
    State.objects.update(needs_recount=True)
    with pytest.raises(ZoneChanged):
        prune(DAY)
    assert Share.objects.count() == 48
    assert State.objects.get().retained_from is None


def test_prune__never_takes_the_watermark_back():
    prune(DAY)
    assert prune(date(2026, 3, 12)) == 0
    assert State.objects.get().retained_from == CUT


def test_prune__leaves_the_last_days():
    with pytest.raises(TooRecent):
        prune(ages.day_before(6))
    prune(ages.day_before(7))


def test_before_retention__is_refused_and_counted(shares, django_capture_on_commit_callbacks):
    old = event(shares[0], "x", CUT - timedelta(hours=1))
    write_shares([old])
    prune(DAY)
    before, heard = stored_counts(), []

    def hear(events, reason, **kwargs):
        heard.append((reason, events))

    signals.shares_dropped.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            fresh = [event(shares[0], "x", CUT), event(shares[1])]
            result = write_shares([old, *fresh])
    finally:
        signals.shares_dropped.disconnect(hear)
    assert result.before_retention == [old, fresh[1]]
    assert result.recorded == [fresh[0]]
    assert outcomes() == {"before_retention": 2}
    assert heard == [("before_retention", [old, fresh[1]])]
    assert stored_counts()["app"] == {
        **before["app"],
        (shares[0].pk,): before["app"][shares[0].pk,] + 1,
    }
    assert models.OutcomeHour.objects.get().hour > utc_now() - timedelta(hours=2)


def test_before_retention__is_known_to_the_consumer(shares):
    prune(DAY)
    assert len(write_batch([event(shares[0]), event(shares[0], "x", CUT)]).before_retention) == 1


def test_confirm__when_the_watermark_has_passed_one_of_the_shares(shares):
    prune(DAY)
    first, passed = CUT, CUT - timedelta(seconds=1)
    none = retention.NO_MARKS
    retention.confirm([first], none, "default")
    for times in ([passed, first], [first, passed]):
        with pytest.raises(WriteConflict):
            retention.confirm(times, none, "default")
        with pytest.raises(WriteConflict):
            retention.confirm([], none, "default", of_steps=times)


def test_before_retention__costs_the_usual_batch_nothing(shares, django_assert_num_queries):
    prune(DAY)
    now = [event(shares[0], "x", utc_now())]
    with django_assert_num_queries(0):
        marks = retention.look([each.timestamp for each in now], "default")
        assert retention.split(now, marks) == (now, [])
        assert retention.blanked(now, marks) is now
        retention.confirm([each.timestamp for each in now], marks, "default")


def test_deleting_an_app__after_a_prune(shares):
    """Its counts go; of the pruned days nobody knows the hours, so the site's hours keep them."""
    hours = stored_counts()["site_hour"]
    prune(DAY)
    key = shares[0].pk
    shares[0].delete()
    counts = stored_counts()
    assert not any(found[0] == key for found in counts["app_day"])
    assert counts["app"] == {(shares[1].pk,): 24}
    pruned = {found: n for found, n in hours.items() if found[1] < CUT}
    assert {found: n for found, n in counts["site_hour"].items() if found[1] < CUT} == pruned
    assert {found: n for found, n in counts["site_hour"].items() if found[1] >= CUT} == (
        counted_by_hand()["site_hour"]
    )
    assert audit_counts().is_exact


def test_audit__of_pruned_days():
    prune(DAY)
    day = date(2026, 3, 11)
    models.AppDay.objects.filter(day=day).update(n=50)
    assert audit_counts().drift["AppDay"].counts == 2
    assert audit_counts(repair=True).is_exact
    models.AppPlatformDay.objects.filter(day=day).update(n=-1)
    assert audit_counts(repair=True).is_exact
    assert set(models.AppPlatformDay.objects.filter(day=day).values_list("n", flat=True)) == {0}
    assert audit_counts().is_exact


@pytest.mark.django_db(transaction=True)
def test_prune__a_writer_that_saw_the_old_watermark_starts_again(shares, monkeypatch):
    """Between the writer's look and its commit, the share is pruned that it is to write again."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time: nothing can come between")
    old = event(shares[0])
    write_shares([old])
    look, calls = retention.look, []

    def look_then_prune(timestamps, using):
        found = look(timestamps, using)
        calls.append(1)
        if len(calls) == 1:
            thread = threading.Thread(target=_prune)
            thread.start()
            thread.join(20)
        return found

    before = stored_counts()
    monkeypatch.setattr(retention, "look", look_then_prune)
    result = write_shares([old])
    assert len(calls) == 2
    assert result.before_retention == [old]
    assert stored_counts() == before


def _prune():
    prune(DAY)
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_prune__waits_for_the_writer_that_stores_older_shares(shares):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time: nothing can come between")
    thread = threading.Thread(target=_prune)
    with transaction.atomic():
        write_shares([event(shares[0])])
        thread.start()
        thread.join(1)
        assert thread.is_alive()
    thread.join(20)
    assert Share.objects.count() == 24
    assert audit_counts().is_exact


@pytest.mark.django_db(transaction=True)
def test_prune__while_others_write_old_shares_again_and_again(shares):
    old = [event(shares[n % 2], "x", NOON + n * timedelta(hours=1)) for n in range(150)]
    errors, recorded, stop = [], [], threading.Event()

    def write():
        n = 0
        try:
            while not stop.is_set() or n < 150:
                recorded.extend(write_shares(old[n % 150 : n % 150 + 7]).recorded)
                n += 7
                time.sleep(0.005)  # SQLite has no queue: without a gap, the third may never get in
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for day in (11, 12, 13, 14):
        prune(date(2026, 3, day), batch_size=3)
    stop.set()
    for thread in threads:
        thread.join()
    assert errors == []
    ids = [one.id for one in recorded]
    assert len(ids) == len(set(ids)), "a share was pruned, and counted once more"
    assert sum(stored_counts()["app"].values()) == 48 + len(ids)
    assert audit_counts().is_exact


def test_prune_shares__says_what_it_did():
    assert prune_shares("--older-than", "2026-03-14", "--dry-run") == (
        "24 shares from before 2026-03-14 would be deleted.\n"
    )
    assert Share.objects.count() == 48
    out = prune_shares("--older-than", "2026-03-14", "--batch-size", "7")
    assert out == "24 shares from before 2026-03-14 deleted. Their counts stay.\n"


@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_prune_shares__refuses_what_is_too_recent(dry):
    with pytest.raises(CommandError, match="can't be pruned"):
        prune_shares("--older-than", "1d", *dry)


@pytest.mark.parametrize("age", ["0001-01-01", "99999d"])
def test_prune_shares__from_before_there_were_any(age):
    assert prune_shares("--older-than", age).startswith("0 shares from before 1970-01-01 deleted")


def test_prune_shares__by_age(monkeypatch):
    monkeypatch.setattr(ages, "utc_now", lambda: datetime(2027, 3, 14, 10, tzinfo=UTC))
    assert "before 2026-03-14 deleted" in prune_shares("--older-than", "365d")
    assert Share.objects.count() == 24


@pytest.mark.parametrize("age", ["6d", "0", "soon", "2026-13-01", "-5d", "2999-01-01"])
def test_prune_shares__refuses(age):
    with pytest.raises(CommandError):
        prune_shares(f"--older-than={age}")
    assert Share.objects.count() == 48
