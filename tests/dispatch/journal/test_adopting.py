"""Taking over what dead processes left."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from django_share_analytics.dispatch.journal import adopting, segment
from django_share_analytics.dispatch.journal.home import Home
from django_share_analytics.exceptions import DispatcherUnavailable
from tests.dispatch.journal.files import (
    dead_segment,
    die,
    failing,
    files,
    lines_of,
    put,
    share,
    shares,
    take_all,
)

pytestmark = pytest.mark.once


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
