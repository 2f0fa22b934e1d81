"""The queue on the disk: what is in it, who owns it, and disks that won't."""

from __future__ import annotations

import errno
import time
import tracemalloc
from datetime import timedelta
from pathlib import Path

import pytest

from django_share_analytics import codec
from django_share_analytics.dispatch import second_tries
from django_share_analytics.dispatch.journal import queue as module
from django_share_analytics.dispatch.journal import segment
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.writing.resting import resting
from tests.dispatch.journal.files import (
    dead_segment,
    failing,
    files,
    lines_of,
    put,
    share,
    shares,
    take_all,
)
from tests.factories import NOON

pytestmark = pytest.mark.once


def test_put__is_in_a_file_before_it_returns(make_queue, journal):
    queue, one = make_queue(), share(user_agent="Zoë \u0634", referrer_url="https://example.com/")
    queue.put(one)
    (path,) = files(journal)
    assert path.read_bytes() == codec.encode(one) + b"\n"
    assert path.stat().st_mode & 0o077 == 0, "nobody else's business"


def test_nothing_is_made_before_the_first_share(make_queue, journal):
    queue = make_queue()
    assert queue.take(last_chance=True) is None
    queue.adopt()
    assert queue.status().waiting == 0
    assert not journal.exists()


def test_take__gives_what_was_put_in_its_order(make_queue):
    queue, given_ = make_queue(max_batch=3), shares(8)
    assert [queue.put(one) for one in given_] == [
        False,
        False,
        True,
        False,
        False,
        True,
        *[False] * 2,
    ]
    sizes = []
    taken = []
    while batch := queue.take(last_chance=False):
        queue.done(batch, [])
        sizes.append(len(batch.events))
        taken += batch.events
    assert taken == given_
    assert sizes == [3, 3, 2]


def test_done__removes_the_segment_and_release_the_rest(make_queue, journal):
    queue = make_queue(max_batch=2)
    put(queue, shares(5))
    assert len(files(journal)) == 3
    queue.done(queue.take(last_chance=False), [])
    assert len(files(journal)) == 2
    take_all(queue)
    assert files(journal) == []
    queue.refuse()
    assert queue.release() == []
    assert list(journal.iterdir()) == []


def test_give_back__it_is_the_next_one_again(make_queue):
    queue, given_ = make_queue(), shares(3)
    put(queue, given_)
    batch = queue.take(last_chance=False)
    queue.give_back(batch)
    put(queue, shares(2))
    assert queue.take(last_chance=False) == batch


def test_refuse__no_more_but_what_is_there_can_be_taken(make_queue):
    queue, one = make_queue(), share()
    queue.put(one)
    queue.refuse()
    with pytest.raises(DispatcherUnavailable, match="stopping"):
        queue.put(share())
    assert take_all(queue) == [one]


def test_status__of_all_processes(make_queue):
    first, second = make_queue(), make_queue(max_batch=2)
    assert first.status().waiting == 0
    put(first, shares(2))
    put(second, shares(5))
    assert first.status().waiting == second.status().waiting == 7
    assert first.status().oldest == share().timestamp
    take_all(first)
    assert first.status().waiting == 5


def test_status__the_oldest_of_all_processes(make_queue):
    for minutes in (3, 1, 2):
        make_queue().put(share(at=NOON + timedelta(minutes=minutes)))
    status = make_queue().status()
    assert (status.waiting, status.oldest) == (3, NOON + timedelta(minutes=1))


def test_memory__holds_one_batch_however_much_waits(make_queue):
    queue, one = make_queue(max_batch=100), share(user_agent="M" * 400)
    queue.put(one)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(20_000):
        queue.put(one)
    queue.take(last_chance=False)
    used = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert used < 500_000


def test_second_try__waits_on_the_disk_alone(make_queue, journal, monkeypatch):
    monkeypatch.setattr(second_tries, "SECOND_TRY_SECONDS", 0.1)
    queue, given_ = make_queue(), shares(4)
    put(queue, given_)
    batch = queue.take(last_chance=False)
    assert not batch.is_last_try
    queue.done(batch, given_[1:3])
    (path,) = files(journal)
    assert segment.read(path).events == given_[1:3]
    assert queue.take(last_chance=False) is None
    assert queue.patience() == 0.1
    time.sleep(0.1)
    again = queue.take(last_chance=False)
    assert (again.events, again.is_last_try) == (given_[1:3], True)
    queue.done(again, given_[1:3])
    assert files(journal) == []


def test_second_try__is_not_waited_for_at_the_end(make_queue):
    queue, one = make_queue(), share()
    queue.put(one)
    queue.done(queue.take(last_chance=False), [one])
    assert queue.take(last_chance=True).events == [one]


