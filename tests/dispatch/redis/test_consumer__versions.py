"""Entries that other versions added."""

from __future__ import annotations

import threading
import time

import pytest
from django.core.management import call_command

from django_share_analytics.models import LinkStep, SetAside, Share
from django_share_analytics.steps import CLICK
from tests.dispatch.conftest import in_time, wait_until
from tests.dispatch.waiting import KEY, NEWER, OLD_LINE, SHARE_ID
from tests.factories import event, link_event, outcomes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


@pytest.fixture
def add(redis_streams):
    """``add(line)``: to a stream, as any version does. ``add.dispatcher`` is that of this one."""
    dispatcher = redis_streams(takeover_seconds=0.3, max_batch=3)

    def add(line):
        dispatcher._create_group()
        return dispatcher._client.xadd(dispatcher.options.stream, {b"share": line})

    add.dispatcher = dispatcher
    return add


def left(dispatcher):
    """What is in the stream, and how many of it some consumer has pending."""
    options = dispatcher.options
    entries = dispatcher._client.xrange(options.stream)
    pending = dispatcher._client.xpending(options.stream, options.group)["pending"]
    return [fields[b"share"] for _, fields in entries], pending


def test_old__is_read(add, make_app):
    make_app(pk=KEY)
    add(OLD_LINE)
    call_command("consume_shares", "--once", verbosity=0)
    assert Share.objects.get().id == SHARE_ID
    assert left(add.dispatcher) == ([], 0)


def test_newer__waits_and_what_is_behind_it_does_not(add, app, caplog):
    share = event(app)
    for _ in range(4):
        add(NEWER)
    add.dispatcher.submit(share)
    add.dispatcher.submit(link_event(share, CLICK))
    add(NEWER)
    # `--once` ends though they are there, twice: the second consumer gets what the first had.
    for _ in range(2):
        in_time(lambda: [add.dispatcher.consume(threading.Event(), once=True)])
        assert left(add.dispatcher) == ([NEWER] * 5, 5)
    assert (Share.objects.count(), LinkStep.objects.count()) == (1, 1)
    assert (SetAside.objects.count(), outcomes()) == (0, {})
    assert add.dispatcher.status().waiting == 5
    assert "A newer version added shares, which wait for its consumers" in caplog.text


def test_newer__is_written_by_a_consumer_that_can_read_it(add, app, monkeypatch):
    """While those of this version are there, and look at it again and again, which is not often."""
    from django_share_analytics.dispatch.redis import consumer as module

    dispatcher, known, looks = add.dispatcher, module.decode, []
    entries = [add(NEWER) for _ in range(3)]
    stop = threading.Event()
    old = threading.Thread(target=dispatcher.consume, args=[stop])

    def decode(line):
        if line != NEWER:
            return known(line)
        looks.append(threading.current_thread() is old)
        return known(line) if looks[-1] else event(app)

    monkeypatch.setattr(module, "decode", decode)
    old.start()
    try:
        assert wait_until(lambda: len(looks) >= 9)  # three times each
        before = len(looks)
        time.sleep(1.0)
        assert len(looks) - before <= 3 * (1.0 / 0.3 + 2), "it spins"
        in_time(lambda: [dispatcher.consume(threading.Event(), once=True)])
        assert wait_until(lambda: Share.objects.count() == len(entries))
    finally:
        stop.set()
        old.join()
    assert left(dispatcher) == ([], 0)
