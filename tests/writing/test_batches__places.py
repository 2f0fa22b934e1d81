"""A batch of several databases and tenants: each is a batch of its own."""

from __future__ import annotations

import csv
import io
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.core.management import call_command
from django.db import Error, OperationalError, ProgrammingError, connections, transaction

from django_share_analytics import codec, signals
from django_share_analytics.exceptions import UnknownTenant
from django_share_analytics.files import importing
from django_share_analytics.models import OutcomeHour, SetAside, Share
from django_share_analytics.places import Place, current_tenant
from django_share_analytics.writing import batches, set_aside
from django_share_analytics.writing.payloads import Unwritten, write_payloads
from django_share_analytics.writing.replay import replay
from django_share_analytics.writing.resting import resting
from tests.factories import event
from tests.tenancy import at, reasons, stored

pytestmark = pytest.mark.usefixtures("two_databases")


@pytest.fixture(autouse=True)
def hook(settings):
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "TENANT": "tests.tenancy.Hook"}


@pytest.fixture
def key(make_app, app_model):
    key = make_app().pk
    app_model._base_manager.using("two").create(pk=key, name="of two")
    return key


@pytest.fixture
def heard():
    """What listeners heard, and where they were."""
    heard = []

    def listen(signal, events, reason="recorded", **kwargs):
        heard.append((reason, current_tenant(), [given.id for given in events]))

    for signal in (signals.shares_recorded, signals.shares_dropped):
        signal.connect(listen)
    yield heard
    for signal in (signals.shares_recorded, signals.shares_dropped):
        signal.disconnect(listen)


def of(tenant, key, **values):
    alias = {"one": "default"}.get(tenant, tenant)
    return replace(event(key, **values), using=alias, tenant=tenant)


def poison(tenant, key):
    return of(tenant, key, session_id=None)


def test_write_batch__writes_each_where_it_belongs(key, heard):
    two, one, again = of("two", key), of("one", key), of("two", key)
    with at(None):
        result = batches.write_batch([two, one, again])
    assert {given.id for given in result.recorded} == {two.id, one.id, again.id}
    assert (len(stored("default")), len(stored("two"))) == (1, 2)
    assert heard == [("recorded", "two", [two.id, again.id]), ("recorded", "one", [one.id])]


def test_write_batch__of_one_id_at_two_tenants(key):
    """An id is a client's: it says nothing of another tenant's share."""
    one = of("one", key)
    two = replace(one, using="two", tenant="two")
    assert len(batches.write_batch([one, two, one]).recorded) == 2
    assert (len(stored("default")), len(stored("two"))) == (1, 1)


def test_write_batch__while_one_is_away(key):
    given = [of("away", key), of("two", key), of("away", key), of("one", key)]
    with pytest.raises(batches.NotAllWritten, match="away") as raised:
        batches.write_batch(given)
    assert raised.value.waiting == [given[0], given[2]]
    assert raised.value.result.recorded == [given[1], given[3]]
    assert isinstance(raised.value, Error)  # what dispatchers of others expect
    assert (len(stored("default")), len(stored("two"))) == (1, 1)


def test_write_batch__asks_one_that_is_away_only_now_and_then(key, monkeypatch):
    asked = []
    monkeypatch.setattr(
        type(connections["away"]), "get_new_connection", _refuse(asked), raising=True
    )
    for _ in range(5):
        with pytest.raises(batches.NotAllWritten):
            batches.write_batch([of("away", key)])
    assert len(asked) < 3
    resting.clear()
    with pytest.raises(batches.NotAllWritten):
        batches.write_batch([of("away", key)])
    assert len(asked) > 1


def test_write_batch__asks_one_that_failed_last(key, heard, monkeypatch):
    """Whoever doesn't answer takes as long as the network does."""
    had = []
    refuse = _refuse([])

    def get_new_connection(self, parameters):
        had.append(sorted(where for _, where, _ in heard))
        return refuse(self, parameters)

    connections["two"].ensure_connection()
    monkeypatch.setattr(type(connections["away"]), "get_new_connection", get_new_connection)
    with pytest.raises(batches.NotAllWritten):
        batches.write_batch([of("away", key)])
    monkeypatch.setattr(resting, "seconds_left", lambda places: 0)
    with pytest.raises(batches.NotAllWritten):
        batches.write_batch([of("away", key), of("one", key), of("two", key)])
    assert had == [[], ["one", "two"]]


