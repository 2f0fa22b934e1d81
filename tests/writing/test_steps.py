from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics import steps
from django_share_analytics.codec import decode, encode
from django_share_analytics.counts import state
from django_share_analytics.counts.steps import stored_step_cells
from django_share_analytics.events import utc_now
from django_share_analytics.models import LinkStep, Share, WaitingStep
from django_share_analytics.upkeep.audit import audit_counts
from django_share_analytics.writing import waiting
from django_share_analytics.writing.steps import write_steps
from django_share_analytics.writing.writer import write_shares
from tests.examples import examples
from tests.factories import NOON, event, link_event, outcomes, stored_step_counts
from tests.histories import APPS, check_counts, histories, undone

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def stored_steps():
    return sorted(LinkStep.objects.values_list("share_id", "kind", "detail", "timestamp"))


def kinds_of(share):
    return sorted(LinkStep.objects.filter(share_id=share.id).values_list("kind", flat=True))


@pytest.mark.parametrize("kind", steps.SEEN)
def test_a_step__is_stored_and_counted(app, kind):
    share = event(app, placement="top")
    write_shares([share])
    result = write_shares([link_event(share, kind, NOON + HOUR, detail="x")])
    assert [each.kind for each in result.recorded] == [kind]
    rows = {row for row in stored_steps() if row[1] == kind}
    assert rows == {(share.id, kind, "x", NOON + HOUR)}
    check_counts()


def test_a_visit__says_that_somebody_came_and_brings_its_click(app):
    share, click = event(app), uuid4()
    visit = link_event(share, "visit", NOON + HOUR, click_id=click)
    write_shares([share, visit])
    assert kinds_of(share) == ["click", "reached", "visit"]
    seen = link_event(share, "click", NOON, id=click)
    assert write_shares([seen]).duplicates == [seen]
    check_counts()


def test_a_fact__is_as_old_as_the_first_step_of_a_batch(app):
    share = event(app)
    late, early = (link_event(share, "visit", NOON + n * HOUR) for n in (5, 2))
    write_shares([share, late, early])
    assert LinkStep.objects.get(kind="reached").timestamp == NOON + 2 * HOUR


def test_a_share_by_a_link__is_a_step_of_the_other(app):
    parent = event(app)
    child = event(app, at=NOON + DAY, via=parent.id)
    write_shares([parent])
    write_shares([child])
    assert kinds_of(parent) == ["forwarded", "reshare"]
    assert LinkStep.objects.get(kind="reshare").pk == child.id
    assert kinds_of(child) == []
    check_counts()


def test_a_parent__is_older_and_of_the_same_app(app, make_app):
    other = event(make_app())
    late = event(app, at=NOON + DAY)
    own = event(app)
    shares = [
        event(app, via=other.id),
        event(app, via=late.id),
        replace(own, via=own.id),
        event(app, at=NOON - DAY, via=UUID(int=7)),
    ]
    write_shares([other, late])
    result = write_shares(shares)
    assert len(result.recorded) == 4
    assert Share.objects.count() == 6
    assert stored_steps() == []
    assert outcomes() == {"other_app": 1}
    check_counts()


def test_a_circle__is_broken(app):
    one, two = event(app), event(app)
    one, two = sorted((one, two), key=lambda share: share.id)
    write_shares([replace(one, via=two.id), replace(two, via=one.id)])
    assert (kinds_of(one), kinds_of(two)) == (["forwarded", "reshare"], [])


@pytest.mark.parametrize("kind", ["click", "visit", "conversion"])
def test_the_sharers_own_step__is_told_apart(app, kind):
    share = event(app, visitor=2**62)
    write_shares([share])
    write_shares([link_event(share, kind, visitor=2**62), link_event(share, kind, visitor=5)])
    write_shares([event(app, at=NOON + HOUR, via=share.id, visitor=2**62)])
    assert outcomes() == {"own": 2}
    assert kinds_of(share).count(kind) == 1
    assert "reshare" not in kinds_of(share)


def test_nobody__is_not_the_sharer(app):
    share = event(app)
    write_shares([share, link_event(share, "click")])
    assert kinds_of(share) == ["click"]


def test_robots_from_an_older_process__are_counted_and_not_stored(app):
    """It had no gates, and what it accepted waits in a queue."""
    share = event(app)
    made_up = link_event(event(app), steps.ROBOT)
    waiting = [encode(each) for each in (share, link_event(share, steps.ROBOT), made_up)]
    result = write_shares([decode(line) for line in waiting])
    assert len(result.not_counted) == 2
    assert (LinkStep.objects.count(), WaitingStep.objects.count()) == (0, 0)
    assert outcomes() == {"bot": 2}


def test_a_step_of_another_app__is_none(app, make_app):
    share = event(app)
    write_shares([share])
    write_shares([link_event(share, "visit", app_id=make_app().pk)])
    assert stored_steps() == []
    assert outcomes() == {"other_app": 1}


def test_a_step_without_an_app__takes_that_of_its_share(app):
    share = event(app)
    early = link_event(share, "conversion", app_id=None)
    write_shares([early])
    write_shares([share, link_event(share, "conversion", app_id=None)])
    assert kinds_of(share) == ["conversion"] * 2
    assert not WaitingStep.objects.exists()
    check_counts()


def test_an_unknown_app__is_told(app, unknown_key):
    result = write_shares([link_event(event(unknown_key), "click")])
    assert len(result.unknown_app) == 1
    assert outcomes() == {"unknown_app": 1}


