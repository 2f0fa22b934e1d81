"""What strangers write is stored, whatever the database has characters for."""

from __future__ import annotations

import json
import logging

import pytest
from django.db import DataError, connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics.models import SetAside, Share
from django_share_analytics.writing import batches, charsets
from django_share_analytics.writing.writer import write_shares
from tests.factories import counted_by_hand, event, outcomes, stored_counts
from tests.writing.poison import refused

SMILE = "\U0001f600"
TEXTS = ("session_id", "user_agent", "referrer_url")


def in_three_bytes(text):
    if max(text, default="") > "\uffff":
        raise UnicodeEncodeError("utf8mb3", text, 0, 1, "four bytes")


CHARSETS = {
    "utf8mb3": in_three_bytes,
    "latin1": lambda text: text.encode("latin-1"),
    "cp1256": lambda text: text.encode("cp1256"),
    "ascii": lambda text: text.encode("ascii"),
}


@pytest.fixture
def app(make_app, app_model):
    """One whose own key every database has the characters for."""
    is_text = app_model._meta.pk.get_internal_type() == "CharField"
    return make_app("Chess", pk="chess" if is_text else None)


@pytest.fixture
def only(monkeypatch):
    """``only(charset)``: the database has no characters but those, as far as anybody can tell."""

    def make(charset):
        def write(events, **kwargs):
            for each in events:
                for text in (each.app_id, *(getattr(each, name) for name in TEXTS)):
                    if isinstance(text, str):
                        CHARSETS[charset](text)
            return write_shares(events, **kwargs)

        monkeypatch.setattr(batches, "write_shares", write)

    return make


def stored(share):
    return Share.objects.filter(id=share.id).values_list(*TEXTS).get()


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    charset=st.sampled_from(sorted(CHARSETS)),
    texts=st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=100),
        max_size=12,
    ),
)
def test_write_batch__stores_every_text(charset, texts, app, only):
    only(charset)
    before = Share.objects.count()
    shares = [event(app, session_id=text, user_agent=text) for text in texts]
    result = batches.write_batch(shares)
    assert len(result.recorded) == len(texts)
    assert Share.objects.count() == before + len(texts)
    assert not SetAside.objects.exists()


@pytest.mark.django_db
def test_write_batch__leaves_letters_to_whom_they_can_be_left(app, only, caplog):
    only("latin1")
    emoji, arabic = event(app, session_id=f"{SMILE}1"), event(app, user_agent="\u0634")
    plain, accent = event(app, session_id="s"), event(app, session_id="é")
    bad = refused(app)
    result = batches.write_batch([plain, emoji, bad, accent, arabic, emoji])
    assert stored(plain)[0] == "s"
    assert stored(accent)[0] == "é"
    assert stored(emoji)[0] == r"\U0001f6001"
    assert stored(arabic)[1] == r"\u0634"
    assert (result.refused, result.duplicates) == ([bad], [emoji])
    assert [record.levelname for record in caplog.records] == ["ERROR"]  # of the bad one
    assert stored_counts() == counted_by_hand()


@pytest.mark.django_db
def test_write_batch__keeps_a_text_to_its_length(app, only):
    only("ascii")
    share = event(app, session_id=SMILE * 100, user_agent=SMILE * 500, referrer_url="é" * 500)
    batches.write_batch([share])
    assert [len(text) for text in stored(share)] == [100, 500, 500]


@pytest.mark.django_db
def test_write_batch__of_a_key_that_no_app_can_have_there(app, only, unknown_key):
    if not isinstance(unknown_key, str):
        pytest.skip("only for text keys")
    only("latin1")
    unknown = event(f"{SMILE} \u0634", session_id=SMILE)
    result = batches.write_batch([event("plain"), unknown, event("é")])
    assert unknown in result.unknown_app
    assert outcomes() == {"unknown_app": 3}


@pytest.mark.django_db
def test_write_batch__of_an_error_that_no_spelling_helps(app, monkeypatch):
    """It ends, and the share is set aside."""

    def write(events, **kwargs):
        if any(each.session_id for each in events):
            raise DataError(1366, "Incorrect integer value: 'x' for column `n`")
        return write_shares(events, **kwargs)

    monkeypatch.setattr(batches, "write_shares", write)
    bad = [event(app, session_id=text) for text in (SMILE, "\u0634", "s")]
    assert batches.write_batch([event(app), *bad]).refused == bad
    assert SetAside.objects.count() == 3


# Real ones ----------------------------------------------------------------------------------------


@pytest.fixture
def poor(request):
    """Columns, or a connection, without emoji; with ``latin1`` without Arabic, too."""
    charset = request.param
    if connection.vendor == "mysql":
        table = connection.ops.quote_name(Share._meta.db_table)

        def alter(name):
            columns = ", ".join(
                f"MODIFY {column} varchar({length}) CHARACTER SET {name} {null}"
                for column, length, null in (
                    ("session_id", 100, "NOT NULL"),
                    ("user_agent", 500, "NOT NULL"),
                    ("referrer_url", 500, "NULL"),
                )
            )
            with connection.cursor() as cursor:
                cursor.execute(f"ALTER TABLE {table} {columns}")

        alter(charset)
        yield charset
        Share.objects.all().delete()
        alter("utf8mb4")
    elif connection.vendor == "postgresql" and charset == "latin1":
        with connection.cursor() as cursor:
            cursor.execute("SET client_encoding TO 'LATIN1'")
        yield charset
        connection.close()
    else:
        pytest.skip("it has every character")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("poor", ["utf8mb3", "latin1"], indirect=True)
def test_post__of_an_emoji_is_no_operators_business(poor, app, client, caplog):
    caplog.set_level(logging.DEBUG, "django_share_analytics")
    for session in ("plain", f"{SMILE}1", f"{SMILE}2", "\u0634", "é"):
        body = json.dumps({"appId": app.pk, "platform": "x", "sessionId": session}, default=str)
        answer = client.post("/api/shares", body, "application/json", headers={"user-agent": "Ö"})
        assert answer.status_code == 202
        assert "Share-Filtered" not in answer
    arabic = "\u0634" if poor == "utf8mb3" else r"\u0634"
    sessions = set(Share.objects.values_list("session_id", flat=True))
    assert sessions == {"plain", r"\U0001f6001", r"\U0001f6002", arabic, "é"}
    assert not SetAside.objects.exists()
    assert caplog.text == ""
    assert outcomes() == {}


def test_spelling__says_what_came():
    share = event(1, session_id=f"a{SMILE}\u0634")
    assert charsets.in_three_bytes(share).session_id == "a\\U0001f600\u0634"
    assert charsets.in_ascii(share).session_id == "a\\U0001f600\\u0634"
    assert charsets.in_ascii(event(1)).session_id == ""


def test_spelling__leaves_keys_alone_as_long_as_it_can(make_app):
    """A database in Latin-1 has the key, and not what somebody calls their session."""
    came = event("caf\u00e9", session_id="\u0645")
    first = charsets.next_spelling(charsets.as_it_is, [came])
    assert (first(came).app_id, first(came).session_id) == ("caf\u00e9", "\\u0645")
    second = charsets.next_spelling(first, [came])
    assert second(came).app_id == "caf\\xe9"
    assert charsets.next_spelling(second, [came]) is None
    assert charsets.next_spelling(charsets.as_it_is, [came, came]) is None