def test_write_batch__in_a_hosts_tests_remembers_no_failure(key, settings, monkeypatch):
    """What one test did to its database says nothing to the next."""
    resting.note_failure(Place("two", "two"), OperationalError("a test's own"))
    with pytest.raises(batches.NotAllWritten):
        batches.write_batch([of("two", key)])
    monkeypatch.setattr(batches, "is_unset_under_tests", lambda *keys: True)
    assert len(batches.write_batch([of("two", key)]).recorded) == 1


def _refuse(asked):
    def get_new_connection(self, parameters):
        asked.append(self.alias)
        raise OperationalError("no route to host")

    return get_new_connection


def test_write_batch__sets_poison_aside_where_it_came_from(key, heard):
    bad, good = poison("two", key), of("two", key)
    with at(None):
        batches.write_batch([of("one", key), bad, good])
    assert (len(stored("default")), len(stored("two"))) == (1, 1)
    assert not SetAside.objects.using("default").exists()
    assert SetAside.objects.using("two").get().id == bad.id
    assert (reasons("default"), reasons("two")) == ({}, {"refused_by_database": 1})
    assert ("refused_by_database", "two", [bad.id]) in heard


def test_replay__writes_it_where_it_belongs(key):
    bad = poison("two", key)
    batches.write_batch([bad])
    row = SetAside.objects.using("two").get()
    row.payload = row.payload.replace('"session":null', '"session":""')
    row.save(using="two")
    with at("two"):
        replayed = replay(SetAside.objects.all())
    assert (replayed.recorded, replayed.stayed) == (1, 0)
    assert (stored("default"), len(stored("two"))) == ([], 1)


def test_replay__keeps_what_belongs_nowhere(key):
    with at("two"):
        set_aside.set_payload_aside(codec.encode(event(key)), "unreadable")
        for _ in range(2):
            replayed = replay(SetAside.objects.all())
            assert (replayed.unknown_tenant, replayed.stayed) == (1, 1)
    assert SetAside.objects.using("two").count() == 1
    assert "unknown_tenant" not in reasons("two")


@pytest.mark.parametrize("tenant", ["", "gone"])
def test_write_batch__drops_what_belongs_nowhere(tenant, key, heard, caplog):
    lost = replace(event(key), using="default", tenant=tenant)
    with at("one"):
        result = batches.write_batch([lost, of("two", key)])
    assert (result.unknown_tenant, len(result.recorded)) == ([lost], 1)
    assert (stored("default"), len(stored("two"))) == ([], 1)
    assert reasons("default") == {"unknown_tenant": 1}
    assert [why for why, _, ids in heard if lost.id in ids] == ["unknown_tenant"]
    assert "Dropped 1 share(s), unknown_tenant" in caplog.text


def test_write_batch__drops_it_where_it_can_not_be_counted(key, caplog):
    with at(None):
        batches.write_batch([replace(event(key), tenant="gone")])
    assert "could not be counted" in caplog.text
    assert (reasons("default"), reasons("two")) == ({}, {})


def test_write_batch__of_a_tenant_where_there_are_none(key, settings):
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "TENANT": ""}
    lost = of("two", key)
    assert batches.write_batch([lost]).unknown_tenant == [lost]


def test_write_batch__from_before_there_were_places(key, settings):
    """Lines of the last release say of none: the router is asked, as it was then."""
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "TENANT": ""}
    with at("two"):
        batches.write_batch([event(key)])
    assert (stored("default"), len(stored("two"))) == ([], 1)


def test_signals__of_a_hosts_transaction_are_heard_where_it_was(key, heard):
    with at("two"), transaction.atomic(using="two"):
        batches.write_batch([of("two", key)])
        with at("one"):
            batches.write_batch([of("two", key)])
        assert heard == []
    assert [(why, where) for why, where, _ in heard] == [("recorded", "two")] * 2


