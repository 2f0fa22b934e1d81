"""What can't be stored as a share: kept for a second look, whatever it is."""

from __future__ import annotations

import itertools
import json
import threading
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics import codec, signals
from django_share_analytics.counts import retention
from django_share_analytics.models import SetAside, Share
from django_share_analytics.writing import batches, set_aside
from django_share_analytics.writing.replay import Replayed, discard, replay
from tests.factories import NOON, counted_by_hand, event, outcomes, stored_counts

pytestmark = pytest.mark.django_db


def refused(app, **values):
    """A share that no database takes, and that a repair makes storable (see ``repair``)."""
    return event(app, session_id=None, **values)


def repair(row):
    """What an operator, or the next version, does so that a replay can work."""
    row.payload = row.payload.replace('"session":null', '"session":"repaired"')
    row.save()


@pytest.fixture
def heard():
    """Every call of ``shares_dropped``: (reason, ids)."""
    calls = []

    def hear(events, reason, **kwargs):
        calls.append((reason, [event.id for event in events]))

    signals.shares_dropped.connect(hear)
    yield calls
    signals.shares_dropped.disconnect(hear)


# Setting aside ------------------------------------------------------------------------------------


def test_record__sets_aside_what_the_database_refuses(app, heard, caplog):
    bad = refused(app)
    result = batches.write_batch([event(app), event(app), bad, event(app), event(app)])
    row = SetAside.objects.get()
    assert len(result.recorded) == Share.objects.count() == 4
    assert result.refused == [bad]
    assert (row.id, row.reason) == (bad.id, "refused_by_database")
    assert codec.decode(row.payload.encode()) == bad
    assert row.error.startswith("IntegrityError: ")
    assert abs(datetime.now(UTC) - row.set_aside_at) < timedelta(minutes=1)
    assert outcomes() == {"refused_by_database": 1}
    assert heard == [("refused_by_database", [bad.id])]
    assert f"Set the share {bad.id} aside, refused_by_database" in caplog.text
    assert stored_counts() == counted_by_hand()


def test_record__says_what_became_of_every_event(app, unknown_key, monkeypatch):
    """In the order in which they came, however the batch was divided."""
    monkeypatch.setattr(retention, "retained_from", lambda *args, **kwargs: NOON)
    old, bad, known = NOON - timedelta(days=1), refused(app), event(app)
    batches.write_batch([known])
    kinds = {
        "recorded": [event(app) for _ in range(4)],
        "duplicates": [known, known],
        "unknown_app": [event(unknown_key) for _ in range(3)],
        "before_retention": [event(app, at=old) for _ in range(3)],
        "refused": [bad, refused(app)],
    }
    mixed = [each for row in itertools.zip_longest(*kinds.values()) for each in row if each]
    result = batches.write_batch(mixed)
    assert {name: getattr(result, name) for name in kinds} == kinds


def test_record__of_the_same_poison_again_and_again(app, heard):
    bad = refused(app)
    for _ in range(4):
        batches.write_batch([bad, event(app), bad])
    assert SetAside.objects.count() == 1
    assert outcomes() == {"refused_by_database": 1}
    assert len(heard) == 1
    assert Share.objects.count() == 4


@pytest.fixture
def altered():
    """The table of shares has a column that this version knows nothing of, as when the next one
    has been migrated already. ``altered()`` makes an end of that."""
    if connection.vendor == "mysql":
        pytest.skip("a change of a table ends the transaction there")
    table = connection.ops.quote_name(Share._meta.db_table)

    def execute(sql):
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} {sql}")

    execute("ADD COLUMN next integer CONSTRAINT is_given CHECK (next IS NOT NULL)")
    return lambda: execute("DROP COLUMN next")


