"""Which days are compared at once, and with what."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from django_share_analytics.models import Share, State
from django_share_analytics.upkeep import verification
from django_share_analytics.upkeep.snapshots import snapshot
from django_share_analytics.upkeep.verification import pieces
from django_share_analytics.writing.writer import write_shares
from tests.factories import NOON, event

pytestmark = pytest.mark.django_db

CUT = datetime(2026, 3, 11, 21, tzinfo=UTC)
"""Midnight in Riyadh, at the beginning of the 12th."""


@pytest.fixture(autouse=True)
def shares(app):
    """One on the 10th, the 11th and the 14th, three on the 12th."""
    days = (0, 1, 2, 2, 2, 4)
    write_shares([event(app, "x", NOON + timedelta(days=n)) for n in days])


def march(start: int, end: int) -> tuple[date, date]:
    return date(2026, 3, start), date(2026, 3, end)


def rows(first: date = date.min, last: date = date.max) -> list[tuple[tuple[date, date], int]]:
    with snapshot("default") as now:
        found = pieces(now.days(first, last), now)
    return [((days.start, days.end), n) for days, n in found]


@pytest.mark.parametrize(
    ("at_most", "expected"),
    [
        # Of a day: one count by app, one by platform, one hour, and the shares.
        (3, [((10, 10), 4), ((11, 11), 4), ((12, 12), 6), ((14, 14), 4)]),
        (8, [((10, 11), 8), ((12, 12), 6), ((14, 14), 4)]),
        (10, [((10, 11), 8), ((12, 14), 10)]),
        (18, [((10, 14), 18)]),
    ],
)
def test_pieces__are_of_about_a_size(at_most, expected, monkeypatch):
    monkeypatch.setattr(verification, "ROWS_AT_ONCE", at_most)
    assert rows() == [(march(*days), n) for days, n in expected]


def test_pieces__of_some_days():
    assert rows(*march(11, 13)) == [(march(11, 12), 10)]
    assert rows(*march(13, 13)) == []


@pytest.mark.parametrize("day", [date.min, date(2026, 3, 9)])
def test_pieces__before_there_were_any(day):
    assert rows(date.min, day) == []


def test_pieces__end_at_the_watermark():
    """A prune that was killed has left rows from before it: they are not compared any more."""
    State.objects.update(retained_from=CUT)
    assert rows() == [(march(10, 11), 6), (march(12, 14), 10)]


def test_pieces__when_the_clocks_go_back_at_midnight(app, settings, monkeypatch):
    """Five minutes after, it is 23:05 on the 25th once more."""
    settings.TIME_ZONE = "Asia/Beirut"
    State.objects.update(reporting_zone="Asia/Beirut")
    Share.objects.all().delete()
    monkeypatch.setattr(verification, "ROWS_AT_ONCE", 1)
    first = datetime(2025, 10, 24, 12, 7, tzinfo=UTC)
    write_shares([event(app, "x", at) for at in (first, datetime(2025, 10, 25, 21, 5, tzinfo=UTC))])
    october = rows(date(2025, 10, 1), date(2025, 10, 31))
    assert [(start.day, n) for (start, end), n in october] == [(24, 4), (25, 4)]
