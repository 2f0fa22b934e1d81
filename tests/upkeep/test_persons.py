"""Somebody asks what is stored about them, or that it be forgotten."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command

from django_share_analytics import track_share
from django_share_analytics.codec import encode
from django_share_analytics.dispatch.base import BaseDispatcher, DispatcherStatus
from django_share_analytics.events import BLANK
from django_share_analytics.models import SetAside, Share
from django_share_analytics.steps import CLICK, VISIT
from django_share_analytics.testing import use_dispatchers
from django_share_analytics.upkeep import Erased, erase_person, export_person, persons
from django_share_analytics.upkeep.audit import audit_counts
from django_share_analytics.writing import set_aside
from django_share_analytics.writing.writer import write_shares
from tests.factories import NOON, link_event, stored_counts
from tests.upkeep.test_blanking import PERSONAL, personal

pytestmark = pytest.mark.django_db

BUFFERED = "django_share_analytics.dispatch.backends.buffered.BufferedDispatcher"


@pytest.fixture
def user():
    return get_user_model().objects.create(username="u")


@pytest.fixture
def other():
    return get_user_model().objects.create(username="v")


@pytest.fixture
def theirs(app, user, other):
    """Two shares of the user, one with steps; one of somebody else, and one of nobody."""
    first = personal(app, user_id=user.pk)
    second = personal(app, NOON + timedelta(days=1), user_id=user.pk, session_id="another")
    others = personal(app, user_id=other.pk, session_id="SESSION")
    write_shares([second, first, others, personal(app)])
    write_shares([link_event(first, kind) for kind in (CLICK, CLICK, VISIT)])
    return [first, second]


def is_blank(event):
    return Share.objects.filter(pk=event.id).values(*BLANK).get() == BLANK


def test_erase_person__of_a_user(theirs, user, other):
    before = stored_counts()
    assert erase_person(user=user) == Erased(shares=2, set_aside=0, unreadable=0, waiting=0)
    assert all(map(is_blank, theirs))
    assert Share.objects.get(user=other).session_id == "SESSION"
    assert Share.objects.get(user=None, session_id="session").user_agent == "Mozilla/5.0"
    assert stored_counts() == before
    assert audit_counts().is_exact
    assert erase_person(user=user.pk).shares == 0


def test_erase_person__of_a_session(theirs, other):
    """And not of one that is spelt alike."""
    assert erase_person(session="session").shares == 2
    assert is_blank(theirs[0])
    assert not is_blank(theirs[1])
    assert Share.objects.get(user=other).session_id == "SESSION"
    assert erase_person(session="session").shares == 0


def test_erase_person__in_many_batches(app, user, monkeypatch):
    monkeypatch.setattr(persons, "KEYS_WIDTH", 10_000)
    write_shares([personal(app, user_id=user.pk) for _ in range(7)])
    assert erase_person(user=user).shares == 7


def test_erase_person__in_what_is_set_aside(app, user, other):
    for who in (user, other):
        set_aside.set_event_aside(personal(app, user_id=who.pk), "refused_by_database")
    said = json.loads(encode(personal(app, user_id=user.pk)))
    set_aside.set_payload_aside(json.dumps({**said, "at": "whenever"}))
    set_aside.set_payload_aside('{"user": ')
    assert erase_person(user=user) == Erased(shares=0, set_aside=2, unreadable=1, waiting=0)
    assert SetAside.objects.count() == 3
    assert SetAside.objects.filter(payload__contains="Mozilla").count() == 1
    again = erase_person(user=user)
    assert (again.set_aside, again.unreadable) == (0, 1)
    assert erase_person(user=other).set_aside == 1
    assert not SetAside.objects.filter(payload__contains="Mozilla").exists()


@pytest.mark.django_db(transaction=True)
def test_erase_person__writes_first_what_waits_in_this_process(app, user, settings):
    slowly = {"BACKEND": BUFFERED, "OPTIONS": {"flush_seconds": 60}}
    with use_dispatchers({"default": slowly}):
        track_share(app, "x", user=user, session_id="session")
        assert erase_person(user=user).shares == 1
    assert Share.objects.values(*BLANK).get() == BLANK


class UnknowingDispatcher(BaseDispatcher):
    answer = DispatcherStatus(waiting=None)

    def submit(self, event):
        raise NotImplementedError

    def status(self):
        if self.answer is None:
            raise ConnectionError
        return self.answer


@pytest.mark.parametrize("answer", [None, DispatcherStatus(waiting=None)])
def test_erase_person__when_what_waits_can_not_be_known(answer, theirs, user, monkeypatch):
    monkeypatch.setattr(UnknowingDispatcher, "answer", answer)
    with use_dispatchers({"default": {"BACKEND": f"{__name__}.UnknowingDispatcher"}}):
        assert erase_person(user=user).waiting is None
    assert all(map(is_blank, theirs))


def test_export_person__of_a_user(theirs, app, user):
    first, second = theirs
    set_aside.set_event_aside(personal(app, user_id=user.pk), "refused_by_database")
    found = export_person(user=user)
    assert json.loads(json.dumps(found)) == found
    assert found["userId"] == user.pk or found["userId"] == str(user.pk)
    assert [one["id"] for one in found["shares"]] == [str(first.id), str(second.id)]
    one, two = found["shares"]
    assert one.pop("steps") == {"click": 2, "reached": 1, "visit": 1}
    assert two["steps"] == {}
    assert one == {
        "id": str(first.id),
        "appId": app.pk if isinstance(app.pk, int) else str(app.pk),
        "platform": "x",
        "timestamp": NOON.isoformat(),
        "userId": found["userId"],
        "sessionId": PERSONAL["session_id"],
        "userAgent": PERSONAL["user_agent"],
        "referrerUrl": PERSONAL["referrer_url"],
        "visitor": PERSONAL["visitor"],
        "placement": "",
    }
    assert len(found["setAside"]) == 1
    assert "Mozilla" in found["setAside"][0]


def test_export_person__has_every_field_of_a_share():
    columns = {field.attname for field in Share._meta.concrete_fields}
    assert columns == set(persons.EXPORTED.values())


def test_export_person__after_they_were_erased(theirs, user):
    erase_person(user=user)
    assert export_person(user=user)["shares"] == []
    assert len(export_person(session="session")["shares"]) == 1


@pytest.mark.parametrize("function", [erase_person, export_person])
@pytest.mark.parametrize("who", [{}, {"user": 1, "session": "s"}, {"user": object()}])
def test_person__is_one_of_both(function, who):
    with pytest.raises(ValueError, match=r"whom it is about|not the key"):
        function(**who)


@pytest.mark.parametrize("function", [erase_person, export_person])
def test_person__is_no_user_without_a_key(function, app):
    """Else they would be all who have no session."""
    write_shares([personal(app, session_id="")])
    with pytest.raises(ValueError, match="not stored"):
        function(user=get_user_model()(username="new"))
    with pytest.raises(ValueError, match="not the key"):
        function(user=AnonymousUser())
    assert Share.objects.get().user_agent == PERSONAL["user_agent"]


def command(name, *arguments):
    out = StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


def test_commands__erase_and_export(theirs, user, tmp_path):
    exported = json.loads(command("export_person", "--user", str(user.pk)))
    assert exported == export_person(user=user)
    path = tmp_path / "person.json"
    assert command("export_person", "--session=session", "--output", str(path)) == ""
    assert len(json.loads(path.read_text())["shares"]) == 2
    assert command("erase_person", "--user", str(user.pk)) == "Emptied: 2 share(s), 0 set aside.\n"
    assert command("erase_person", "--session=session").startswith("Emptied: 1 share(s)")


def test_erase_person__says_what_is_left(user, monkeypatch):
    set_aside.set_payload_aside("?")
    monkeypatch.setattr(persons, "_waiting", lambda: 5)
    said = command("erase_person", f"--user={user.pk}")
    assert "Of 1 set aside nobody can tell whose they are" in said
    assert "5 wait to be written: run it again when they are." in said
    monkeypatch.setattr(persons, "_waiting", lambda: None)
    assert "can't be counted: run it again" in command("erase_person", f"--user={user.pk}")


@pytest.mark.parametrize("name", ["erase_person", "export_person"])
@pytest.mark.parametrize("arguments", [[], ["--user=1", "--session=s"], ["--user=no key"]])
def test_commands__refuse(name, arguments):
    with pytest.raises(CommandError):
        command(name, *arguments)


def test_persons__say_how_far_they_are(app, user, monkeypatch):
    monkeypatch.setattr(persons, "KEYS_WIDTH", 10_000)  # three at a time
    write_shares([personal(app, user_id=user.pk) for _ in range(7)])
    for work in (export_person, erase_person):
        heard = []
        work(user=user, progress=lambda done, total, heard=heard: heard.append((done, total)))
        assert heard == [(3, 7), (6, 7), (7, 7)]


def test_erase_person__goes_on_where_it_was_stopped(app, user, monkeypatch):
    def stop(done, total):
        raise KeyboardInterrupt

    monkeypatch.setattr(persons, "KEYS_WIDTH", 10_000)
    write_shares([personal(app, user_id=user.pk) for _ in range(7)])
    with pytest.raises(KeyboardInterrupt):
        erase_person(user=user, progress=stop)
    assert Share.objects.filter(user=user).count() == 4
    assert erase_person(user=user).shares == 4