def test_a_step_before_its_share__waits_for_it(app):
    share, click = event(app, placement="top"), uuid4()
    child = event(app, at=NOON + HOUR, via=share.id)
    visit = link_event(share, "visit", NOON + MINUTE, visitor=3, click_id=click, detail="x")
    first = write_shares([visit, child])
    assert (first.waiting, first.recorded) == ([visit], [child])
    assert write_shares([visit]).waiting == [visit]
    write_shares([share])
    assert kinds_of(share) == ["click", "forwarded", "reached", "reshare", "visit"]
    assert not WaitingStep.objects.exists()
    assert write_shares([visit, child, share]).recorded == []
    assert outcomes() == {"duplicate": 2}
    check_counts()


def test_a_reshare_that_is_gone__waits_for_nothing(app):
    share = event(app)
    child = event(app, at=NOON + HOUR, via=share.id)
    write_shares([child])
    Share.objects.get(pk=child.id).delete()
    write_shares([share])
    assert kinds_of(share) == []


def test_waiting__has_an_end(app, monkeypatch):
    monkeypatch.setattr(waiting, "MAX_WAITING", 3)
    events = [link_event(event(app), "click") for _ in range(5)]
    result = write_shares(events[:2])
    assert len(result.waiting) == 2
    result = write_shares(events[2:])
    assert (len(result.waiting), len(result.not_counted)) == (1, 2)
    assert WaitingStep.objects.count() == 3
    assert outcomes() == {"unknown_share": 2}


def test_a_step_without_an_app__waits_if_its_share_came_a_moment_ago(app):
    """It was not there when the apps were locked, so its app may go before the commit."""
    share = event(app)
    write_shares([share])
    write_steps([link_event(share, "conversion", app_id=None)], [], set(), "default")
    assert (LinkStep.objects.count(), WaitingStep.objects.count()) == (0, 1)


def test_the_same_again__changes_nothing(app):
    share = event(app)
    batch = [share, *(link_event(share, kind, visitor=9) for kind in steps.SEEN)]
    write_shares([*batch, *batch])
    before = stored_steps()
    result = write_shares(batch)
    assert (len(result.recorded), len(result.duplicates)) == (0, 5)
    assert stored_steps() == before
    check_counts()


def test_closed_days__have_a_version_of_their_own_for_steps(app):
    now = utc_now()
    share = event(app, at=now - 2 * DAY)
    write_shares([share])
    shares, links = state.closed_days_version(), state.link_days_version()
    write_shares([link_event(share, "click", now)])
    assert (state.closed_days_version(), state.link_days_version()) == (shares, links)
    write_shares([link_event(share, "click", now - 25 * HOUR)])
    assert state.closed_days_version() == shares
    assert state.link_days_version() not in (None, links)


def test_ages__are_the_same_in_the_database(app):
    around = [edge + n for edge in (0, *steps.AGES) for n in (-0.000001, 0, 0.000001)]
    share = event(app)
    clicks = [link_event(share, "click", NOON + timedelta(seconds=each)) for each in around]
    write_shares([share, *clicks])
    cells = stored_step_cells(LinkStep.objects.all())
    expected = stored_step_counts()["site"]
    assert {(cell.kind, cell.age): n for cell, n in cells.items()} == {
        (kind, age): n for (day, platform, kind, detail, age), n in expected.items()
    }


def test_a_share_at_a_placement_on_a_closed_day__changes_that_version_too(app):
    """It is counted beside the steps."""
    day_before = utc_now() - 2 * DAY
    write_shares([event(app, at=day_before)])
    assert state.link_days_version() is None
    write_shares([event(app, at=day_before, placement="top")])
    assert state.link_days_version() is not None


REFUSED = UUID("345cd1db-9b0a-e9a4-6c44-2e9bb84ea89b")
"""By MariaDB, which stores another one for it."""


def test_a_reshare__has_the_id_that_its_share_is_stored_under(app):
    parent = event(app)
    child = event(app, at=NOON + HOUR, via=parent.id, id=REFUSED)
    write_shares([parent, child])
    [row] = Share.objects.exclude(pk=parent.id)
    assert LinkStep.objects.get(kind="reshare").pk == row.pk
    row.delete()
    assert kinds_of(parent) == []


@pytest.mark.parametrize("fact", ["reached", "forwarded"])
def test_a_share_with_the_id_of_a_fact__does_not_take_its_place(app, fact):
    """Anybody can compute that id, of any share that has a link."""
    parent, other = event(app), event(app)
    forged = event(app, at=NOON + HOUR, via=other.id, id=steps.fact_id(parent.id, fact))
    child = event(app, at=NOON + HOUR, via=parent.id)
    write_shares([parent, other, forged])
    write_shares([child, link_event(parent, "visit", NOON + 2 * HOUR)])
    assert kinds_of(parent) == ["forwarded", "reached", "reshare", "visit"]
    assert kinds_of(other) == []
    assert audit_counts().is_exact
    check_counts()


def in_batches(events, chance):
    """In any order, some of them repeated, in batches of any size."""
    sent = events + chance.choices(events, k=len(events) // 2)
    chance.shuffle(sent)
    while sent:
        n = chance.randint(1, len(sent))
        yield sent[:n]
        sent = sent[n:]


@settings(
    max_examples=examples(75),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=histories(), chance=st.randoms(use_true_random=False))
def test_counts_equal_rows__whatever_comes_in_whatever_order(make_app, history, chance):
    with undone():
        shares, seen = history.events([make_app() for _ in range(APPS)])
        events, stored = [*shares, *seen], []
        for batches in (in_batches(events, chance), [[each] for each in events]):
            with undone():
                for batch in batches:
                    write_shares(batch)
                check_counts()
                assert not WaitingStep.objects.exists()
                stored.append({row[:3] for row in stored_steps()})
        assert stored[0] == stored[1]