def test_drop__counts_each_where_it_belongs(key, heard):
    given = [of("two", key), of("one", key), replace(event(key), tenant="gone"), of("two", key)]
    with at("one"):
        batches.drop(given, "lost_at_exit")
    assert reasons("two") == {"lost_at_exit": 2}
    assert reasons("default") == {"lost_at_exit": 1, "unknown_tenant": 1}
    assert [(why, where) for why, where, _ in heard] == [
        ("lost_at_exit", "two"),
        ("lost_at_exit", "one"),
        ("unknown_tenant", "one"),
    ]


def test_drop__while_one_is_away_counts_and_tells_of_the_others(key, heard):
    given = [of("away", key), of("two", key)]
    with pytest.raises(Error):
        batches.drop(given, "lost_at_exit")
    assert reasons("two") == {"lost_at_exit": 1}
    assert sorted(why for why, _, ids in heard for _ in ids) == ["lost_at_exit"] * 2


def test_write_payloads__says_which_wait(key, unknown_key):
    given = [of("away", key), of("two", unknown_key), of("two", key), of("away", key)]
    unwritten = write_payloads([codec.encode(one).decode() for one in given], count_unknown=False)
    assert (unwritten.unknown, unwritten.waiting) == ([1], [0, 3])
    with pytest.raises(batches.NotAllWritten):
        unwritten.insist()


def test_write_payloads__of_no_share_where_no_table_is(caplog):
    with at("two"), connections["two"].schema_editor() as editor:
        editor.alter_db_table(SetAside, SetAside._meta.db_table, "put_away")
    try:
        with at("two"):
            assert write_payloads(["a secret"]) == Unwritten()
    finally:
        with connections["two"].schema_editor() as editor:
            editor.alter_db_table(SetAside, "put_away", SetAside._meta.db_table)
    assert "no table here" in caplog.text
    assert "a secret" not in caplog.text


def test_write_payloads__of_no_share_where_the_router_knows_no_place(caplog):
    with at(None):
        assert write_payloads(["a secret"]) == Unwritten()
    assert "no table here" in caplog.text


def csv_of(key, folder):
    path = folder / "shares.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["appId", "platform", "timestamp"])
        rows.writerow([key, "copy", "2026-03-10T09:00Z"])
    return path


@pytest.mark.parametrize("tenant", ["one", "two"])
def test_import__is_the_tenants(tenant, key, tmp_path):
    path = csv_of(key, tmp_path)
    with at(tenant):
        call_command("import_shares", path, stdout=io.StringIO(), stderr=io.StringIO())
    assert Share.objects.using({"one": "default"}.get(tenant, tenant)).count() == 1
    assert Share.objects.using({"two": "default"}.get(tenant, "two")).count() == 0


def test_import__of_no_tenant(key, tmp_path, settings, monkeypatch):
    """Where none is, there may be no table of ours to ask how far back shares are kept."""

    def no_table(using):
        raise ProgrammingError("no such table")

    monkeypatch.setattr(importing, "retained_from", no_table)
    settings.DATABASE_ROUTERS = []
    path = csv_of(key, tmp_path)
    out = io.StringIO()
    with at(None), pytest.raises(SystemExit):
        call_command("import_shares", path, stdout=out, stderr=out)
    assert not OutcomeHour.objects.exists()
    assert not Share.objects.exists()


def test_announcement__after_a_hosts_commit_whatever_became_of_its_place(key, caplog, monkeypatch):
    """What the host does after its commit is done all the same."""
    done = []

    def gone(self, tenant):
        raise UnknownTenant

    with transaction.atomic(using="two"):
        batches.write_batch([of("two", key)])
        monkeypatch.setattr("tests.tenancy.Hook.use", gone)
        transaction.on_commit(lambda: done.append(1), using="two")
    assert "nobody is told" in caplog.text
    assert done == [1]
    assert len(stored("two")) == 1


def test_resting__is_noted_by_many_threads_at_once(monkeypatch):
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            error, place = OperationalError("no route to host"), Place("two", "two")
            list(pool.map(lambda _: resting.note_failure(place, error), range(2_000)))
    finally:
        sys.setswitchinterval(interval)
    assert "no route to host" in resting.why_not(place)
    assert resting.last_error() == "two of two: OperationalError: no route to host"