def test_second_try__on_a_full_disk_the_whole_segment_waits(make_queue, journal, monkeypatch):
    queue, given_ = make_queue(), shares(3)
    put(queue, given_)

    def write(path, lines, **kwargs):
        path.write_bytes(b"a par")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(segment, "write", write)
    queue.done(queue.take(last_chance=False), given_[1:2])
    assert [path.suffix for path in files(journal)] == [".log"]
    assert queue.take(last_chance=True).events == given_


def test_bad_lines__are_kept_aside_and_block_nobody(make_queue, journal, caplog):
    first, second, third = shares(3)
    dead_segment(
        journal, lines_of([first]) + b'{"id": 5}\n\0\0\n' + lines_of([second]) + b'{"id":"a'
    )
    queue = make_queue()
    queue.put(third)
    queue.adopt()
    assert sorted(take_all(queue), key=lambda one: one.id) == sorted(
        [first, second, third], key=lambda one: one.id
    )
    (bad,) = files(journal, "*.bad")
    assert bad.read_bytes() == b'{"id": 5}\n\0\0\n{"id":"a\n'
    assert (
        f"3 line(s) of a journal segment are no shares, or not all of them is there; see {bad}"
        in (caplog.text)
    )
    assert files(journal) == []


def test_bad_lines__when_there_is_no_room_to_keep_them(make_queue, journal, monkeypatch):
    dead_segment(journal, b"no share\n")
    queue = make_queue()
    queue.adopt()

    def write(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(segment, "write", write)
    assert take_all(queue) == []
    (bad,) = files(journal, "*.bad")
    assert bad.read_bytes() == b"no share\n"


def test_a_segment_that_can_not_be_read__is_kept_aside(make_queue, journal, caplog):
    queue, one = make_queue(), share()
    (dead_segment(journal, b"").parent / "00000000.log").mkdir()
    queue.adopt()
    queue.put(one)
    assert take_all(queue) == [one]
    assert [path.suffix for path in journal.iterdir() if "-" in path.stem[-9:]] == [".bad"]
    assert "can't be read" in caplog.text


PASSING = [
    OSError(errno.EMFILE, "Too many open files"),
    OSError(errno.ENFILE, "Too many open files in system"),
    OSError(errno.ENOMEM, "Cannot allocate memory"),
    OSError(errno.EIO, "Input/output error"),
    MemoryError(),
]


@pytest.mark.parametrize("error", PASSING, ids=repr)
def test_a_segment_that_can_not_be_read_now__is_read_later(
    make_queue, journal, unreadable, monkeypatch, caplog, error
):
    monkeypatch.setattr(module, "READ_AGAIN_SECONDS", 0.1)
    queue, given_ = make_queue(max_batch=2), shares(5)
    put(queue, given_)
    unreadable(error)
    assert queue.take(last_chance=False) is None
    assert queue.take(last_chance=True) is None
    assert files(journal, "*.bad") == []
    assert type(error).__name__ in queue.status().last_error
    assert caplog.text.count("can't be read now") == 3, "once for each"
    unreadable.clear()
    assert queue.take(last_chance=False) is None, "not at once"
    assert queue.patience() <= 0.1
    time.sleep(0.1)
    taken = []
    while batch := queue.take(last_chance=False):
        taken += batch.events
        queue.done(batch, [])
    assert taken == given_
    assert queue.status().last_error == ""
    assert files(journal) == []


def test_a_segment_that_can_not_be_read_now__holds_up_no_other(make_queue, journal, unreadable):
    queue, given_ = make_queue(max_batch=2), shares(6)
    put(queue, given_)
    unreadable(OSError(errno.EIO, "Input/output error"), files(journal)[0])
    assert take_all(queue) == given_[2:]
    unreadable.clear()
    assert take_all(queue) == given_[:2]


def test_segments_that_can_not_be_read_now__are_read_in_their_order(make_queue, unreadable):
    queue, given_ = make_queue(max_batch=2), shares(6)
    put(queue, given_)
    unreadable(OSError(errno.EMFILE, "Too many open files"))
    assert queue.take(last_chance=False) is None
    unreadable.clear()
    assert take_all(queue) == given_


def test_a_segment_that_can_not_be_read_now__is_left_to_the_neighbours_at_the_end(
    make_queue, unreadable, caplog
):
    stopping, queue, given_ = make_queue(), make_queue(), shares(3)
    put(stopping, given_)
    unreadable(OSError(errno.EMFILE, "Too many open files"))
    assert stopping.take(last_chance=True) is None
    stopping.refuse()
    stopping.release()
    assert "can't be read now wait in" in caplog.text
    unreadable.clear()
    queue.adopt()
    assert take_all(queue) == given_


def test_a_second_try_that_can_not_be_read_now__is_read_later(make_queue, unreadable):
    queue, given_ = make_queue(), shares(3)
    put(queue, given_)
    queue.done(queue.take(last_chance=False), given_[1:])
    unreadable(OSError(errno.EMFILE, "Too many open files"))
    assert queue.take(last_chance=True) is None
    unreadable.clear()
    assert take_all(queue) == given_[1:]


def test_a_segment_that_can_not_be_read__by_this_user_is_kept_aside(
    make_queue, journal, unreadable
):
    queue, one = make_queue(), share()
    queue.put(one)
    unreadable(PermissionError(errno.EACCES, "Permission denied"))
    assert take_all(queue) == []
    (bad,) = files(journal, "*.bad")
    assert bad.read_bytes() == lines_of([one])
    assert queue.status().last_error == "", "it is told as a bad file"


def test_a_segment_that_can_not_be_read__nor_be_moved_stays(
    make_queue, journal, unreadable, monkeypatch
):
    queue, one = make_queue(), share()
    queue.put(one)
    unreadable(PermissionError(errno.EACCES, "Permission denied"))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", failing)
        assert queue.take(last_chance=True) is None
    assert "Permission denied" in queue.status().last_error
    unreadable.clear()
    assert take_all(queue) == [one]


def test_a_segment_that_is_gone__is_forgotten(make_queue, journal, caplog):
    queue, given_ = make_queue(max_batch=2), shares(4)
    put(queue, given_)
    files(journal)[0].unlink()
    assert take_all(queue) == given_[2:]
    assert files(journal, "*.bad") == []
    assert queue.status().last_error == ""
    assert "is gone" in caplog.text


def test_bad_lines__never_take_the_place_of_others(make_queue, journal):
    """Somebody mended a line, and put it where the one before was."""
    queue = make_queue()
    for content in (b"first\n", b"second\n"):
        dead_segment(journal, content)
        queue.adopt(at_once=True)
        assert take_all(queue) == []
        queue.adopt(at_once=True)
    contents = {path.read_bytes() for path in files(journal, "*.bad")}
    assert contents == {b"first\n", b"second\n"}


def test_refuse__lets_the_file_go_that_was_written_to(make_queue, journal):
    queue = make_queue()
    queue.put(share())
    written_to = queue._inlet._segment
    queue.refuse()
    with pytest.raises(OSError, match="Bad file descriptor"):
        written_to.append(b"more")
    assert len(files(journal)) == 1


def test_release__leaves_what_is_not_recorded_to_the_neighbours(make_queue, journal):
    stopping, queue, given_ = make_queue(max_batch=2), make_queue(), shares(3)
    put(stopping, given_)
    stopping.take(last_chance=False)
    stopping.refuse()
    assert stopping.release() == []
    queue.adopt()
    assert take_all(queue) == given_


def test_put_and_take__ask_no_database(make_queue):
    """Any query would fail: this module's tests have no database."""
    queue, one = make_queue(), share()
    queue.put(one)
    queue.adopt()
    assert take_all(queue) == [one]


def test_done__of_a_place_that_is_away_again_and_again(make_queue, journal, monkeypatch):
    """What is done is not written again, so that its outcome is not counted with each try."""
    monkeypatch.setattr(resting, "seconds_left", lambda places: 0.0)
    monkeypatch.setattr(second_tries, "SECOND_TRY_SECONDS", 0.0)
    queue, (away, unknown, known) = make_queue(), shares(3)
    put(queue, [away, unknown, known])
    queue.done(queue.take(last_chance=False), [unknown], [away])
    assert sorted(path.name for path in files(journal)) == ["00000001-1.again", "00000001.again"]
    batch = queue.take(last_chance=False)
    assert (batch.events, batch.is_last_try) == ([unknown], True)
    queue.done(batch, [unknown])
    for _ in range(3):
        batch = queue.take(last_chance=False)
        assert batch.events == [away]
        queue.done(batch, [], [away])
        assert len(files(journal)) == 1
    queue.done(queue.take(last_chance=False), [])
    assert files(journal) == []


def test_done__on_a_full_disk_the_whole_segment_waits_for_its_place(
    make_queue, journal, monkeypatch
):
    monkeypatch.setattr(resting, "seconds_left", lambda places: 0.0)
    queue, (away, unknown) = make_queue(), shares(2)
    put(queue, [away, unknown])
    written = []

    def write(path, lines, **kwargs):
        written.append(path)
        path.write_bytes(b"a par")
        if len(written) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(segment, "write", write)
    queue.done(queue.take(last_chance=False), [unknown], [away])
    assert [path.suffix for path in files(journal)] == [".log"]
    assert queue.take(last_chance=False).events == [away, unknown]