@pytest.mark.parametrize("n", [1, 30])
def test_record__when_the_database_takes_no_share_at_all(app, altered, heard, n):
    """It is not the shares' fault: they wait, and are written when the table is as it should be."""
    events = [event(app) for _ in range(n)]
    for _ in range(2):
        with pytest.raises(IntegrityError):
            batches.write_batch(events)
    assert (SetAside.objects.count(), outcomes(), heard) == (0, {}, [])
    altered()
    assert len(batches.write_batch(events).recorded) == n
    assert stored_counts() == counted_by_hand()


def test_record__of_poison_alone_keeps_nobody_up(app, heard):
    """However much of it comes: a plain share would be taken."""
    batches.write_batch([refused(app) for _ in range(50)])
    assert SetAside.objects.count() == 50
    assert [reason for reason, _ in heard] == ["refused_by_database"] * 50
    assert Share.objects.count() == 0
    assert outcomes() == {"refused_by_database": 50}
    assert stored_counts() == counted_by_hand()


@pytest.mark.parametrize(
    "values",
    [
        {"session_id": None},
        {"timestamp": datetime.max.replace(tzinfo=UTC)},
        {"timestamp": datetime.min.replace(tzinfo=UTC)},
        {"id": "not an id"},
        {"id": 5},
        {"app_id": "not a key"},
        {"app_id": ["a", "list"]},
        {"app_id": 2**80},
        {"user_id": "nobody's key"},
        {"user_id": 2**80},
        {"platform": ["a", "list"]},
        {"platform": None},
        {"user_agent": {"a": "dictionary"}},
    ],
    ids=str,
)
def test_record__of_whatever_a_share_can_hold_blocks_nothing(app, values):
    """Recorded, unknown or set aside: anything but an error that comes back for ever."""
    bad, good = replace(event(app), **values), event(app)
    for _ in range(2):
        batches.write_batch([bad, good])
    assert Share.objects.filter(id=good.id).exists()
    assert SetAside.objects.count() <= 1
    assert stored_counts() == counted_by_hand()


