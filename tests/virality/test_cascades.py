"""Cascades, both ways of finding them, beside a plain computation over the rows."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from functools import partial
from io import StringIO
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics.conf import reporting_zone
from django_share_analytics.counts.state import what_is_known
from django_share_analytics.events import utc_now
from django_share_analytics.models import CascadeSnapshot, LinkStep, Share, State
from django_share_analytics.periods import local_day
from django_share_analytics.stats.closed_days import ClosedDays
from django_share_analytics.steps import RESHARE
from django_share_analytics.upkeep.pruning import prune
from django_share_analytics.virality import cascades, finding
from django_share_analytics.virality.cascades import cascades_of
from django_share_analytics.virality.cohort import cohort_of
from django_share_analytics.virality.finding import find_cascades
from django_share_analytics.virality.kept import kept_days
from django_share_analytics.virality.largest import MOST_VISITS, largest_share_of_visits
from django_share_analytics.virality.reshares import links_in_time
from django_share_analytics.virality.results import Cascade, Cascades
from django_share_analytics.writing.writer import write_shares
from tests.examples import examples
from tests.factories import NOON, event, link_event
from tests.histories import APPS, History, histories, undone

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django_share_analytics.virality.cohort import Cohort

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2026, 3, 11), date(2026, 3, 13)
"""Of made-up histories: some shares are older, some newer."""
NOW = NOON + timedelta(days=11)
"""Eight days after the last of these."""
DAYS = 3
FORESTS = histories(max_shares=14, max_steps=0)
SAME_APPS = [HealthCheck.function_scoped_fixture]


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "links_in_time", partial(links_in_time, page=2))


@pytest.fixture
def some_apps(make_app: Callable[..., Any]) -> list[Any]:
    return [make_app() for _ in range(APPS)]


def by_hand(
    start: date, end: date, platform: str | None = None, app: Any = None
) -> tuple[int, int, list[tuple[Any, ...]]]:
    """Roots, those that led to another, and each cascade of these, the largest first."""
    shares = {share.pk: share for share in Share.objects.all()}
    parents = {
        step.pk: step.share_id
        for step in LinkStep.objects.filter(kind=RESHARE)
        if step.share_id in shares
    }
    children = defaultdict(list)
    for child, parent in parents.items():
        children[parent].append(child)
    roots = [
        share
        for share in shares.values()
        if share.pk not in parents
        and start <= local_day(share.timestamp, reporting_zone()) <= end
        and platform in (None, share.platform)
        and (app is None or share.app_id == app.pk)
    ]
    found = []
    for root in roots:
        ways = {root.pk: [root.pk]}
        for share in ways_from(root.pk, children, ways):
            assert shares[share].app_id == root.app_id
        if len(ways) > 1:
            found.append((len(ways), root.timestamp, root.pk, *measures(ways)))
    found.sort(reverse=True)
    return len(roots), len(found), found


def ways_from(
    share: UUID, children: dict[UUID, list[UUID]], ways: dict[UUID, list[UUID]]
) -> list[UUID]:
    for child in children[share]:
        ways[child] = [*ways[share], child]
        ways_from(child, children, ways)
    return list(ways)


def measures(ways: dict[UUID, list[UUID]]) -> tuple[int, float]:
    """Depth, and the mean number of steps between two."""
    between = []
    for one, other in combinations(ways.values(), 2):
        shared = sum(a == b for a, b in zip(one, other, strict=False))
        between.append(len(one) + len(other) - 2 * shared)
    return max(map(len, ways.values())) - 1, pytest.approx(sum(between) / len(between))


def told(found: Cascades) -> tuple[int, int, list[tuple[Any, ...]]]:
    largest = [
        (each.size, each.started_at, each.root_id, each.depth, each.structural_virality)
        for each in found.largest
    ]
    assert all(len(each.parents) == each.size - 1 for each in found.largest)
    return found.roots, found.forwarded, largest


def closed_days() -> ClosedDays:
    return ClosedDays.at(utc_now(), reporting_zone())


def told_of(cohort: Cohort) -> Cascades | None:
    return cascades_of(cohort, closed_days())


def largest_part(cohort: Cohort, visits: int) -> float | None:
    return largest_share_of_visits(cohort, visits, closed_days())


def looked_for(**question: Any) -> Cascades | None:
    cache.clear()
    return told_of(cohort_of(start=FIRST, end=LAST, **question))


def snapshot() -> Cascades | None:
    """As ``find_cascades`` finds them, without looking."""
    CascadeSnapshot.objects.all().delete()
    assert find_cascades(DAYS, now=NOW)
    found = told_of(cohort_of(days=DAYS, now=NOW))
    assert found
    return found


@settings(max_examples=examples(60), suppress_health_check=SAME_APPS)
@given(history=FORESTS, gone=st.sets(st.integers(0, 13), max_size=4))
def test_cascades__plain_rows_say_the_same(
    some_apps: Any, history: History, gone: set[int]
) -> None:
    with undone():
        shares, _ = history.events(some_apps)
        write_shares(shares)
        keys = [share.id for number, share in enumerate(shares) if number in gone]
        Share.objects.filter(pk__in=keys).delete()
        assert told(looked_for()) == by_hand(FIRST, LAST)
        assert told(snapshot()) == by_hand(FIRST, LAST)
        for app, platform in ((some_apps[0], None), (None, "sms"), (some_apps[1], "copy")):
            found = looked_for(app=app, platform=platform)
            assert told(found) == by_hand(FIRST, LAST, platform, app)


@settings(max_examples=20, suppress_health_check=SAME_APPS)
@given(history=FORESTS, day=st.integers(10, 14))
def test_cascades__after_pruning_of_the_days_that_are_left(
    some_apps: Any, history: History, day: int
) -> None:
    with undone():
        write_shares(history.events(some_apps)[0])
        prune(date(2026, 3, day))
        found = looked_for()
        if day > LAST.day:
            assert found is None
            assert find_cascades(DAYS, now=NOW) is None
        else:
            start = max(FIRST, date(2026, 3, day))
            assert (found.start, found.end) == (start, LAST)
            assert told(found) == told(snapshot()) == by_hand(start, LAST)


def test_kept_days__a_day_of_which_something_is_gone_is_not_whole() -> None:
    cohort = cohort_of(start=FIRST, end=LAST)
    assert kept_days(cohort.matured, what_is_known().retained_from) == cohort.matured
    State.objects.update(retained_from=NOON + timedelta(days=1))
    assert kept_days(cohort.matured, what_is_known().retained_from).start == date(2026, 3, 12)
    State.objects.update(retained_from=NOON + timedelta(days=3))
    assert kept_days(cohort.matured, what_is_known().retained_from) is None


@pytest.mark.parametrize("page", [1, 2, 3, 5, 100])
def test_links_in_time__whole_instants_whatever_the_page(app: Any, page: int) -> None:
    minutes = [0, 1, 1, 1, 1, 2, 3, 3, 4]
    shares = [event(app, at=NOON + timedelta(minutes=n)) for n in minutes]
    write_shares(shares)
    pages = list(links_in_time(NOON + timedelta(minutes=1), "default", page=page))
    read = [(link.timestamp, link.share) for links in pages for link in links]
    assert read == sorted(((s.timestamp, s.id) for s in shares[1:]), reverse=True)
    assert max(map(len, pages)) <= max(page, 4)


def test_links_in_time__none() -> None:
    assert list(links_in_time(NOON, "default")) == []


@pytest.fixture
def chain(app: Any) -> list[Any]:
    """Three shares on, one of the other, and one alone."""
    first = event(app, at=NOON + timedelta(days=1))
    second = event(app, "sms", first.timestamp + timedelta(hours=1), via=first.id)
    third = event(app, "copy", second.timestamp + timedelta(days=9), via=second.id)
    write_shares([first, second, third, event(app, at=first.timestamp)])
    return [first, second, third]


def test_cascades_of__what_is_told(app: Any, chain: list[Any]) -> None:
    found = looked_for()
    assert (found.start, found.end, found.roots, found.forwarded) == (FIRST, LAST, 2, 1)
    assert list(found.largest) == [
        Cascade(
            root_id=chain[0].id,
            app_id=app.pk,
            app_name="Chess",
            platform="whatsapp",
            started_at=chain[0].timestamp,
            size=3,
            depth=2,
            structural_virality=4 / 3,
            parents=[0, 1],
        )
    ]


def test_cascades_of__no_day_is_matured() -> None:
    today = local_day(utc_now(), reporting_zone())
    assert told_of(cohort_of(start=today, end=today)) is None


LONG_AGO = utc_now() - timedelta(days=2)


def relative(**question: Any) -> Cascades | None:
    cache.clear()
    return told_of(cohort_of(days=DAYS, now=NOW, **question))


def test_cascades_of__a_fresh_snapshot_comes_first(chain: list[Any]) -> None:
    find_cascades(DAYS, now=NOW)
    LinkStep.objects.all().delete()
    assert relative().forwarded == 1
    assert relative(platform="whatsapp").forwarded == 0
    assert told_of(cohort_of(days=DAYS + 1, now=NOW)).forwarded == 0


def test_cascades_of__an_old_one_when_there_is_too_much_to_look(
    app: Any, chain: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    find_cascades(DAYS, now=NOW)
    CascadeSnapshot.objects.update(made_at=LONG_AGO)
    assert relative().made_at > LONG_AGO
    monkeypatch.setattr(cascades, "MOST_RESHARES", 1)
    assert relative().made_at == LONG_AGO
    assert relative(app=app) is relative(platform="sms") is None
    CascadeSnapshot.objects.update(content={"version": 0})
    assert relative() is None


@pytest.mark.parametrize("window", [1, 30])
def test_cascades_of__a_snapshot_of_other_days_does_not_take_the_place_of_these(
    chain: list[Any], window: int
) -> None:
    find_cascades(DAYS, now=NOW)
    asked = cohort_of(days=DAYS, now=NOW, window=window)
    found = told_of(asked)
    assert (found.start, found.end) == (asked.matured.start, asked.matured.end)


def test_cascades_of__shares_on_of_older_shares_are_not_read_without_end(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = event(app, at=NOON - timedelta(days=1))
    day = NOON + timedelta(days=1)
    children = [event(app, at=day + timedelta(minutes=n), via=parent.id) for n in range(12)]
    write_shares([parent, *children])
    days = {"start": NOON.date(), "end": NOON.date() + timedelta(days=3)}
    assert told_of(cohort_of(**days)).forwarded == 0
    cache.clear()
    monkeypatch.setattr(cascades, "MOST_RESHARES", 10)
    assert told_of(cohort_of(**days)) is None


def test_cascades_of__not_among_too_many_steps(
    chain: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cascades, "MOST_STEPS", 1)
    assert relative() is None


def test_cascades_of__what_is_gone_is_not_told_of(app: Any, chain: list[Any]) -> None:
    find_cascades(DAYS, now=NOW)
    app.delete()
    found = relative()
    assert (found.roots, list(found.largest)) == (2, [])


def test_cascades_of__again_it_is_not_looked_for(
    chain: list[Any], django_assert_num_queries: Any
) -> None:
    cohort = cohort_of(start=FIRST, end=LAST)
    first = told_of(cohort)
    with django_assert_num_queries(2):
        assert told_of(cohort) == first


def find(*arguments: str) -> str:
    out = StringIO()
    call_command("find_cascades", *arguments, stdout=out)
    return out.getvalue()


def test_command__keeps_what_it_finds(app: Any) -> None:
    first = event(app, at=utc_now() - timedelta(days=20))
    write_shares([first, event(app, at=first.timestamp + timedelta(hours=1), via=first.id)])
    assert find("--days", "30").endswith(
        "1 shares began something, 1 of them led to others; the largest cascade has 2.\n"
    )
    assert CascadeSnapshot.objects.get().pk == 30


def test_command__nothing_yet() -> None:
    assert "0 shares began something" in find()
    assert CascadeSnapshot.objects.get().pk == 90
    assert find("--verbosity", "0") == ""


def test_command__all_pruned() -> None:
    State.objects.update(retained_from=utc_now() - timedelta(days=1))
    with pytest.raises(CommandError, match="pruned"):
        find()


@pytest.mark.parametrize("days", ["0", "366"])
def test_command__no_such_number_of_days(days: str) -> None:
    with pytest.raises(CommandError, match="from 1 to 365"):
        find("--days", days)


def test_find_cascades__killed_half_way_what_was_found_before_stays(chain: list[Any]) -> None:
    find_cascades(DAYS, now=NOW)
    before = CascadeSnapshot.objects.values().get()
    LinkStep.objects.all().delete()

    def kill(done: int, total: int, shares: int) -> None:
        assert 0 <= done <= total
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        find_cascades(DAYS, now=NOW, progress=kill)
    assert CascadeSnapshot.objects.values().get() == before


def visits(app: Any) -> list[Any]:
    """Of two shares: 3 visits within a day and 1 later; 2 within seven days."""
    one, two = (event(app, p, NOON + timedelta(days=1)) for p in ("whatsapp", "sms"))
    seen = [
        link_event(share, "visit", share.timestamp + timedelta(hours=hours))
        for share, hours in [(one, 1), (one, 2), (one, 24), (one, 25), (two, 3), (two, 60)]
    ]
    write_shares([one, two, *seen])
    return [one, two]


def test_largest_share_of_visits(app: Any, make_app: Callable[..., Any]) -> None:
    visits(app)
    days = {"start": FIRST, "end": LAST}

    def part(all_visits: int, **question: Any) -> float | None:
        return largest_part(cohort_of(**days, **question), all_visits)

    assert part(6) == 4 / 6
    assert part(4, window=1) == 3 / 4
    assert part(2, platform="sms") == 1
    assert part(6, app=app) == 4 / 6
    assert part(6, app=make_app("Other")) == 0
    assert part(0) is part(MOST_VISITS + 1) is None
    State.objects.update(retained_from=datetime(2026, 3, 12, tzinfo=reporting_zone()))
    assert part(6) is None


def test_largest_share_of_visits__too_many_to_look(app: Any) -> None:
    visits(app)
    find_cascades(DAYS, now=NOW)

    def part(now: datetime = NOW, **question: Any) -> float | None:
        cohort = cohort_of(days=DAYS, now=now, **question)
        return largest_part(cohort, MOST_VISITS + 1)

    assert part() == part(NOW + timedelta(days=1)) == 4 / 6
    # The days that ended a day ago have nothing: those that did a week ago have.
    assert part(window=1) is None
    assert part(NOW + timedelta(days=2)) is part(platform="sms") is part(app=app) is None
