"""The benchmarks' shares: what is compared must be the same, and like a site's."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.workload import batches, events

pytestmark = pytest.mark.once

END = datetime(2026, 3, 10, tzinfo=UTC)
APPS = range(1_000)


def test_events__are_the_same_for_the_same_seed():
    first = list(events(6_000, APPS, days=2, seed=1, end=END))
    assert first == list(events(6_000, APPS, days=2, seed=1, end=END))
    other = list(events(6_000, APPS, days=2, seed=2, end=END))
    ids = {share.id for share in (*first, *other)}
    assert len(ids) == 12_000
    assert {id.version for id in ids} == {7}


def test_events__come_in_the_order_of_time_and_fill_the_days():
    shares = list(events(1_000, APPS, days=10, end=END))
    times = [share.timestamp for share in shares]
    assert times == sorted(times)
    assert times[0] == END - timedelta(days=10)
    assert END - timedelta(days=1) < times[-1] < END


def test_events__are_heavy_tailed():
    by_app = Counter(share.app_id for share in events(20_000, APPS, end=END))
    assert by_app[0] == pytest.approx(20_000 / 7.5, rel=0.1)  # the sum of 1 / rank to 1,000
    assert by_app[9] == pytest.approx(by_app[0] / 10, rel=0.25)


def test_batches__are_full():
    shares = events(1_050, APPS, end=END)
    assert [len(batch) for batch in batches(shares, 500)] == [500, 500]
