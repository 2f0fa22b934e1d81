"""What could not be stored is forgotten as shares are: what is set aside, and bad files."""

from __future__ import annotations

import json
import os
from datetime import timedelta

import pytest

from django_share_analytics.codec import decode, encode
from django_share_analytics.events import BLANK, utc_now
from django_share_analytics.models import SetAside
from django_share_analytics.steps import VISIT
from django_share_analytics.testing import use_dispatchers
from django_share_analytics.upkeep import blank_shares, prune_shares
from django_share_analytics.writing import set_aside
from tests.factories import link_event, outcomes
from tests.upkeep.test_blanking import personal

pytestmark = pytest.mark.django_db

BUFFERED = "django_share_analytics.dispatch.backends.buffered.BufferedDispatcher"
LONG_AGO = utc_now() - timedelta(days=100)


@pytest.fixture
def rows(app):
    """What is 100 days old and can be read, what can't, and what is of today."""
    old = personal(app, LONG_AGO, user_proof="proof")
    events = {
        "old": old,
        "new": personal(app, utc_now()),
        "of another time": personal(app, utc_now() + timedelta(days=10_000)),
        "step": link_event(old, VISIT, visitor=7),
    }
    for event in events.values():
        set_aside.set_event_aside(event, "refused_by_database")
    ids = {name: set_aside._id(event, "") for name, event in events.items()}
    payloads = {"unreadable": '{"session":"session', "newer": '{"v":9,"session":"session"}'}
    for name, payload in payloads.items():
        set_aside.set_payload_aside(payload)
        ids[name] = SetAside.objects.get(payload=payload).pk
    at = {"set_aside_at": LONG_AGO}
    SetAside.objects.exclude(pk=ids["new"]).update(**at)
    return ids


def left(rows):
    payloads = dict(SetAside.objects.values_list("pk", "payload"))
    return {name: payloads[pk] for name, pk in rows.items() if pk in payloads}


def test_blank_shares__empties_what_is_set_aside(rows, app):
    before, counted = left(rows), outcomes()
    assert blank_shares().set_aside == 5
    after = left(rows)
    assert set(after) == {"old", "new", "of another time", "step"}
    assert after["new"] == before["new"]
    old = decode(after["old"].encode())
    assert {name: getattr(old, name) for name in BLANK} == BLANK
    assert old.id == rows["old"]
    assert old.app_id == app.pk
    for said in ("Mozilla", "example.com", "proof"):
        assert said not in after["old"]
    assert decode(after["step"].encode()).visitor is None
    assert decode(after["of another time"].encode()).user_agent == ""
    assert outcomes() == counted
    assert blank_shares().set_aside == 0


def test_blank_shares__of_what_has_nothing_personal_any_more(app):
    event = personal(app, LONG_AGO)
    blank = {**json.loads(encode(event)), "session": "", "agent": "", "referrer": None}
    del blank["visitor"]
    set_aside.set_payload_aside(json.dumps(blank))
    assert blank_shares().set_aside == 0
    assert SetAside.objects.count() == 1


def test_prune_shares__deletes_what_is_set_aside_and_as_old(rows):
    counted = outcomes()
    assert prune_shares(90).set_aside == 5
    assert set(left(rows)) == {"new"}
    assert outcomes() == counted


@pytest.fixture
def journal(tmp_path):
    """With bad files of today and of 100 days ago."""
    directory = tmp_path / "journal"
    directory.mkdir()
    for name in ("1-a.bad", "2-b.bad", "3-c.log"):
        (directory / name).write_text('{"session": "s')
    for name in ("1-a.bad", "3-c.log"):
        os.utime(directory / name, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))
    options = {"BACKEND": BUFFERED, "OPTIONS": {"journal": directory}}
    with use_dispatchers({"default": options}):
        yield directory


@pytest.mark.parametrize("forget", [blank_shares, lambda: prune_shares(30)])
def test_bad_files__go_when_they_are_as_old(forget, journal):
    assert forget().bad_files == 1
    assert sorted(path.name for path in journal.iterdir()) == ["2-b.bad", "3-c.log"]


def test_bad_files__that_can_not_be_removed_are_said(journal, caplog, monkeypatch):
    def refuse(path, **kwargs):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("pathlib.Path.unlink", refuse)
    assert blank_shares().bad_files == 0
    monkeypatch.undo()
    assert "Old files of what can't be read stay with 'default': PermissionError" in caplog.text


def test_bad_files__without_a_journal():
    with use_dispatchers({"default": {"BACKEND": BUFFERED}}):
        assert blank_shares().bad_files == 0
