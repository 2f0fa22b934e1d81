"""What became of shares is set aside as shares are, and written again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from django_share_analytics import codec
from django_share_analytics.models import LinkStep, SetAside, Share
from django_share_analytics.signals import shares_dropped, shares_recorded
from django_share_analytics.steps import CLICK, REACHED, VISIT
from django_share_analytics.writing import batches, set_aside
from django_share_analytics.writing.replay import Replayed, replay
from tests.dispatch.waiting import NEWER
from tests.factories import event, link_event, outcomes

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard():
    """Kinds of events that either signal was sent with."""
    kinds = []

    def hear(*, events, **kwargs):
        kinds.extend(type(one).__name__ for one in events)

    shares_dropped.connect(hear)
    shares_recorded.connect(hear)
    yield kinds
    shares_dropped.disconnect(hear)
    shares_recorded.disconnect(hear)


def refused(share):
    """What no database takes, and a repair makes storable."""
    return link_event(share, VISIT, detail=None)


def test_write_batch__sets_aside_a_step_that_is_refused(app, heard, caplog):
    share = event(app)
    click, bad = link_event(share, CLICK), refused(share)
    result = batches.write_batch([share, click, bad])
    assert (result.refused, len(result.recorded)) == ([bad], 2)
    assert (Share.objects.count(), LinkStep.objects.get().kind) == (1, CLICK)
    assert outcomes() == {"refused_by_database": 1}
    assert "LinkEvent" not in heard
    assert f"Set a step on the link of the share {share.id} aside" in caplog.text
    row = SetAside.objects.get()
    assert codec.decode(row.payload.encode()) == replace(bad, detail="")
    assert replay(SetAside.objects.all()) == Replayed(recorded=1)
    assert set(LinkStep.objects.values_list("kind", flat=True)) == {CLICK, VISIT, REACHED}
    assert not SetAside.objects.exists()


def test_replay__of_what_an_older_version_could_not_read(app):
    share = event(app)
    batches.write_batch([share])
    set_aside.set_payload_aside(codec.encode(link_event(share, CLICK)))
    assert replay(SetAside.objects.all()) == Replayed(recorded=1)
    assert LinkStep.objects.get().kind == CLICK


def test_replay__of_what_only_a_newer_version_can_read(app):
    set_aside.set_payload_aside(NEWER)
    assert replay(SetAside.objects.all()) == Replayed(unreadable=1)
    assert SetAside.objects.count() == 1


def test_replay__of_a_step_and_a_share_with_one_id(app):
    """Clients say what it is, where nobody knows who they are."""
    share, other = event(app), event(app)
    batches.write_batch([other])
    for one in (share, link_event(other, CLICK, id=share.id)):
        set_aside.set_event_aside(one, "refused_by_database")
    assert SetAside.objects.count() == 2
    assert replay(SetAside.objects.all()) == Replayed(recorded=2)
    assert (Share.objects.count(), LinkStep.objects.count()) == (2, 1)


def test_replay__counts_nothing_but_what_was_set_aside(app):
    """The share brings home what had waited for it."""
    share = event(app)
    batches.write_batch([link_event(share, CLICK), link_event(share, VISIT)])
    set_aside.set_event_aside(share, "refused_by_database")
    assert replay(SetAside.objects.all()) == Replayed(recorded=1)
    assert LinkStep.objects.count() == 3


def test_replay__of_steps_that_are_not_to_be_counted(app):
    """The sharer's own, and one whose share is not there: that has waited long enough here."""
    share = event(app, visitor=7)
    batches.write_batch([share])
    for one in (link_event(share, CLICK, visitor=7), link_event(event(app), CLICK)):
        set_aside.set_event_aside(one, "refused_by_database")
    assert replay(SetAside.objects.all()) == Replayed(duplicates=2)
    assert (SetAside.objects.count(), LinkStep.objects.count()) == (0, 0)


def test_drop__of_a_mix_tells_of_shares_alone(app, heard, caplog):
    share = event(app)
    batches.drop([link_event(share, CLICK), share, link_event(share, VISIT)], "lost_at_exit")
    assert outcomes() == {"lost_at_exit": 3}
    assert heard == ["ShareEvent"]
    assert "Dropped 1 share(s) and 2 step(s) on links, lost_at_exit" in caplog.text


def test_drop__of_steps_alone_tells_nobody(app, heard):
    batches.drop([link_event(event(app), CLICK)], "lost_at_exit", is_counted=False)
    assert heard == []


def test_write_batch__when_no_step_can_be_stored(app, monkeypatch):
    """As before its table is made: they wait, and are not set aside one after the other."""
    from django.db import ProgrammingError

    from django_share_analytics.writing import steps

    def no_table(*args):
        raise ProgrammingError(1146, "There is no table of steps")

    monkeypatch.setattr(steps, "insert_new", no_table)
    monkeypatch.setattr(batches.errors, "is_refusal", lambda error: True)
    share = event(app)
    with pytest.raises(ProgrammingError):
        batches.write_batch([share, link_event(share, CLICK)])
    assert SetAside.objects.count() == 0
