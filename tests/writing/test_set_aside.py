"""What can't be stored as a share: kept for a second look, whatever it is."""

from __future__ import annotations

import json
import threading
import uuid

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics import codec
from django_share_analytics.exceptions import UnreadableShare
from django_share_analytics.models import SetAside
from django_share_analytics.writing import set_aside
from tests.factories import event, outcomes

pytestmark = pytest.mark.django_db


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
        payload, error=UnreadableShare("This is not an encoded share. \x00 \U0001f600")
    )
    row = SetAside.objects.get()
    assert row.payload == stored
    assert row.reason == "unreadable"
    assert row.error == r"UnreadableShare: This is not an encoded share.   \ud83d\ude00"
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


def test_set_aside__keeps_the_oldest_and_counts_the_others(monkeypatch, app, heard, caplog):
    """What somebody has to look at is not pushed out by what comes after it."""
    monkeypatch.setattr(set_aside, "MAX_ROWS", 3)
    for number in range(5):
        set_aside.set_payload_aside(f"payload {number}")
        assert SetAside.objects.count() == min(number + 1, 3)
    for number in range(5):  # those that are there are known, full or not
        set_aside.set_payload_aside(f"payload {number % 3}")
    set_aside.set_event_aside(share := event(app), "refused_by_database")
    rows = SetAside.objects.order_by("set_aside_at").values_list("payload", flat=True)
    assert list(rows) == ["payload 0", "payload 1", "payload 2"]
    assert outcomes() == {"unreadable": 5, "refused_by_database": 1, "set_aside_full": 3}
    assert heard == [("refused_by_database", [share.id])]
    assert f"No room to set the share {share.id} aside, refused_by_database" in caplog.text
    SetAside.objects.all().delete()
    set_aside.set_payload_aside("payload 9")
    assert SetAside.objects.get().payload == "payload 9"


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
