"""Shares that look alike, beside a plain count over the raw rows."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics.models import Share
from django_share_analytics.periods import DayRange, day_start, local_day
from django_share_analytics.upkeep import look_alikes as module
from django_share_analytics.upkeep.look_alikes import (
    AGENT,
    NO_VISITOR,
    VISITOR,
    Asked,
    Mark,
    look_alikes,
)
from django_share_analytics.writing.writer import write_shares
from tests.examples import examples
from tests.factories import event

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

CHANGES = {"Europe/Berlin": date(2026, 3, 29), "Africa/Cairo": date(2026, 4, 24),
           "Asia/Riyadh": date(2026, 3, 10), "America/New_York": date(2025, 11, 2)}  # fmt: skip
"""Days of which three lose or gain an hour; in Cairo it is the one after midnight."""
LATER = datetime(2030, 1, 1, tzinfo=UTC)
AGENTS = ["", "curl/8.5", "CURL/8.5", "curl/8.5 ", "Mozilla/5.0 (ü)"]


def asked(app: Any, day: date, zone: str = "Asia/Riyadh", until: datetime = LATER) -> Asked:
    return Asked(app.pk, DayRange(day, day, ZoneInfo(zone)), until)


def sizes(groups: list[module.Alike]) -> dict[Mark, int]:
    return {group.mark: group.n for group in groups}


SHARES = st.lists(
    st.tuples(
        st.integers(-90, 26 * 60),  # minutes after the day's start
        st.sampled_from([None, None, 1, 2, 2**63 - 1]),
        st.sampled_from(AGENTS),
        st.sampled_from(["copy", "email"]),
    ),
    max_size=20,
)


@given(zone=st.sampled_from(sorted(CHANGES)), shares=SHARES)
@settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_look_alikes__equal_a_plain_count(
    zone: str, shares: list[Any], make_app: Callable[..., Any]
) -> None:
    app, day, tz = make_app(), CHANGES[zone], ZoneInfo(zone)
    start = day_start(day, tz)
    write_shares(
        [
            event(app, platform, start + timedelta(minutes=at), visitor=who, user_agent=agent)
            for at, who, agent, platform in shares
        ]
    )
    found = look_alikes(asked(app, day, zone))
    rows = [row for row in Share.objects.for_app(app) if local_day(row.timestamp, tz) == day]
    visitors = Counter(
        Mark(NO_VISITOR, row.user_agent) if row.visitor is None else Mark(VISITOR, row.visitor)
        for row in rows
        if row.visitor is not None or row.user_agent
    )
    agents = Counter(Mark(AGENT, row.user_agent) for row in rows if row.user_agent)
    assert found.n == len(rows)
    assert found.unknown == sum(row.visitor is None and not row.user_agent for row in rows)
    assert sizes(found.by_visitor) == {mark: n for mark, n in visitors.items() if n > 1}
    assert sizes(found.by_agent) == {mark: n for mark, n in agents.items() if n > 1}
    for group in found.by_agent:
        of_it = [row for row in rows if row.user_agent == group.mark.value]
        assert group.platforms == Counter(row.platform for row in of_it)
        assert group.first == min(row.timestamp for row in of_it)
        assert group.last == max(row.timestamp for row in of_it)
        assert group.visitors == {row.visitor for row in of_it} - {None}


DAY = CHANGES["Asia/Riyadh"]


def write(app: Any, n: int, **values: Any) -> None:
    write_shares([event(app, **values) for _ in range(n)])


@pytest.mark.parametrize(
    ("of_one", "others", "is_noticed"),
    [(26, 24, True), (25, 25, False), (26, 23, False), (50, 0, True), (49, 0, False)],
)
def test_suspect__has_over_half_of_fifty_or_more(
    app: Any, of_one: int, others: int, is_noticed: bool
) -> None:
    write(app, of_one, visitor=1)
    for n in range(others):
        write(app, 1, visitor=10 + n)
    suspect = look_alikes(asked(app, DAY)).suspect
    assert (suspect is not None) == is_noticed
    assert suspect is None or suspect.mark == Mark(VISITOR, 1)


def test_suspect__when_no_visitor_is_known_is_a_user_agent(app: Any) -> None:
    write(app, 60, user_agent="curl")
    write(app, 40, user_agent="curl", visitor=1)
    suspect = look_alikes(asked(app, DAY)).suspect
    assert suspect is not None
    assert (suspect.mark, suspect.n) == (Mark(NO_VISITOR, "curl"), 60)


def test_suspect__is_nobody_of_whom_nothing_is_kept(app: Any) -> None:
    write(app, 60)
    found = look_alikes(asked(app, DAY))
    assert (found.suspect, found.by_visitor, found.unknown) == (None, [], 60)


def test_look_alikes__of_more_than_it_looks_at_are_the_newest(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_SHARES", 3)
    for minutes, visitor in ((1, 1), (2, 1), (3, 2), (4, 2), (5, 2)):
        at = day_start(DAY, ZoneInfo("Asia/Riyadh")) + timedelta(minutes=minutes)
        write(app, 1, at=at, visitor=visitor)
    found = look_alikes(asked(app, DAY))
    assert (found.n, found.has_more) == (3, True)
    assert sizes(found.by_visitor) == {Mark(VISITOR, 2): 3}


def test_look_alikes__show_the_largest_and_say_how_many_there_are(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GROUPS", 1)
    for visitor, n in ((1, 2), (2, 3), (3, 1)):
        write(app, n, visitor=visitor)
    found = look_alikes(asked(app, DAY), Mark(VISITOR, 3).name)
    assert sizes(found.by_visitor) == {Mark(VISITOR, 2): 3}
    assert found.visitor_groups == 2
    assert found.chosen is not None
    assert (found.chosen.mark, found.chosen.n) == (Mark(VISITOR, 3), 1)


def test_look_alikes__are_as_of_an_instant(app: Any) -> None:
    at = day_start(DAY, ZoneInfo("Asia/Riyadh")) + timedelta(hours=1)
    write(app, 2, at=at, visitor=1)
    assert look_alikes(asked(app, DAY, until=at)).n == 0
    assert look_alikes(asked(app, DAY, until=at + timedelta(microseconds=1))).n == 2
    assert look_alikes(asked(app, DAY, until=datetime.min.replace(tzinfo=UTC))).n == 0


def test_look_alikes__take_one_query(app: Any, django_assert_num_queries: Any) -> None:
    write(app, 3, visitor=1)
    with django_assert_num_queries(1):
        look_alikes(asked(app, DAY))


def test_mark__of_another_kind_has_another_name() -> None:
    names = {Mark(kind, "1").name for kind in (VISITOR, NO_VISITOR, AGENT)}
    assert len(names) == 3
