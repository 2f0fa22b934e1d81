"""How much a journal may hold."""

from __future__ import annotations

import pytest

from django_share_analytics.dispatch.journal import room
from django_share_analytics.dispatch.journal.room import size_of
from django_share_analytics.exceptions import DispatcherUnavailable
from tests.dispatch.conftest import Clock
from tests.dispatch.journal.files import put, shares, take_all

pytestmark = pytest.mark.once


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(room, "time", clock)
    return clock


def flood(queue, clock):
    """How many shares it takes until it says that there is no room; ten seconds between two."""
    for n, share in enumerate(shares(1_000)):
        clock.now += 10
        try:
            queue.put(share)
        except DispatcherUnavailable:
            return n
    raise AssertionError("it takes everything")


def test_put__until_it_is_full(make_queue, journal, clock):
    queue = make_queue(max_batch=10, max_bytes=20_000)
    accepted = flood(queue, clock)
    assert 20_000 <= size_of(journal) < 30_000
    assert len(take_all(queue)) == accepted, "nothing is lost of what was accepted"


def test_put__when_there_is_room_again(make_queue, journal, clock):
    queue = make_queue(max_batch=10, max_bytes=20_000)
    flood(queue, clock)
    take_all(queue)
    clock.now += room.KNOWN_SECONDS
    put(queue, shares(1))
    assert size_of(journal) > 0


def test_put__counts_what_others_have_put(make_queue, clock):
    flood(make_queue(max_batch=10, max_bytes=20_000), clock)
    with pytest.raises(DispatcherUnavailable, match="full"):
        make_queue(max_batch=10, max_bytes=20_000).put(shares(1)[0])


def test_size__of_no_journal(journal):
    assert size_of(journal) == 0


def test_size__leaves_out_what_was_kept_aside(make_queue, journal):
    put(make_queue(), shares(3))
    before = size_of(journal)
    (journal / "1-1.bad").write_bytes(b"x" * 1_000)
    assert size_of(journal) == before > 0
