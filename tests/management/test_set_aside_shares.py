"""The command lists, replays or discards what was set aside."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from django_share_analytics.events import new_id
from django_share_analytics.exceptions import UnreadableShare
from django_share_analytics.models import SetAside, Share
from django_share_analytics.writing import set_aside
from tests.factories import event

pytestmark = pytest.mark.django_db


def test_set_aside_shares__lists_and_changes_nothing(app, capsys):
    set_aside.set_payload_aside(b"torn \xff", error=UnreadableShare("not a share"))
    call_command("set_aside_shares")
    lines = capsys.readouterr().out.splitlines()
    row = SetAside.objects.get()
    assert lines[0].startswith(f"{row.id}  ")
    assert lines[0].endswith("  unreadable  UnreadableShare: not a share")
    assert lines[1:] == ["1 set aside."]
    call_command("set_aside_shares", "--payload")
    assert r"    torn \udcff" in capsys.readouterr().out.splitlines()


def test_set_aside_shares__replays_what_can_be_stored(app, capsys):
    for _ in range(3):
        set_aside.set_event_aside(event(app), "refused_by_database")
    call_command("set_aside_shares", "--replay")
    assert capsys.readouterr().out == "3 recorded\n"
    assert (Share.objects.count(), SetAside.objects.count()) == (3, 0)


def test_set_aside_shares__says_what_stays(app, capsys):
    set_aside.set_event_aside(event(app), "refused_by_database")
    set_aside.set_payload_aside("no share")
    with pytest.raises(CommandError, match="1 stay set aside"):
        call_command("set_aside_shares", "--replay")
    assert capsys.readouterr().out == "1 recorded, 1 not to be read\n"


def test_set_aside_shares__of_some(app, capsys):
    shares = [event(app) for _ in range(3)]
    for share in shares:
        set_aside.set_event_aside(share, "refused_by_database")
    set_aside.set_payload_aside("no share")
    call_command("set_aside_shares", "--discard", f"--id={shares[0].id}", f"--id={shares[1].id}")
    assert capsys.readouterr().out == "2 discarded.\n"
    call_command("set_aside_shares", "--discard", "--reason=unreadable")
    assert SetAside.objects.get().id == shares[2].id


def test_set_aside_shares__when_there_is_none_with_an_id(app):
    set_aside.set_event_aside(event(app), "refused_by_database")
    with pytest.raises(CommandError, match="Not set aside: "):
        call_command("set_aside_shares", "--discard", f"--id={new_id()}")
    assert SetAside.objects.count() == 1


def test_set_aside_shares__does_one_thing_at_a_time():
    with pytest.raises(CommandError, match="not allowed with"):
        call_command("set_aside_shares", "--discard", "--replay")
