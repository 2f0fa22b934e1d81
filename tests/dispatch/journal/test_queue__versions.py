"""Segments that other versions wrote."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest

from django_share_analytics import codec
from django_share_analytics.dispatch.journal import segment
from tests.dispatch.journal.files import dead_segment, failing, files, lines_of, shares, take_all
from tests.dispatch.waiting import NEWER, OLD_LINE, SHARE_ID

pytestmark = pytest.mark.once


@pytest.fixture
def next_version(monkeypatch):
    """From here on, this version is one that reads what the newer one wrote."""
    (read,) = shares(1)

    def decode(line, known=codec.decode):
        return read if line == NEWER else known(line)

    def come():
        monkeypatch.setattr(codec, "decode", decode)
        return read

    return come


def test_old__is_read(make_queue, journal):
    dead_segment(journal, OLD_LINE + b"\n")
    queue = make_queue()
    queue.adopt()
    (share,) = take_all(queue)
    assert (share.id, share.via, share.visitor, share.placement) == (SHARE_ID, None, None, "")
    assert files(journal) == []


def test_newer__waits_and_what_is_beside_it_does_not(make_queue, journal, next_version, caplog):
    two = shares(2)
    beside = lines_of(two[:1]) + NEWER + b"\nnothing\n" + NEWER + b"\n" + lines_of(two[1:])
    dead_segment(journal, beside)
    dead_segment(journal, NEWER + b"\n", "4711-00000000000000aa")
    (behind,) = shares(1)
    dead_segment(journal, lines_of([behind]), "4711-0000000000000fff")
    old = make_queue()
    old.adopt()
    assert sorted(map(str, take_all(old))) == sorted(map(str, [behind, *two]))
    assert "A newer version wrote 1 journal segment(s), left to it" in caplog.text
    assert [path.read_bytes() for path in files(journal)] == [NEWER + b"\n", (NEWER + b"\n") * 2]
    assert [path.read_bytes() for path in files(journal, "*.bad")] == [b"nothing\n"]
    assert old.status().waiting == 3

    # It reads none of it again, and lets others have it; such as one more of this version's.
    for queue in (old, make_queue()):
        for _ in range(2):
            queue.adopt(at_once=True)
            assert take_all(queue) == []
        queue.adopt(at_once=True)
        assert queue._inlet.adopted == 0

    later, share = make_queue(), next_version()
    later.adopt(at_once=True)
    assert take_all(later) == [share] * 3
    assert files(journal) == []


def test_newer__is_in_the_status_since_it_was_written(make_queue, journal):
    path = dead_segment(journal, NEWER + b"\n")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    status = make_queue().status()
    assert status.waiting == 1
    assert status.oldest == datetime.fromtimestamp(1_000_000_000, UTC)


def test_newer__on_a_full_disk_stays_where_it_is(make_queue, journal, monkeypatch):
    """With what is recorded beside it: that comes again with the next version, and counts once."""
    content = lines_of(shares(2)) + NEWER + b"\n"
    path = dead_segment(journal, content)
    queue = make_queue()
    queue.adopt()
    monkeypatch.setattr(segment, "write", failing)
    assert len(take_all(queue)) == 2
    queue.adopt(at_once=True)
    assert take_all(queue) == []
    assert path.read_bytes() == content


def test_newer__of_many_dead_holds_up_none_of_the_others(make_queue, journal, monkeypatch):
    """More than are taken over at a time."""
    monkeypatch.setattr("django_share_analytics.dispatch.journal.adopting.AT_A_TIME", 3)
    for n in range(7):
        dead_segment(journal, NEWER + b"\n", f"4711-00000000000000a{n}")
    (behind,) = shares(1)
    dead_segment(journal, lines_of([behind]), "4711-0000000000000fff")
    queue = make_queue()
    taken = []
    for _ in range(4):
        queue.adopt(at_once=True)
        taken += take_all(queue)
    assert taken == [behind]
    assert len(files(journal)) == 7


def test_newer__that_is_gone_is_forgotten(make_queue, journal):
    path = dead_segment(journal, NEWER + b"\n")
    queue = make_queue()
    queue.adopt()
    assert take_all(queue) == []
    path.unlink()
    queue.adopt(at_once=True)
    assert queue._inlet._left == set()
    assert codec.encode(take_one(queue, journal)) == OLD_LINE


def take_one(queue, journal):
    dead_segment(journal, OLD_LINE + b"\n")
    queue.adopt(at_once=True)
    (share,) = take_all(queue)
    return share
