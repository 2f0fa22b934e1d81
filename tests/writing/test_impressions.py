"""Which placements came into sight is counted once, in whatever batches it comes."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics import codec
from django_share_analytics.conf import reporting_zone
from django_share_analytics.counts import state
from django_share_analytics.events import ImpressionEvent, utc_now
from django_share_analytics.models import (
    Impression,
    ImpressionDay,
    LinkStep,
    SetAside,
    Share,
    State,
)
from django_share_analytics.periods import local_day
from django_share_analytics.places import NOWHERE
from django_share_analytics.writing import batches, impressions, set_aside, tending, writer
from django_share_analytics.writing.replay import Replayed, replay
from django_share_analytics.writing.writer import write_shares
from tests.examples import examples
from tests.factories import event, link_event, outcomes
from tests.histories import undone

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
ZONE_OF_MARIADB = UUID("018f2f5e-7a3c-fb1d-9e5f-0123456789ab")
"""One that MariaDB's own type would refuse: of no version."""


def impression(*placements, weight=10, at=None, **values):
    return ImpressionEvent(placements, weight, timestamp=at or utc_now(), **values)


def counted():
    rows = ImpressionDay.objects.values_list("day", "placement", "n")
    return {(day, placement): n for day, placement, n in rows}


def views():
    total = Counter()
    for (_, placement), n in counted().items():
        total[placement] += n
    return dict(total)


def test_an_impression__counts_for_as_many_as_it_stands(app):
    seen = [impression("top", "end"), impression("top", weight=3)]
    assert write_shares(seen).recorded == seen
    assert views() == {"top": 13, "end": 10}
    assert Impression.objects.count() == 2


def test_an_impression__is_of_the_day_in_the_reporting_zone():
    at = utc_now() - 2 * DAY
    write_shares([impression("top", at=at)])
    assert counted() == {(local_day(at, reporting_zone()), "top"): 10}


def test_an_impression__beside_shares_and_steps(app):
    share = event(app)
    write_shares([link_event(share, "click"), impression("top", id=share.id), share])
    assert (Share.objects.count(), LinkStep.objects.count(), views()) == (1, 1, {"top": 10})


def test_an_impression__of_an_id_that_a_database_may_not_take():
    seen = impression("top", id=ZONE_OF_MARIADB)
    assert write_shares([seen]).recorded == [seen]
    assert write_shares([seen]).duplicates == [seen]
    assert views() == {"top": 10}


def test_a_robots_from_an_older_process__is_dropped():
    robots = codec.decode(codec.encode(impression("top", weight=0)))
    assert write_shares([robots]).not_counted == [robots]
    assert (views(), outcomes(), Impression.objects.count()) == ({}, {"bot": 1}, 0)


def test_the_second__is_a_duplicate_and_nothing_to_look_into():
    once = impression("top")
    result = write_shares([once, once])
    assert (len(result.recorded), len(result.duplicates)) == (1, 1)
    assert (views(), outcomes()) == ({"top": 10}, {})


def test_what_comes_after_its_row_may_be_gone__is_not_counted():
    late = impression("top", at=utc_now() - impressions.LATEST - timedelta(seconds=1))
    assert write_shares([late]).before_retention == [late]
    assert (views(), outcomes()) == ({}, {"before_retention": 1})


def test_rows__go_after_a_week_and_counts_stay(monkeypatch):
    monkeypatch.setattr(impressions, "ROWS_A_PORTION", 2)
    write_shares([impression("top") for _ in range(6)])
    old = Impression.objects.values_list("pk", flat=True)[:5]
    Impression.objects.filter(pk__in=list(old)).update(timestamp=utc_now() - impressions.KEPT - DAY)
    assert impressions.forget_impressions("default") == 5
    assert (Impression.objects.count(), views()) == (1, {"top": 60})


def test_rows__go_in_portions_that_have_an_end(monkeypatch):
    monkeypatch.setattr(impressions, "ROWS_A_PORTION", 2)
    monkeypatch.setattr(impressions, "PORTIONS", 2)
    write_shares([impression("top") for _ in range(6)])
    Impression.objects.update(timestamp=utc_now() - impressions.KEPT - DAY)
    assert impressions.forget_impressions("default") == 4
    assert Impression.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_rows__are_looked_after_by_whoever_writes():
    tending.rounds.forget()
    write_shares([impression("top")])
    Impression.objects.update(timestamp=utc_now() - impressions.KEPT - DAY)
    tending.tend(NOWHERE, "default")
    tending.rounds.forget()
    assert Impression.objects.count() == 0


