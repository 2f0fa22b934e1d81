"""Where shares enter a journal: also with disks that won't."""

from __future__ import annotations

import errno
import os

import pytest

from django_share_analytics import codec
from django_share_analytics.exceptions import DispatcherUnavailable
from tests.dispatch.journal.files import failing, files, share, shares, take_all

pytestmark = pytest.mark.once


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


def test_put__when_the_directory_was_removed(make_queue, journal):
    queue, one = make_queue(max_batch=1), share()
    queue.put(share())
    for path in files(journal, "*/*"):
        path.unlink()
    files(journal, "*")[0].rmdir()
    journal.rmdir()
    queue.put(one)
    assert take_all(queue) == [one]


def test_put__when_no_lock_can_be_opened_leaves_nothing_behind(make_queue, journal, monkeypatch):
    queue = make_queue()
    monkeypatch.setattr(os, "open", failing)
    with pytest.raises(DispatcherUnavailable):
        queue.put(share())
    assert list(journal.iterdir()) == []
