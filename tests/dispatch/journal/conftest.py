"""Queues on the disk, and disks that won't."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from django_share_analytics.dispatch.journal import segment
from django_share_analytics.dispatch.journal.queue import JournalQueue
from tests.dispatch.journal.files import failing


@pytest.fixture
def journal(tmp_path):
    return tmp_path / "journal"


@pytest.fixture
def make_queue(journal):
    """``make_queue(**options)``: the queue of a process of its own, as far as locks can tell."""
    made = []

    def make(**options):
        usual = {"max_batch": 500, "max_bytes": 1 << 30, "fsync": "never", "sync_seconds": 0.05}
        options = {**usual, **options}
        queue = JournalQueue(journal, **options)
        made.append(queue)
        return queue

    yield make
    for queue in made:
        queue.refuse()
        queue.release()


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


@pytest.fixture
def fsyncs(monkeypatch, tmp_path):
    """The calls of ``fsync`` so far for files of this test, each of which takes 20 ms."""
    calls = []
    fsync = os.fsync

    def slow_fsync(file):
        # A thread of the test before may be about to end.
        if Path(os.readlink(f"/proc/self/fd/{file}")).is_relative_to(tmp_path):
            calls.append(os.fstat(file))
            time.sleep(0.02)
        fsync(file)

    monkeypatch.setattr(os, "fsync", slow_fsync)
    return calls


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
