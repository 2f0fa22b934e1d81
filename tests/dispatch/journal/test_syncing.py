"""When a journal's files are on the disk itself, and what is refused when they are not."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress

import pytest

from django_share_analytics.dispatch.journal import segment, syncing
from django_share_analytics.dispatch.journal.syncing import Syncer
from django_share_analytics.exceptions import DispatcherUnavailable
from tests.dispatch.conftest import wait_until
from tests.dispatch.journal.files import failing, files, put, share, shares, take_all

pytestmark = pytest.mark.once


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
    syncer._thread.join(20)  # or it goes on in the next test
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
