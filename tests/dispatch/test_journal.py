"""The queue on the disk: what is in it, who owns it, and disks that won't."""

from __future__ import annotations

import errno
import fcntl
import os
import threading
import time
import tracemalloc
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import hypothesis
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from django_share_analytics import codec
from django_share_analytics.dispatch import second_tries
from django_share_analytics.dispatch.journal import adopting, segment, syncing
from django_share_analytics.dispatch.journal import queue as module
from django_share_analytics.dispatch.journal.home import Home
from django_share_analytics.dispatch.journal.queue import JournalQueue
from django_share_analytics.dispatch.journal.syncing import Syncer
from django_share_analytics.exceptions import DispatcherUnavailable
from tests.dispatch.conftest import wait_until
from tests.factories import NOON, event

pytestmark = pytest.mark.once


@pytest.fixture
def journal(tmp_path):
    return tmp_path / "journal"


@pytest.fixture
def make_queue(journal):
    """``make_queue(**options)``: the queue of a process of its own, as far as locks can tell."""
    made = []

    def make(**options):
        options = {"max_batch": 500, "fsync": "never", "sync_seconds": 0.05, **options}
        queue = JournalQueue(journal, **options)
        made.append(queue)
        return queue

    yield make
    for queue in made:
        queue.refuse()
        queue.release()


KEY = {"uuid": uuid4(), "int": 5, "str": "games/chess & \u0634"}[settings.APP_KEY]


def share(**values):
    return event(KEY, **values)


def shares(n):
    return [share() for _ in range(n)]


def put(queue, events):
    for one in events:
        queue.put(one)


def die(queue):
    """What the death of a process does: descriptors go, and nothing is tidied up."""
    queue.abandon()
    queue._inlet = module.Inlet(queue._journal, max_lines=1, fsync="never", sync_seconds=0)


def take_all(queue):
    taken = []
    while batch := queue.take(last_chance=True):
        taken.extend(batch.events)
        queue.done(batch, [])
    return taken


def files(journal, pattern="*/*.*"):
    return sorted(journal.glob(pattern))


# What is in it


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


def test_status__the_oldest_of_all_processes(make_queue):
    for minutes in (3, 1, 2):
        make_queue().put(share(at=NOON + timedelta(minutes=minutes)))
    status = make_queue().status()
    assert (status.waiting, status.oldest) == (3, NOON + timedelta(minutes=1))


# Second tries


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


# Files that were damaged


def lines_of(events):
    return b"".join(codec.encode(one) + b"\n" for one in events)


def dead_segment(journal, content, name="4711-00000000000000ff"):
    path = journal / name / "00000001.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


THREE = shares(3)


@hypothesis.settings(deadline=None)  # writes a file, and on busy machines, too
@given(st.integers(0, len(lines_of(THREE))))
def test_read__of_a_torn_file_gives_every_line_that_was_completed(length):
    content = lines_of(THREE)[:length]
    with TemporaryDirectory() as directory:
        path = Path(directory) / "torn"
        path.write_bytes(content)
        contents = segment.read(path)
    whole = len(contents.events)
    assert contents.events == THREE[:whole]
    assert whole >= content.count(b"\n")
    rest = content[len(lines_of(THREE[:whole])) :]
    assert b"".join(contents.bad) == rest


garbage = st.binary(min_size=1, max_size=60).filter(lambda line: b"\n" not in line)


@hypothesis.settings(deadline=None)  # writes a file, and on busy machines, too
@given(st.lists(st.one_of(garbage, st.sampled_from(THREE)), max_size=8))
def test_read__of_garbage_between_the_lines(parts):
    lines = [part if isinstance(part, bytes) else codec.encode(part) for part in parts]
    with TemporaryDirectory() as directory:
        path = Path(directory) / "bad"
        segment.write(path, lines)
        contents = segment.read(path)
    assert contents.events == [part for part in parts if not isinstance(part, bytes)]
    assert contents.bad == [part for part in parts if isinstance(part, bytes)]


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


