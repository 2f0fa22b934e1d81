"""One event that the database refuses takes no other along."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, OperationalError

from django_share_analytics import codec
from django_share_analytics.dispatch.backends.buffered import BufferedOptions
from django_share_analytics.models import SetAside, Share, State
from django_share_analytics.writing import batches, set_aside
from tests.factories import (
    NOON,
    counted_by_hand,
    event,
    link_event,
    outcomes,
    steps_counted_by_hand,
    stored_counts,
    stored_step_counts,
)
from tests.writing.poison import refused

LATER = NOON + timedelta(days=20)

pytestmark = pytest.mark.django_db


def test_write_batch__sets_aside_what_the_database_refuses(app, heard, caplog):
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
    assert f"Set the share {bad.id} aside, refused_by_database. IntegrityError: " in caplog.text
    assert stored_counts() == counted_by_hand()


def test_write_batch__says_what_became_of_every_event(app, unknown_key):
    """In the order in which they came, however the batch was divided."""
    State.objects.update(retained_from=NOON)
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


def test_write_batch__as_large_as_dispatchers_have_them(app):
    """All that makes a statement longer differs, and texts take all the bytes that they can."""
    n = BufferedOptions().max_batch // 4
    texts = {"user_agent": "\U0001f600" * 500, "referrer_url": "https://x.example/" + "'" * 480}
    shares = [
        event(app, f"p{n % 100}", NOON + timedelta(minutes=37 * n), placement=f"a{n % 9}", **texts)
        for n in range(n)
    ]
    reshares = [replace(event(app, share.platform, LATER), via=share.id) for share in shares]
    steps = [
        link_event(share, kind, LATER + timedelta(minutes=n))
        for n, share in enumerate(shares)
        for kind in ("click", "visit")
    ]
    result = batches.write_batch([*shares, *reshares, *steps])
    assert len(result.recorded) == 4 * n
    assert stored_counts() == counted_by_hand()
    assert stored_step_counts() == steps_counted_by_hand()


def test_write_batch__of_the_same_poison_again_and_again(app, heard):
    bad = refused(app)
    for _ in range(4):
        batches.write_batch([bad, event(app), bad])
    assert SetAside.objects.count() == 1
    assert outcomes() == {"refused_by_database": 1}
    assert len(heard) == 1
    assert Share.objects.count() == 4


@pytest.mark.parametrize("n", [1, 30])
def test_write_batch__when_the_database_takes_no_share_at_all(app, altered, heard, n):
    """It is not the shares' fault: they wait, and are written when the table is as it should be."""
    events = [event(app) for _ in range(n)]
    for _ in range(2):
        with pytest.raises(IntegrityError):
            batches.write_batch(events)
    assert (SetAside.objects.count(), outcomes(), heard) == (0, {}, [])
    altered()
    assert len(batches.write_batch(events).recorded) == n
    assert stored_counts() == counted_by_hand()


def test_write_batch__when_the_database_begins_to_take_no_share(app, alter, heard, monkeypatch):
    """While one with poison is halved: what is refused from then on is not the shares' fault."""
    events = [event(app), event(app), refused(app), event(app)]
    writing = batches.write_shares
    halves = itertools.count()

    def write(part, **options):
        if len(part) == 2 and not next(halves):
            alter()
        return writing(part, **options)

    monkeypatch.setattr(batches, "write_shares", write)
    with pytest.raises(IntegrityError):
        batches.write_batch(events)
    assert (SetAside.objects.count(), outcomes(), heard) == (0, {}, [])


def test_write_batch__of_poison_alone_keeps_nobody_up(app, heard):
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
def test_write_batch__of_whatever_a_share_can_hold_blocks_nothing(app, values):
    """Recorded, unknown or set aside: anything but an error that comes back for ever."""
    bad, good = replace(event(app), **values), event(app)
    for _ in range(2):
        batches.write_batch([bad, good])
    assert Share.objects.filter(id=good.id).exists()
    assert SetAside.objects.count() <= 1
    assert stored_counts() == counted_by_hand()


def test_write_batch__when_the_database_is_away_while_setting_aside(app, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("could not connect to server")

    monkeypatch.setattr(set_aside, "in_transaction", away)
    with pytest.raises(OperationalError, match="could not connect"):
        batches.write_batch([refused(app)])
    assert not SetAside.objects.exists()
    assert outcomes() == {}


def test_write_batch__when_the_database_goes_away_at_the_plain_share(app, monkeypatch):
    answers = iter([IntegrityError("a value is missing"), OperationalError("gone away")])

    def answer(*args, **kwargs):
        raise next(answers)

    monkeypatch.setattr(batches, "write_shares", answer)
    with pytest.raises(OperationalError, match="gone away"):
        batches.write_batch([event(app)])
    assert not SetAside.objects.exists()


@pytest.mark.parametrize(("is_counted", "counts"), [(True, {"lost_at_exit": 2}), (False, {})])
def test_drop__is_counted_or_not(app, is_counted, counts, caplog):
    batches.drop([event(app), event(app)], "lost_at_exit", is_counted=is_counted)
    assert outcomes() == counts
    assert "Dropped 2 share(s), lost_at_exit" in caplog.text
