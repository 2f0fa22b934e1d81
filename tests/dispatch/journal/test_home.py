"""The directory of a process, which a neighbour may remove."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from django_share_analytics.dispatch.journal.home import Home
from tests.dispatch.journal.files import dead_segment, share, take_all

pytestmark = pytest.mark.once


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


def test_left_segments__without_the_parts_of_one_that_is_there(tmp_path):
    """Its owner had no time to remove it after it had written them."""
    for name in ("1.log", "1.again", "1-1.again", "2-1.again", "2.again"):
        (tmp_path / name).write_bytes(b"")
    home = Home.lock(tmp_path)
    assert [path.name for path in home.left_segments()] == ["1.log", "2-1.again", "2.again"]
    home.close()