@pytest.fixture
def unreadable(monkeypatch):
    """``unreadable(error, *paths)``: files that can't be read, all of them if none is named.

    Mended by ``unreadable.clear()``.
    """
    errors, read = {}, segment.read

    def read_unless(path):
        error = errors.get(path) or errors.get(None)
        if error:
            raise error
        return read(path)

    def make(error, *paths):
        errors.update(dict.fromkeys(paths or [None], error))

    monkeypatch.setattr(segment, "read", read_unless)
    make.clear = errors.clear
    return make


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


# Disks that won't


def write_a_part():
    """An ``os.write`` that writes 20 bytes of each line, and then says why."""
    write = os.write

    def write_20(file, data):
        if data.startswith(b"{"):
            return write(file, data[:20])
        raise OSError(errno.ENOSPC, "No space left on device")

    return write_20


def test_put__a_part_of_a_line_does_not_spoil_the_next(make_queue, monkeypatch, caplog):
    queue, given_ = make_queue(), shares(3)
    queue.put(given_[0])
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", write_a_part())
        for _ in range(2):
            with pytest.raises(DispatcherUnavailable, match="can't be written to"):
                queue.put(given_[1])
    assert "No space left" in queue.status().last_error
    assert caplog.text.count("can't be written to") == 1
    queue.put(given_[2])
    assert queue.status().last_error == ""
    assert take_all(queue) == [given_[0], given_[2]]


def test_put__when_the_part_can_not_be_cut_off(make_queue, journal, monkeypatch):
    """The torn line stays the last one of its segment."""
    queue, given_ = make_queue(), shares(3)
    queue.put(given_[0])
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", write_a_part())
        patch.setattr(os, "ftruncate", failing)
        with pytest.raises(DispatcherUnavailable):
            queue.put(given_[1])
    queue.put(given_[2])
    assert take_all(queue) == [given_[0], given_[2]]
    assert [path.read_bytes() for path in files(journal, "*.bad")] == [
        codec.encode(given_[1])[:20] + b"\n"
    ]


def failing(*args, **kwargs):
    raise OSError(errno.EIO, "Input/output error")


def test_put__when_the_directory_was_removed(make_queue, journal):
    queue, one = make_queue(max_batch=1), share()
    queue.put(share())
    for path in files(journal, "*/*"):
        path.unlink()
    files(journal, "*")[0].rmdir()
    journal.rmdir()
    queue.put(one)
    assert take_all(queue) == [one]


# fsync


@pytest.fixture
def fsyncs(monkeypatch):
    """The calls of ``fsync`` so far, each of which takes 20 ms."""
    calls = []
    fsync = os.fsync

    def slow_fsync(file):
        calls.append(os.fstat(file))
        time.sleep(0.02)
        fsync(file)

    monkeypatch.setattr(os, "fsync", slow_fsync)
    return calls


def of_files(calls):
    return [call for call in calls if call.st_mode & 0o100000]


def test_fsync__never(make_queue, fsyncs):
    put(make_queue(), shares(5))
    assert fsyncs == []


def test_fsync__always__before_put_returns(make_queue, fsyncs):
    queue = make_queue(fsync="always", max_batch=3)
    for n, one in enumerate(shares(5), 1):
        queue.put(one)
        assert len(of_files(fsyncs)) == n
    assert len(fsyncs) - 5 == 3, "the journal's list of processes, and ours of segments, twice"


@pytest.mark.parametrize(("fsync", "n"), [("never", 0), ("batch", 1), ("always", 1)])
def test_fsync__of_what_gets_a_second_try(make_queue, fsyncs, fsync, n):
    """The segment that it came in goes: then this is all there is of it."""
    queue, given_ = make_queue(fsync=fsync, sync_seconds=60), shares(3)
    put(queue, given_)
    batch = queue.take(last_chance=False)
    before = len(of_files(fsyncs))
    queue.done(batch, given_[:1])
    assert len(of_files(fsyncs)) - before == n