def test_one_that_is_refused__is_set_aside_and_written_again():
    bad, good = impression("x" * 51), impression("top")
    set_aside.set_event_aside(bad, "refused_by_database")
    set_aside.set_event_aside(good, "refused_by_database")
    set_aside.set_event_aside(replace(good), "refused_by_database")
    assert SetAside.objects.count() == 2
    assert codec.decode(SetAside.objects.get(error="", payload__contains="top").payload.encode())
    SetAside.objects.filter(payload__contains="xxx").delete()
    assert replay(SetAside.objects.all()) == Replayed(recorded=1)
    assert views() == {"top": 10}


def test_drop__says_what_it_was(app, caplog):
    batches.drop([impression("top"), event(app), impression("end")], "lost_at_exit")
    assert "Dropped 1 share(s) and 2 impression(s), lost_at_exit" in caplog.text
    assert outcomes() == {"lost_at_exit": 3}


@pytest.mark.skipif(django_settings.DATABASE == "sqlite", reason="has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_the_row_that_all_writers_change__is_free_until_all_is_counted(app, monkeypatch):
    """Whoever held it and then took others' rows would wait for one who waits for it."""
    share = event(app, at=utc_now() - 2 * DAY)
    step = link_event(share, "click", at=share.timestamp + timedelta(hours=1))
    write_shares([share, impression("top")])
    state.remember("default")
    count, taken = writer._count_outcomes, []

    def count_then_look(*args):
        count(*args)
        thread = threading.Thread(target=take_the_row)
        thread.start()
        thread.join()

    def take_the_row():
        try:
            with transaction.atomic():
                taken.append(State.objects.select_for_update(nowait=True).get().pk)
        finally:
            connection.close()

    monkeypatch.setattr(writer, "_count_outcomes", count_then_look)
    version = state.link_days_version()
    write_shares([step, impression("top"), impression("top", weight=0)])
    assert taken == [state.ONLY_ROW]
    assert state.link_days_version() != version


@pytest.mark.django_db(transaction=True)
def test_views__when_four_threads_write_the_same_beside_shares(app):
    """In another order each, while old rows are looked after."""
    share = event(app)
    seen = [impression(("top", "end", "side")[n % 3], "all") for n in range(60)]
    errors = []

    def write(seed):
        random = Random(seed)
        try:
            for _ in range(6):
                line = random.sample(seen, len(seen))
                for start in range(0, len(line), 15):
                    own = [event(app), link_event(share, "click")]
                    write_shares([*line[start : start + 15], *own])
                impressions.forget_impressions("default")
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    write_shares([share])
    threads = [threading.Thread(target=write, args=[seed]) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert views() == {"top": 200, "end": 200, "side": 200, "all": 600}


SEEN = st.tuples(
    st.integers(0, 5),
    st.lists(st.sampled_from(["top", "end", "side"]), max_size=4),
    st.integers(0, 3),
)


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), seen=st.lists(SEEN, min_size=1, max_size=10))
def test_views__whatever_comes_in_whatever_batches(db, data, seen):
    """Some of it twice, in any order, split anywhere: each id counts once, in full."""
    now = utc_now()
    events = {}
    for number, placements, weight in seen:
        given = impression(
            *placements, weight=weight, at=now - number * DAY / 2, id=UUID(int=2**76 * 7 + number)
        )
        events.setdefault(number, given)
    wanted = Counter()
    for one in events.values():
        for placement in set(one.placements):
            wanted[local_day(one.timestamp, reporting_zone()), placement] += one.weight
    line = data.draw(st.permutations([*events.values(), *data.draw(_some_of(events))]))
    with undone():
        while line:
            size = data.draw(st.integers(1, len(line)))
            batches.write_batch(line[:size])
            line = line[size:]
        assert counted() == {key: n for key, n in wanted.items() if n}
        assert Impression.objects.count() == sum(one.weight > 0 for one in events.values())


def _some_of(events):
    return st.lists(st.sampled_from(list(events.values())), max_size=6)
