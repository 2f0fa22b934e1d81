"""What was set aside is written again, or given up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from django_share_analytics import codec
from django_share_analytics.models import SetAside, Share, State
from django_share_analytics.writing import batches, set_aside
from django_share_analytics.writing import replay as replaying
from django_share_analytics.writing.replay import Replayed, discard, replay
from tests.factories import NOON, counted_by_hand, event, outcomes, stored_counts
from tests.writing.poison import refused, repair

pytestmark = pytest.mark.django_db


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


def test_replay__of_two_rows_of_one_share__when_it_is_older_than_what_is_kept(app):
    State.objects.update(retained_from=NOON)
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


def test_replay__says_how_far_it_is(app, monkeypatch):
    monkeypatch.setattr(replaying, "ROWS_A_BATCH", 2)
    for _ in range(5):
        set_aside.set_payload_aside(codec.encode(event(app)))
    heard = []
    replay(SetAside.objects.all(), progress=lambda done, total: heard.append((done, total)))
    assert heard == [(2, 5), (4, 5), (5, 5)]
