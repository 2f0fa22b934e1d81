"""What is asked of a cohort, what it costs, and what is kept of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from django_share_analytics.models import AppCount, AppDay, SiteStepDay
from django_share_analytics.periods import DayRange, day_start
from django_share_analytics.stats import Reach
from django_share_analytics.steps import WINDOWS
from django_share_analytics.virality import share_virality
from django_share_analytics.virality.cohort import cohort_of, edges_of, is_over, last_matured
from django_share_analytics.virality.rates import multiplier_of
from django_share_analytics.writing.writer import write_shares
from tests.factories import NOON, event, link_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from django_share_analytics.events import ShareEvent

pytestmark = pytest.mark.django_db

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
NOW = NOON + 20 * DAY
RIYADH = ZoneInfo("Asia/Riyadh")


def shared(app: Any, n: int, *, days: int = 10, platform: str = "whatsapp") -> list[ShareEvent]:
    """So many shares on each day up to the tenth of March."""
    return [event(app, platform, NOON - day * DAY) for day in range(days) for _ in range(n)]


def visited(shares: list[ShareEvent], every: int = 1) -> list[Any]:
    return [link_event(share, "visit", share.timestamp + SECOND) for share in shares[::every]]


@pytest.fixture
def ten_days(app: Any) -> Any:
    """200 shares of an app, half of which brought somebody."""
    shares = shared(app, 20)
    write_shares([*shares, *visited(shares, 2)])
    return app


def test_matured__are_the_days_that_ended_a_window_ago() -> None:
    now = datetime(2026, 3, 20, 0, 0, tzinfo=RIYADH)
    cohort = cohort_of(days=30, window=7, now=now)
    assert cohort.matured == DayRange(date(2026, 2, 11), date(2026, 3, 12), RIYADH)
    asked = {"start": date(2026, 3, 1), "end": date(2026, 3, 20)}
    assert cohort_of(**asked, window=1, now=now).matured == DayRange(
        date(2026, 3, 1), date(2026, 3, 18), RIYADH
    )
    assert cohort_of(**asked, window=30, now=now).matured is None
    with pytest.raises(ValueError, match="1, 7, 30"):
        cohort_of(window=2)


@given(
    today=st.dates(date(2000, 1, 1), date(2030, 1, 1)),
    window=st.sampled_from(WINDOWS),
    zone=st.sampled_from(["America/New_York", "Europe/Berlin", "Africa/Cairo", "Asia/Riyadh"]),
)
@pytest.mark.once
def test_last_matured__of_any_day(today: date, window: int, zone: str) -> None:
    """Also where a clock was set forward, and the last share's window ends after midnight."""
    clock = ZoneInfo(zone)
    last, begun = last_matured(today, window, clock), day_start(today, clock)
    assert day_start(last + DAY, clock) + window * DAY <= begun
    assert day_start(last + 2 * DAY, clock) + window * DAY > begun


@pytest.mark.once
def test_last_matured__where_clocks_were_set_forward() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert last_matured(date(2026, 3, 29), 1, berlin) == date(2026, 3, 27)
    assert last_matured(date(2026, 3, 30), 1, berlin) == date(2026, 3, 27)
    assert last_matured(date(2026, 3, 31), 1, berlin) == date(2026, 3, 29)


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("asks_app", [False, True])
def test_window__ends_with_its_last_second(window: int, asks_app: bool, app: Any) -> None:
    share = event(app)
    end = share.timestamp + window * DAY
    write_shares([share, *(link_event(share, "click", end + n * SECOND) for n in (-1, 0, 1, 90))])
    now = NOON + (window + 1) * DAY
    answer = share_virality(days=1, window=window, app=app.pk if asks_app else None, now=now)
    assert answer.reach is not None
    assert answer.reach.clicks == 2
    assert edges_of(window)[-1] == window * 86_400


def test_answer__of_a_site(ten_days: Any) -> None:
    answer = share_virality(days=30, now=NOW)
    assert answer.reach is not None
    assert answer.rates is not None
    assert (answer.reach.shares, answer.reach.visits, answer.reach.reached) == (200, 100, 100)
    assert answer.rates.visits_per_share.value == pytest.approx(0.5)
    assert answer.rates.active_shares.value == pytest.approx(0.5)
    assert answer.rates.active_shares.of == 100
    assert answer.rates.reproduction.is_bounded
    assert answer.multiplier == 1.0
    (whatsapp,) = answer.platforms
    assert whatsapp.visits_per_share == answer.rates.visits_per_share
    (chess,) = answer.apps or []
    assert (chess.app_id, chess.app_name, chess.shares) == (ten_days.pk, str(ten_days), 200)
    assert chess.visits_per_share == answer.rates.visits_per_share


def test_answer__per_hundred_shares(ten_days: Any) -> None:
    shares = shared(ten_days, 5, platform="x")
    write_shares([*shares, *(link_event(share, "conversion", detail="buy") for share in shares)])
    rates = share_virality(days=30, now=NOW).rates
    assert rates is not None
    assert rates.conversions_per_100_shares.value == pytest.approx(100 * 50 / 250)


def test_answer__of_an_app_leaves_out_what_is_not_counted(ten_days: Any) -> None:
    answer = share_virality(days=30, app=ten_days, now=NOW)
    assert answer.reach == share_virality(days=30, now=NOW).reach
    assert answer.rates == share_virality(days=30, now=NOW).rates
    left_out = "cycle_time", "previews", "visits_in", "goals", "apps", "placements"
    assert [getattr(answer, name) for name in left_out] == [None] * len(left_out)