def test_fsync__always__one_serves_all_who_wait(make_queue, fsyncs):
    queue = make_queue(fsync="always")
    queue.put(share())
    del fsyncs[:]
    threads = [threading.Thread(target=put, args=(queue, shares(5))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(take_all(queue)) == 41
    assert 5 <= len(fsyncs) <= 30, "not one each"


def test_fsync__always__refuses_what_is_not_on_the_disk(make_queue, monkeypatch):
    queue = make_queue(fsync="always", max_batch=2)
    queue.put(share())
    monkeypatch.setattr(os, "fsync", failing)
    for _ in range(3):  # in the middle of a segment, at its end, and with the next one
        with pytest.raises(DispatcherUnavailable):
            queue.put(share())


@pytest.fixture
def fail_once(monkeypatch):
    """What Linux does when a file could not be written back: ``fsync`` says so once.

    Each of the others is said to have gone well. ``fail_once(wait)`` calls ``wait`` before.
    """
    fsync = os.fsync

    def make(wait=lambda: None):
        calls = []

        def fsync_fails_first(file):
            calls.append(file)
            if len(calls) == 1:
                wait()
                failing()
            fsync(file)

        monkeypatch.setattr(os, "fsync", fsync_fails_first)

    return make


def test_sync__what_is_behind_a_failure_is_refused_too(tmp_path, fail_once):
    one = segment.Segment(tmp_path / "one")
    one.append(b"first\n")
    one.sync(one.size)
    synced = one.size
    one.append(b"second\n")
    one.append(b"third\n")
    fail_once()
    for _ in range(2):
        with pytest.raises(OSError, match="Input/output"):
            one.sync(one.size)
    one.sync(synced)
    one.close(sync=True)
    with pytest.raises(OSError, match="Input/output"):
        one.sync(one.size)


def test_sync__after_a_close_that_failed(tmp_path, fail_once):
    one = segment.Segment(tmp_path / "one")
    one.append(b"first\n")
    fail_once()
    with pytest.raises(OSError, match="Input/output"):
        one.close(sync=True)
    with pytest.raises(OSError, match="Input/output"):
        one.sync(one.size)


def test_fsync__always__refuses_all_who_waited_for_one_that_failed(make_queue, journal, fail_once):
    queue, given_ = make_queue(fsync="always"), shares(6)
    queue.put(given_[0])
    (path,) = files(journal)
    fail_once(lambda: wait_until(lambda: path.read_bytes().count(b"\n") == 6))
    refused = []

    def put_one(one):
        try:
            queue.put(one)
        except DispatcherUnavailable:
            refused.append(one)

    threads = [threading.Thread(target=put_one, args=(one,)) for one in given_[1:]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 5
    last = share()
    queue.put(last)
    assert len(files(journal)) == 2, "what comes later goes elsewhere"
    assert last in take_all(queue)


def test_fsync__batch__once_in_an_interval_though_nobody_takes(make_queue, fsyncs, journal):
    queue = make_queue(fsync="batch", sync_seconds=0.2, max_batch=10)
    put(queue, shares(25))
    (home,) = files(journal, "*")
    assert len(of_files(fsyncs)) == 0
    time.sleep(0.6)
    assert {call.st_ino for call in of_files(fsyncs)} == {p.stat().st_ino for p in files(journal)}
    assert len(of_files(fsyncs)) == 3
    assert home.stat().st_ino in {call.st_ino for call in fsyncs}
    take_all(queue)


def test_fsync__batch__says_what_it_could_not_do(make_queue, monkeypatch, caplog):
    queue = make_queue(fsync="batch", sync_seconds=0)
    queue.put(share())
    monkeypatch.setattr(os, "fsync", failing)
    queue.put(share())
    time.sleep(0.1)
    assert "could not be brought to the disk" in caplog.text


@pytest.mark.parametrize("fails", [1, 2])
def test_fsync__of_a_directory_that_fails_leaves_nothing_behind(
    fails, make_queue, journal, monkeypatch
):
    """The journal's list of processes, then the list of segments of ours."""
    queue, one, calls = make_queue(fsync="always"), share(), []

    def fail_once(file):
        calls.append(file)
        if len(calls) == fails:
            failing()

    monkeypatch.setattr(os, "fsync", fail_once)
    with pytest.raises(DispatcherUnavailable):
        queue.put(one)
    assert files(journal) == []
    queue.put(one)
    assert len(files(journal, "*")) == 1
    assert take_all(queue) == [one]


def test_put__when_no_lock_can_be_opened_leaves_nothing_behind(make_queue, journal, monkeypatch):
    queue = make_queue()
    monkeypatch.setattr(os, "open", failing)
    with pytest.raises(DispatcherUnavailable):
        queue.put(share())
    assert list(journal.iterdir()) == []


def test_fsync__batch__goes_on_when_a_thread_could_not_be_started(
    make_queue, fsyncs, journal, monkeypatch
):
    queue = make_queue(fsync="batch", sync_seconds=0)

    def start(thread):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", start)
        queue.put(share())
        assert len(of_files(fsyncs)) == 1, "done by the thread that puts"
    queue.put(share())
    assert wait_until(lambda: len(of_files(fsyncs)) == 2)
    queue.refuse()


def test_fsync__batch__goes_on_when_the_thread_died(make_queue, fsyncs):
    queue = make_queue(fsync="batch", sync_seconds=0)
    queue._inlet._syncer._run = lambda: None
    queue.put(share())
    queue._inlet._syncer._thread.join()
    del queue._inlet._syncer._run
    queue.put(share())
    assert wait_until(lambda: of_files(fsyncs))


def test_stop__when_no_thread_could_be_started(tmp_path, fsyncs, monkeypatch):
    syncer, path = Syncer(0.05), tmp_path / "one"
    path.touch()

    def start(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    with suppress(RuntimeError):
        syncer.note(path)
    syncer.stop()
    assert len(of_files(fsyncs)) == 1


def test_stop__waits_for_no_disk_that_hangs(tmp_path, monkeypatch, caplog):
    syncer, path = Syncer(0), tmp_path / "one"
    path.touch()
    hangs, goes_on = threading.Event(), threading.Event()

    def fsync(file):
        hangs.set()
        goes_on.wait(20)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(syncing, "STOP_SECONDS", 0.05, raising=False)
    syncer.note(path)
    hangs.wait()
    stopping = threading.Thread(target=syncer.stop)
    stopping.start()
    stopping.join(5)
    is_waiting = stopping.is_alive()
    goes_on.set()
    stopping.join()
    assert not is_waiting
    assert "still being brought to the disk" in caplog.text


def test_note__after_stop_is_brought_to_the_disk_at_once(tmp_path, fsyncs):
    """Whoever was let in before the inlet was closed may be late."""
    syncer, path = Syncer(0.05), tmp_path / "one"
    path.touch()
    syncer.note(path)
    syncer.stop()
    del fsyncs[:]
    syncer.note(path)
    assert len(of_files(fsyncs)) == 1


# Whose it is


def test_adopt__what_the_dead_left(make_queue, journal):
    dead, alive, queue = make_queue(max_batch=2), make_queue(), make_queue()
    left, kept = shares(5), shares(1)
    put(dead, left)
    put(alive, kept)
    die(dead)
    queue.adopt()
    assert take_all(queue) == left
    assert queue.status().waiting == 1
    assert take_all(alive) == kept
    queue.adopt(at_once=True)
    assert files(journal, "*") == [alive._inlet._home.path]


def test_adopt__is_done_now_and_then(make_queue):
    dead, queue = make_queue(), make_queue()
    dead.put(share())
    queue.adopt()
    die(dead)
    queue.adopt()
    assert queue.take(last_chance=False) is None
    queue.adopt(at_once=True)
    assert len(take_all(queue)) == 1


def test_adopt__a_second_try_that_its_owner_had_not_finished(make_queue, journal):
    first, second, third = shares(3)
    log = dead_segment(journal, lines_of([first, second]))
    log.with_suffix(".again").write_bytes(lines_of([second])[:-20])
    (log.parent / "00000000.again").write_bytes(lines_of([third]))
    queue = make_queue()
    queue.adopt()
    assert take_all(queue) == [third, first, second]
    assert files(journal, "*.bad") == []


def test_adopt__leaves_alone_what_is_somebody_elses(make_queue, journal):
    for name in ("lost+found", "4711-backup"):
        (journal / name).mkdir(parents=True)
        (journal / name / "00000001.log").write_bytes(lines_of(shares(1)))
    (journal / "4711-00000000000000ff").write_bytes(b"not even a directory")
    queue = make_queue()
    queue.adopt()
    assert queue.take(last_chance=False) is None
    assert len(list(journal.iterdir())) == 3


def test_adopt__when_it_is_not_allowed(make_queue, journal, monkeypatch, caplog):
    dead_segment(journal, lines_of(shares(1)))
    queue = make_queue()
    monkeypatch.setattr(Home, "lock", failing)
    queue.adopt(at_once=True)
    queue.adopt(at_once=True)
    assert caplog.text.count("can't be taken over") == 1


def test_adopt__when_there_is_no_room_for_a_directory(make_queue, journal, monkeypatch):
    """What is in the way of new shares must get out before there can be any room."""
    left = shares(3)
    dead_segment(journal, lines_of(left))
    queue = make_queue()
    mkdir = os.mkdir

    def mkdir_elsewhere(path, *args, **kwargs):
        if Path(path).is_relative_to(journal):
            raise OSError(errno.ENOSPC, "No space left on device")
        mkdir(path, *args, **kwargs)

    monkeypatch.setattr(os, "mkdir", mkdir_elsewhere)
    with pytest.raises(DispatcherUnavailable):
        queue.put(share())
    queue.adopt()
    assert take_all(queue) == left
    assert files(journal) == []


def test_adopt__more_than_there_are_descriptors_for(make_queue, journal, monkeypatch):
    """Each that is taken over takes one, until it is empty."""
    left = [shares(1) for _ in range(30)]
    for n, events in enumerate(left):
        dead_segment(journal, lines_of(events), f"{n}-{n:016x}")
    monkeypatch.setattr(adopting, "AT_A_TIME", 4, raising=False)
    queue, before = make_queue(), len(os.listdir("/dev/fd"))
    queue.adopt()
    most, taken = 0, []
    while batch := queue.take(last_chance=True):
        most = max(most, len(os.listdir("/dev/fd")) - before)
        taken += batch.events
        queue.done(batch, [])
    assert sorted(one.id for one in taken) == sorted(one.id for (one,) in left)
    assert most == 4
    queue.adopt(at_once=True)
    assert list(journal.iterdir()) == []


def test_adopt__keeps_the_lock_until_all_is_done(make_queue, journal):
    left = shares(2)
    home = dead_segment(journal, lines_of(left)).parent
    queue, neighbour = make_queue(), make_queue()
    queue.adopt(at_once=True)
    batch = queue.take(last_chance=False)
    queue.adopt(at_once=True)
    neighbour.adopt(at_once=True)
    assert neighbour.take(last_chance=True) is None
    queue.done(batch, [])
    queue.adopt(at_once=True)
    assert not home.exists()


@pytest.mark.parametrize("dies", [False, True])
def test_adopt__what_an_adopter_left_in_its_turn(make_queue, journal, dies):
    left = shares(2)
    dead_segment(journal, lines_of(left))
    first, second = make_queue(), make_queue()
    first.adopt()
    assert first.take(last_chance=False).events == left
    if dies:
        die(first)
    else:
        first.refuse()
        first.release()
    second.adopt()
    assert take_all(second) == left
    second.release()
    assert list(journal.iterdir()) == []


def test_adopt__when_it_is_stopping_leaves_it_to_others(make_queue, journal, caplog):
    left = shares(2)
    dead_segment(journal, lines_of(left))
    stopping, queue = make_queue(), make_queue()
    stopping.refuse()
    stopping.adopt()
    assert stopping.take(last_chance=True) is None
    assert "Took over" not in caplog.text
    queue.adopt()
    assert take_all(queue) == left


def test_adopt__a_second_try_whose_app_is_still_unknown(make_queue, journal, monkeypatch):
    """Its file is neither written over, which a crash could cut short, nor lost on a full disk."""
    monkeypatch.setattr(segment, "write", failing)
    log = dead_segment(journal, b"")
    left = shares(2)
    log.with_suffix(".again").write_bytes(lines_of(left))
    log.unlink()
    queue = make_queue()
    queue.adopt()
    batch = queue.take(last_chance=False)
    assert not batch.is_last_try
    queue.done(batch, left[:1])
    assert files(journal) == [log.with_suffix(".again")]
    assert take_all(queue) == left
    assert files(journal) == []


def test_adopt__an_error_is_the_last_one_until_it_is_over(make_queue, journal, monkeypatch, caplog):
    queue = make_queue()
    queue.put(share())
    for n in (1, 2):
        with monkeypatch.context() as patch:
            patch.setattr(Home, "lock", failing)
            queue.adopt(at_once=True)
            assert "Input/output error" in queue.status().last_error
            queue.put(share())
            assert "Input/output error" in queue.status().last_error, "a share mends nothing here"
            queue.adopt(at_once=True)
        assert caplog.text.count("can't be taken over") == n
        queue.adopt(at_once=True)
        assert queue.status().last_error == ""


def test_adopt__when_the_journal_can_not_be_listed(make_queue, journal, monkeypatch, caplog):
    left = shares(2)
    dead_segment(journal, lines_of(left))
    queue = make_queue()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "iterdir", failing)
        queue.adopt(at_once=True)
        queue.put(share())
        queue.adopt(at_once=True)
        assert "Input/output error" in queue.status().last_error
    assert caplog.text.count("can't be looked for") == 1
    queue.adopt(at_once=True)
    assert queue.status().last_error == ""
    assert len(take_all(queue)) == 3


def test_adopt__an_error_with_what_is_gone_is_over(make_queue, journal, monkeypatch):
    path = dead_segment(journal, lines_of(shares(1)))
    queue = make_queue()
    with monkeypatch.context() as patch:
        patch.setattr(Home, "lock", failing)
        queue.adopt(at_once=True)
    path.unlink()
    path.parent.rmdir()
    queue.adopt(at_once=True)
    assert queue.status().last_error == ""


def test_adopt__many_at_once_share_it_among_themselves(make_queue, journal):
    left = [shares(3) for _ in range(30)]
    for n, events in enumerate(left):
        dead_segment(journal, lines_of(events), f"{n}-{n:016x}")
    adopters = [make_queue() for _ in range(4)]
    start = threading.Barrier(4)
    taken = [[] for _ in adopters]

    def adopt(n):
        start.wait()
        adopters[n].adopt()
        taken[n] = take_all(adopters[n])

    threads = [threading.Thread(target=adopt, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [one.id for events in taken for one in events]
    assert len(ids) == 90
    assert set(ids) == {one.id for events in left for one in events}


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


def test_a_home_that_a_neighbour_removes_before_it_is_locked__is_made_again(
    make_queue, journal, monkeypatch
):
    queue, neighbour, one = make_queue(), make_queue(), share()
    mkdir = Path.mkdir
    rivals = []

    def mkdir_under_eyes(path, *args, **kwargs):
        mkdir(path, *args, **kwargs)
        if path.parent == journal and not rivals:
            rivals.append(path)
            neighbour.adopt()

    monkeypatch.setattr(Path, "mkdir", mkdir_under_eyes)
    queue.put(one)
    assert rivals
    assert not rivals[0].exists()
    assert take_all(queue) == [one]


@pytest.mark.parametrize("another_came", [False, True])
def test_lock__of_a_home_that_was_removed_meanwhile(journal, monkeypatch, another_came):
    """Removed between our opening the file and locking it: the lock is that of no file any more."""
    path = dead_segment(journal, b"").parent
    flock = fcntl.flock

    def flock_too_late(*args):
        (path / "lock").unlink()
        if another_came:
            (path / "lock").touch()
        flock(*args)

    monkeypatch.setattr(fcntl, "flock", flock_too_late)
    assert Home.lock(path) is None


def test_put_and_take__ask_no_database(make_queue):
    """Any query would fail: this module's tests have no database."""
    queue, one = make_queue(), share()
    queue.put(one)
    queue.adopt()
    assert take_all(queue) == [one]
