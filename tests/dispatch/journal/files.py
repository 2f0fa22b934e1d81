"""Journals as the tests make them, and look into them."""

from __future__ import annotations

import errno
from uuid import uuid4

from django.conf import settings

from django_share_analytics import codec
from django_share_analytics.dispatch.journal import queue as module
from tests.factories import event

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
    queue._inlet = module.Inlet(
        queue._journal, max_lines=1, max_bytes=1 << 30, fsync="never", sync_seconds=0
    )


def take_all(queue):
    taken = []
    while batch := queue.take(last_chance=True):
        taken.extend(batch.events)
        queue.done(batch, [])
    return taken


def files(journal, pattern="*/*.*"):
    return sorted(journal.glob(pattern))


def lines_of(events):
    return b"".join(codec.encode(one) + b"\n" for one in events)


def dead_segment(journal, content, name="4711-00000000000000ff"):
    path = journal / name / "00000001.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


THREE = shares(3)


def failing(*args, **kwargs):
    raise OSError(errno.EIO, "Input/output error")
