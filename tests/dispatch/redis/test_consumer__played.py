"""What a consumer asks of a stream, and when: with a group that is played."""

from __future__ import annotations

import threading
import uuid
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import OperationalError

from django_share_analytics.codec import encode
from django_share_analytics.dispatch import second_tries
from django_share_analytics.writing.writer import WriteResult
from tests import services
from tests.factories import event

try:
    from redis import ConnectionError

    from django_share_analytics.dispatch.redis import consumer as module
    from django_share_analytics.dispatch.redis.group import Entry
    from django_share_analytics.dispatch.redis.options import RedisStreamsOptions
except ImportError:
    if services.are_required():
        raise
    pytest.skip("redis-py is not installed", allow_module_level=True)

pytestmark = pytest.mark.once


class Played:
    """A group whose entries are given in ``reads`` and then in ``left_behind``, until ``stop``."""

    has_seen_all = True

    def __init__(self, stop):
        self._stop = stop
        self.looks = 0
        self.reads, self.left_behind, self.told, self.failures = [], [], [], []

    def create(self):
        pass

    def newest(self):
        return (9, 0)

    def oldest(self, besides=()):
        return None

    def can_be_evicted(self):
        return False

    def read(self, count, wait_seconds):
        if not self.reads:
            self._stop.set()
            return []
        return self.reads.pop(0)

    def take_over(self, count, idle_seconds):
        self.looks += 1
        return self.left_behind.pop(0) if self.left_behind else []

    def hold(self, ids, error):
        self.told.append(("hold", list(ids)))

    def acknowledge(self, ids):
        if self.failures:
            raise self.failures.pop()
        self.told.append(("acknowledge", list(ids)))

    def leave(self):
        self.told.append("leave")


class Stop(threading.Event):
    """Waits for nothing, and knows how long it should have."""

    def __init__(self):
        super().__init__()
        self.waits = []

    def wait(self, timeout=None):
        self.waits.append(timeout)
        return self.is_set()


@pytest.fixture
def play(monkeypatch):
    """``play(once=…, **options)``: a consumer, what plays its group, and what it writes."""

    def start(*, once=False, **options):
        stop = Stop()
        consumer = module.StreamConsumer(None, RedisStreamsOptions(**options), stop, once=once)
        consumer._group = group = Played(stop)
        database = SimpleNamespace(unknown=[], errors=[])

        def write_batch(events, *, count_unknown):
            if database.errors:
                raise database.errors.pop()
            group.told.append(("write", list(events), count_unknown))
            return WriteResult(unknown_app=[one for one in events if one in database.unknown])

        monkeypatch.setattr(module, "write_batch", write_batch)
        monkeypatch.setattr(module, "let_connection_go", lambda: None)
        return consumer, group, database

    return start


def entry(number, share):
    return Entry(b"%d-0" % number, encode(share))


@pytest.fixture
def given():
    key = {"uuid": uuid.uuid4(), "int": 5, "str": "games/chess"}[settings.APP_KEY]
    return [event(key) for _ in range(3)]


def test_run__acknowledges_what_is_written_and_then_leaves(play, given):
    consumer, group, _ = play()
    group.reads = [[entry(1, given[0]), entry(2, given[1])], [entry(3, given[2])]]
    assert consumer.run() == 3
    assert group.told == [
        ("write", given[:2], False),
        ("acknowledge", [b"1-0", b"2-0"]),
        ("write", given[2:], False),
        ("acknowledge", [b"3-0"]),
        "leave",
    ]


def test_run__lets_shares_gather_after_a_batch_that_was_not_full(play, given):
    consumer, group, _ = play(max_batch=2, flush_seconds=7)
    group.reads = [[entry(1, given[0]), entry(2, given[1])], [entry(3, given[2])]]
    consumer.run()
    assert consumer._stop.waits == [7]


@pytest.mark.parametrize(("has_seen_all", "looks"), [(True, 1), (False, 4)])
def test_take_over__is_asked_for_now_and_then_when_all_was_seen(play, given, has_seen_all, looks):
    consumer, group, _ = play(takeover_seconds=1_000)
    group.has_seen_all = has_seen_all
    group.reads = [[entry(number, share)] for number, share in enumerate(given)]
    consumer.run()
    assert group.looks == looks


def test_second_try__is_not_begun_by_taking_over_ones_own(play, given):
    """It was given to this consumer so long ago that it may be taken over, by itself as well."""
    consumer, group, database = play(takeover_seconds=1e-9)
    database.unknown = given[:1]
    group.reads = [[entry(1, given[0])], [entry(2, given[1])]]
    group.left_behind = [[], [entry(1, given[0]), entry(3, given[2])]]
    assert consumer.run() == 2
    assert [told for told in group.told if told[0] == "write"] == [
        ("write", given[:1], False),
        ("write", given[2:], True),
        ("write", given[1:2], False),
    ]


def test_second_try__when_it_is_due(play, given, monkeypatch):
    monkeypatch.setattr(second_tries, "SECOND_TRY_SECONDS", 0)
    consumer, group, database = play()
    database.unknown = given[:1]
    group.reads = [[entry(1, given[0]), entry(2, given[1])]]
    assert consumer.run() == 2
    assert group.told == [
        ("write", given[:2], False),
        ("acknowledge", [b"2-0"]),
        ("write", given[:1], True),
        ("acknowledge", [b"1-0"]),
        "leave",
    ]


def test_database_away__all_that_is_in_hand_is_held(play, given, monkeypatch):
    consumer, group, database = play()
    database.unknown = given[:1]
    group.reads = [[entry(1, given[0])], [entry(2, given[1]), Entry(b"3-0", b"{")]]
    errors = [OperationalError("no server")]

    def set_aside(payload, error):
        if errors:
            raise errors.pop()

    monkeypatch.setattr(module, "set_payload_aside", set_aside)
    assert consumer.run() == 2
    assert ("hold", [b"2-0", b"3-0", b"1-0"]) in group.told


def test_database_away__each_pause_ends_long_before_others_take_over(play, given):
    consumer, group, database = play(takeover_seconds=1)
    group.reads = [[entry(1, given[0])]]
    database.errors = [OperationalError("no server")] * 9
    consumer.run()
    assert len([told for told in group.told if told[0] == "hold"]) == 9
    assert max(consumer._stop.waits) < 0.5


def test_set_aside__is_acknowledged(play, given, monkeypatch):
    consumer, group, _ = play()
    group.reads = [[Entry(b"1-0", b"{"), entry(2, given[0])]]
    aside = []
    monkeypatch.setattr(module, "set_payload_aside", lambda payload, error: aside.append(payload))
    assert consumer.run() == 2
    assert aside == [b"{"]
    assert ("acknowledge", [b"1-0", b"2-0"]) in group.told


def test_once__goes_on_until_all_is_acknowledged(play, given):
    consumer, group, _ = play(once=True)
    group.reads = [[entry(1, given[0])]]
    group.oldest = lambda besides=(): (1, 0) if group.reads else None
    group.failures = [ConnectionError("cut"), ConnectionError("cut")]
    assert consumer.run() == 1
    assert ("acknowledge", [b"1-0"]) in group.told


def test_once__lets_nothing_gather(play, given):
    consumer, group, _ = play(once=True, flush_seconds=7)
    group.reads = [[entry(1, given[0])]]
    group.oldest = lambda besides=(): (1, 0) if group.reads else None
    assert consumer.run() == 1
    assert consumer._stop.waits == []