def test_record__when_the_database_is_away_while_setting_aside(app, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("could not connect to server")

    monkeypatch.setattr(set_aside, "in_transaction", away)
    with pytest.raises(OperationalError, match="could not connect"):
        batches.write_batch([refused(app)])
    assert not SetAside.objects.exists()
    assert outcomes() == {}


def test_record__when_the_database_goes_away_while_it_is_asked_for_a_plain_share(app, monkeypatch):
    answers = iter([IntegrityError("a value is missing"), OperationalError("gone away")])

    def answer(*args, **kwargs):
        raise next(answers)

    monkeypatch.setattr(batches, "write_shares", answer)
    with pytest.raises(OperationalError, match="gone away"):
        batches.write_batch([event(app)])
    assert not SetAside.objects.exists()


@pytest.mark.parametrize(
    ("payload", "stored"),
    [
        (b'{"id":"torn', '{"id":"torn'),
        ('{"id":"torn', '{"id":"torn'),
        ("", ""),
        (b"\x00\xff\xfe", r"\u0000\udcff\udcfe"),
        ("NUL \x00, lone \ud800, \u0634", r"NUL \u0000, lone \ud800, \u0634"),
        ("\U0001f600", r"\ud83d\ude00"),
        ("two\nlines\tof text\r\x1b[31m\x7f", "two\nlines\tof text\\r\\u001b[31m\\u007f"),
        ({"a": "dictionary"}, "{'a': 'dictionary'}"),
        (None, "None"),
        ("x" * 50_000, "x" * 20_000),
    ],
    ids=lambda value: str(value)[:20].encode("unicode_escape").decode(),
)  # fmt: skip
def test_set_aside__keeps_whatever_comes(payload, stored, caplog):
    set_aside.set_payload_aside(
        payload, error=ValueError("This is not an encoded share. \x00 \U0001f600")
    )
    row = SetAside.objects.get()
    assert row.payload == stored
    assert row.reason == "unreadable"
    assert row.error == r"ValueError: This is not an encoded share. \u0000 \ud83d\ude00"
    assert outcomes() == {"unreadable": 1}
    assert "Set something aside, unreadable" in caplog.text


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(payload=st.binary() | st.text(alphabet=st.characters()), error=st.text())
def test_set_aside__never_fails_for_what_it_is_given(payload, error):
    set_aside.set_payload_aside(payload, "unreadable", ValueError(error))


def test_set_aside__of_the_same_payload_again_is_one_row():
    for payload in (b"torn", b"torn", "torn", b"another"):
        set_aside.set_payload_aside(payload)
    assert sorted(SetAside.objects.values_list("payload", flat=True)) == ["another", "torn"]
    assert outcomes() == {"unreadable": 2}


def test_set_aside__gives_the_same_id_for_ever():
    """Redelivered to another version, on another machine."""
    set_aside.set_payload_aside(b"torn")
    assert SetAside.objects.get().id == uuid.UUID("cd273322-0d61-5113-b88d-647d000ac3c2")


def test_set_aside__keeps_json_as_it_was():
    set_aside.set_payload_aside('{"id":"\u0634\U0001f600","session":"a\\u0000b"}'.encode())
    assert json.loads(SetAside.objects.get().payload) == {
        "id": "\u0634\U0001f600",
        "session": "a\0b",
    }


def test_set_aside__keeps_the_whole_of_the_longest_share(app):
    """Everything ``track_share()`` can make is short enough to be replayed."""
    text = "\U0001f600" * 500
    longest = event(
        app, "p" * 50, session_id=text[:100], user_agent=text, referrer_url=text, user_id=2**63
    )
    assert len(codec.encode(longest)) < set_aside.MAX_PAYLOAD_LENGTH


def test_set_aside__makes_room_by_letting_the_oldest_go(monkeypatch):
    monkeypatch.setattr(set_aside, "MAX_ROWS", 3)
    for number in range(5):
        set_aside.set_payload_aside(f"payload {number}")
        assert SetAside.objects.count() == min(number + 1, 3)
    rows = SetAside.objects.order_by("set_aside_at").values_list("payload", flat=True)
    assert list(rows) == ["payload 2", "payload 3", "payload 4"]
    assert outcomes() == {"unreadable": 5, "set_aside_full": 2}


def test_set_aside__costs_the_same_number_of_queries_when_full(
    monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(set_aside, "MAX_ROWS", 10)
    for number in range(15):
        with django_assert_max_num_queries(12):
            set_aside.set_payload_aside(f"payload {number}")


@pytest.mark.django_db(transaction=True)
def test_set_aside__from_four_threads_at_once(monkeypatch):
    monkeypatch.setattr(set_aside, "MAX_ROWS", 20)
    errors = []

    def set_some_aside(own):
        try:
            for number in range(15):
                set_aside.set_payload_aside(f"everybody's {number}")
                set_aside.set_payload_aside(f"{own}'s {number}")
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=set_some_aside, args=[own]) for own in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    counted = outcomes()
    assert counted["unreadable"] - counted["set_aside_full"] == SetAside.objects.count()
    assert SetAside.objects.count() <= 20 + 3  # each of the others may have one under way


# Replaying and discarding -------------------------------------------------------------------------


def test_replay__records_what_can_be_stored_now(app):
    bad = [refused(app, at=NOON + timedelta(hours=n)) for n in range(3)]
    batches.write_batch(bad)
    for row in SetAside.objects.all():
        repair(row)
    assert replay(SetAside.objects.all()) == Replayed(recorded=3)
    assert not SetAside.objects.exists()
    assert set(Share.objects.values_list("id", flat=True)) == {share.id for share in bad}
    assert stored_counts() == counted_by_hand()


def test_replay__leaves_what_still_can_not_be_stored(app, unknown_key, caplog):
    batches.write_batch([refused(app)])
    set_aside.set_payload_aside(b"no share at all")
    set_aside.set_event_aside(event(unknown_key), "refused_by_database")
    before, counted = list(SetAside.objects.order_by("id").values()), outcomes()
    replayed = replay(SetAside.objects.all())
    assert replayed == Replayed(unknown_app=1, refused=1, unreadable=1)
    assert (replayed.left, replayed.stayed) == (0, 3)
    assert list(SetAside.objects.order_by("id").values()) == before
    assert outcomes() == counted


def test_replay__of_a_share_that_was_recorded_meanwhile(app):
    bad = refused(app)
    batches.write_batch([bad])
    repair(SetAside.objects.get())
    batches.write_batch([replace(bad, session_id="")])
    assert replay(SetAside.objects.all()) == Replayed(duplicates=1)
    assert not SetAside.objects.exists()
    assert Share.objects.count() == 1
    assert stored_counts() == counted_by_hand()


def test_replay__of_a_line_that_can_be_read_by_now(app):
    """An older version saw it first."""
    share = event(app)
    set_aside.set_payload_aside(codec.encode(share))
    assert SetAside.objects.get().id != share.id
    assert replay(SetAside.objects.all()) == Replayed(recorded=1)
    assert not SetAside.objects.exists()


def set_aside_twice(share):
    """One share in two rows: as a line that could not be read, and under its own id."""
    set_aside.set_payload_aside(codec.encode(share), "unreadable")
    set_aside.set_event_aside(share, "refused_by_database")


def test_replay__of_two_rows_of_one_share(app):
    set_aside_twice(event(app))
    assert replay(SetAside.objects.all()) == Replayed(recorded=1, duplicates=1)
    assert not SetAside.objects.exists()
    assert Share.objects.count() == 1


def test_replay__of_two_rows_of_one_share__when_its_app_is_unknown(unknown_key):
    set_aside_twice(event(unknown_key))
    assert replay(SetAside.objects.all()) == Replayed(unknown_app=2)
    assert SetAside.objects.count() == 2


def test_replay__of_two_rows_of_one_share__when_it_is_older_than_what_is_kept(app, monkeypatch):
    monkeypatch.setattr(retention, "retained_from", lambda *args, **kwargs: NOON)
    set_aside_twice(event(app, at=NOON - timedelta(days=1)))
    assert replay(SetAside.objects.all()) == Replayed(before_retention=2)
    assert SetAside.objects.count() == 2


def test_replay__of_two_rows_of_one_share__when_it_is_refused_again(app):
    set_aside_twice(refused(app))
    assert replay(SetAside.objects.all()) == Replayed(refused=2)
    assert SetAside.objects.count() == 2


def test_replay__when_the_database_takes_no_share_at_all(app, altered):
    for _ in range(3):
        set_aside.set_event_aside(event(app), "refused_by_database")
    assert replay(SetAside.objects.all()) == Replayed(refused=3)
    assert SetAside.objects.count() == 3
    altered()
    assert replay(SetAside.objects.all()) == Replayed(recorded=3)


def test_replay__of_a_choice(app):
    first, second = refused(app), refused(app)
    batches.write_batch([first, second])
    for row in SetAside.objects.all():
        repair(row)
    replay(SetAside.objects.filter(id=first.id))
    assert list(SetAside.objects.values_list("id", flat=True)) == [second.id]


def test_replay__in_several_batches(app, monkeypatch):
    monkeypatch.setattr("django_share_analytics.writing.replay.ROWS_A_BATCH", 2)
    for _ in range(5):
        set_aside.set_event_aside(event(app), "refused_by_database")
    assert replay(SetAside.objects.all()) == Replayed(recorded=5)


def test_discard__gives_up_and_says_so(app, caplog):
    batches.write_batch([refused(app), refused(app)])
    assert discard(SetAside.objects.all()) == 2
    assert not SetAside.objects.exists()
    assert "Discarded 2 share(s)" in caplog.text