def test_answer__of_no_day(ten_days: Any) -> None:
    today = {"start": NOON.date(), "end": NOON.date(), "now": NOON}
    of_site = share_virality(**today)
    assert (of_site.reach, of_site.rates, of_site.cohort.matured) == (None, None, None)
    assert (of_site.apps, of_site.goals, of_site.multiplier) == ((), {}, None)
    assert share_virality(app=ten_days, **today).apps is None


def test_answer__of_an_empty_site() -> None:
    answer = share_virality(now=NOW)
    assert answer.reach is not None
    assert (answer.reach.shares, answer.multiplier, answer.platforms) == (0, None, [])
    assert len(answer.weeks) == 12


def test_multiplier__where_every_share_led_to_one(app: Any) -> None:
    parent = event(app)
    child = event(app, at=NOON + SECOND, via=parent.id)
    write_shares([parent, child])
    assert share_virality(now=NOW).multiplier == 2.0
    write_shares([event(app, at=NOON + 5 * DAY, via=child.id)])
    assert share_virality(start=NOON.date(), end=NOON.date(), now=NOW).multiplier is None


@pytest.mark.parametrize(("shares", "reshares"), [(0, -1), (-5, -10), (3, -1), (0, 0)])
def test_multiplier__of_counts_that_have_drifted(shares: int, reshares: int) -> None:
    """What one comes to see when numbers look odd must not fail by them."""
    other = dict.fromkeys(
        ("previews", "clicks", "visits", "reached", "forwarded", "conversions"), 0
    )
    assert multiplier_of(Reach(shares=shares, reshares=reshares, **other)) is None
    day = NOON.date()
    SiteStepDay.objects.create(day=day, platform="sms", kind="reshare", detail="", age=3, n=-1)
    assert share_virality(now=NOW).multiplier is None


def test_apps__of_counts_that_have_drifted(ten_days: Any) -> None:
    """Nothing is said, as of the app itself, and no other app is held up by it."""
    (count,) = AppCount.objects.all()
    AppDay.objects.filter(app_count=count, day=NOON.date()).update(n=-1)
    (app,) = share_virality(days=30, now=NOW).apps or []
    assert not app.visits_per_share.is_known


def test_apps__by_the_lower_end_and_others_by_visits(make_app: Callable[..., Any]) -> None:
    names = "Sure", "Rare", "Loud", "Few", "Nobody"
    sure, rare, loud, few, nobody = (make_app(name) for name in names)
    events: list[Any] = []
    for app, n, every in ((sure, 30, 2), (rare, 60, 10), (loud, 10, 1), (few, 1, 1)):
        shares = shared(app, n)
        events += [*shares, *visited(shares, every)]
    write_shares([*events, *shared(nobody, 1)])
    apps = share_virality(days=30, now=NOW).apps or []
    assert [each.app_name for each in apps] == ["Sure", "Rare", "Loud", "Few"]
    assert [each.visits_per_share.is_known for each in apps] == [True, True, False, False]


def test_apps__are_ten_at_most(make_app: Callable[..., Any]) -> None:
    shares = [event(make_app(str(n))) for n in range(12)]
    write_shares([*shares, *visited(shares), *visited(shares[5:6])])
    apps = share_virality(days=30, now=NOW).apps or []
    assert len(apps) == 10
    assert apps[0].app_name == "5"


def test_apps__have_the_names_of_now(ten_days: Any) -> None:
    assert [each.app_name for each in share_virality(days=30, now=NOW).apps or []] != ["Go"]
    type(ten_days).objects.update(name="Go")
    assert [each.app_name for each in share_virality(days=30, now=NOW).apps or []] == ["Go"]


def queries_of(**question: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        share_virality(now=NOW, **question)
    return len(captured)


@pytest.mark.parametrize(
    ("question", "first", "again"),
    [({}, 18, 3), ({"platform": "whatsapp"}, 16, 2), ({"app": 1}, 7, 1)],
)
def test_queries__are_as_many_whatever_there_is(
    question: dict[str, Any], first: int, again: int, ten_days: Any, make_app: Callable[..., Any]
) -> None:
    if "app" in question:
        question = {"app": ten_days.pk}
    assert (queries_of(**question), queries_of(**question)) == (first, again)
    more = [share for n in range(40) for share in shared(make_app(str(n)), 2, days=3)]
    write_shares([*more, *visited(more)])
    cache.clear()
    assert (queries_of(**question), queries_of(**question)) == (first, again)


def test_kept__until_something_becomes_of_a_share_of_these_days(ten_days: Any) -> None:
    before = share_virality(days=30, now=NOW).reach
    share = shared(ten_days, 1, days=1)[0]
    write_shares([share])
    with_share = share_virality(days=30, now=NOW).reach
    write_shares(visited([share]))
    with_visit = share_virality(days=30, now=NOW).reach
    found = [(each.shares, each.visits) for each in (before, with_share, with_visit) if each]
    assert found == [(200, 100), (201, 100), (201, 101)]


def test_kept__not_of_days_that_are_not_over(app: Any) -> None:
    """Whoever asks from the future gets what is there now, each time, and of all parts."""
    today = datetime.now(UTC)
    later = today + 20 * DAY
    write_shares([event(app, at=today, placement="top")])
    assert not is_over(cohort_of(days=30, now=later), today.date())
    for n in (1, 2):
        answer = share_virality(days=30, now=later)
        assert answer.reach is not None
        assert answer.reach.shares == n
        assert [each.shares for each in answer.placements or []] == [n]
        assert answer.cascades is not None
        assert answer.cascades.roots == n
        write_shares([event(app, at=today, placement="top")])
