"""Which days can be asked for, and what is wrong with the others."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from django_share_analytics.stats.period import MAX_DAYS, Flaw, find_flaw, make_period

pytestmark = pytest.mark.once

TODAY = date(2026, 3, 10)
YEAR = timedelta(days=MAX_DAYS)


@pytest.mark.parametrize(
    ("start", "end", "today", "flaw"),
    [
        (TODAY, TODAY, TODAY, None),
        (TODAY, TODAY + timedelta(days=1), TODAY, Flaw.IN_THE_FUTURE),
        (TODAY, TODAY + timedelta(days=1), None, None),
        (TODAY + timedelta(days=2), TODAY + timedelta(days=1), TODAY, Flaw.IN_THE_FUTURE),
        (TODAY, TODAY - timedelta(days=1), TODAY, Flaw.REVERSED),
        (TODAY - YEAR + timedelta(days=1), TODAY, TODAY, None),
        (TODAY - YEAR, TODAY, TODAY, Flaw.TOO_LONG),
        (date(1970, 1, 1), date(1970, 1, 2), TODAY, None),
        (date(1969, 12, 31), date(1970, 1, 2), TODAY, Flaw.TOO_EARLY),
    ],
)
def test_find_flaw(start: date, end: date, today: date | None, flaw: Flaw | None) -> None:
    assert find_flaw(start, end, today=today) is flaw


def test_make_period__of_the_last_days() -> None:
    now = datetime(2026, 3, 9, 22, 0, tzinfo=UTC)  # the 10th has begun in Riyadh
    assert (make_period(now=now).start, make_period(now=now).end) == (date(2026, 2, 9), TODAY)
    assert list(make_period(days=1, now=now)) == [TODAY]


@pytest.mark.parametrize(
    "asked", [{"start": TODAY}, {"end": TODAY}, {"start": TODAY, "end": date(2026, 3, 9)}]
)
def test_make_period__of_no_days(asked: dict[str, date]) -> None:
    with pytest.raises(ValueError, match=r"day|together"):
        make_period(now=datetime(2026, 3, 10, tzinfo=UTC), **asked)
