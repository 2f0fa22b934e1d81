"""Rows and counts of what became of shares: damaged by hand, found, and put right."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics import models
from django_share_analytics.counts import state
from django_share_analytics.models import LinkStep, Share, State
from django_share_analytics.periods import local_day
from django_share_analytics.steps import (
    CLICK,
    FORWARDED,
    REACHED,
    RESHARE,
    STORED,
    VISIT,
    age_of,
    fact_id,
)
from django_share_analytics.upkeep import repair, verification
from django_share_analytics.upkeep import steps as step_rows
from django_share_analytics.upkeep.audit import audit_counts
from django_share_analytics.upkeep.pruning import prune
from django_share_analytics.writing.writer import write_shares
from tests.examples import examples
from tests.factories import (
    NOON,
    counted_by_hand,
    event,
    link_event,
    steps_counted_by_hand,
    stored_counts,
    stored_step_counts,
)
from tests.histories import APPS, History, check_rows, histories, undone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
COUNTS = (models.SiteStepDay, models.AppStepDay, models.PlacementStepDay)


@pytest.fixture
def shares(app: Any) -> list[Any]:
    """A share that was visited twice and shared on, and that second one, with a placement each."""
    first = event(app, placement="top")
    second = event(app, "x", NOON + DAY, placement="end", via=first.id)
    write_shares([first, second])
    for share in (first, second):
        seen = [(CLICK, 0), (VISIT, 2), (VISIT, 100)]
        write_shares([link_event(share, kind, share.timestamp + n * HOUR) for kind, n in seen])
    return [first, second]


def found(**options: Any) -> dict[str, tuple[int, int, int, int]]:
    """What is wrong in each table: counts, missing steps, surplus steps, orphans."""
    return {
        name: (drift.counts, drift.missing, drift.surplus, drift.orphans)
        for name, drift in audit_counts(**options).drift.items()
        if drift.found
    }


def check_repair() -> None:
    audit = audit_counts(repair=True)
    assert audit.found
    assert audit.is_exact
    check_rows()
    assert found() == {}


def rows_of(share: Any, *kinds: str) -> Any:
    return LinkStep.objects.filter(share=share.id, kind__in=kinds)


def test_audit__when_all_is_well(shares: Any) -> None:
    assert found() == {}


def test_audit__finds_counts_that_are_missing(shares: Any) -> None:
    for model in COUNTS:
        model.objects.all().delete()
    # Of the first share three steps, a re-share, and two facts; of the second three and a fact.
    assert found() == {
        "SiteStepDay": (10, 10, 0, 0),
        "AppStepDay": (10, 10, 0, 0),
        "PlacementStepDay": (12, 12, 0, 0),
    }
    check_repair()


def test_audit__finds_counts_that_are_too_high(shares: Any) -> None:
    models.SiteStepDay.objects.filter(kind=VISIT).update(n=F("n") + 2)
    models.PlacementStepDay.objects.filter(kind="share").update(n=0)
    models.AppStepDay.objects.update(click=F("click") + 1, conversion=-1)
    assert found() == {
        "SiteStepDay": (4, 0, 8, 0),
        "AppStepDay": (8, 4, 4, 0),
        "PlacementStepDay": (2, 2, 0, 0),
    }
    check_repair()


def test_audit__finds_counts_of_days_without_shares(shares: Any) -> None:
    pair = models.AppPlatformCount.objects.first()
    day = date(2026, 6, 1)
    models.AppStepDay.objects.create(app_platform=pair, day=day, within=7, visit=3)
    models.SiteStepDay.objects.create(
        day=date(2026, 2, 1), platform="x", kind=CLICK, detail="", age=5, n=-2
    )
    models.PlacementStepDay.objects.create(
        day=date(2026, 1, 1), placement="gone", platform="x", kind="share", within=1, n=4
    )
    assert found() == {
        "AppStepDay": (1, 0, 3, 0),
        "SiteStepDay": (1, 2, 0, 0),
        "PlacementStepDay": (1, 0, 4, 0),
    }
    check_repair()


def test_audit__finds_counts_that_belong_to_nothing(shares: Any) -> None:
    n = models.AppStepDay.objects.count()
    models.AppPlatformCount.objects.all().delete()
    assert found()["AppStepDay"] == (10, 10, 0, n)
    check_repair()
    assert models.AppStepDay.objects.count() == n


def test_audit__finds_steps_whose_share_is_gone(shares: Any) -> None:
    write_shares([event(shares[0].app_id)])
    Share.objects.filter(pk=shares[1].id)._raw_delete("default")  # type: ignore[attr-defined]
    wrong = found()
    # Its four steps; and the first share has not been shared on, as far as one can tell.
    assert wrong["LinkStep"] == (2, 0, 2, 4)
    check_repair()
    assert not rows_of(shares[0], RESHARE, FORWARDED).exists()


def test_audit__finds_facts_that_are_missing(shares: Any) -> None:
    LinkStep.objects.filter(kind__in=[REACHED, FORWARDED]).delete()
    assert found()["LinkStep"] == (3, 3, 0, 0)
    check_repair()
    assert rows_of(shares[0], REACHED).get().timestamp == NOON + 2 * HOUR
    assert rows_of(shares[0], FORWARDED).get().timestamp == NOON + DAY


def test_audit__finds_facts_that_nothing_bears_out(shares: Any) -> None:
    rows_of(shares[0], VISIT).delete()
    rows_of(shares[1], VISIT).first().delete()
    fact = LinkStep(id=fact_id(shares[1].id, FORWARDED), share_id=shares[1].id, kind=FORWARDED)
    fact.timestamp = NOON
    fact.save()
    assert found()["LinkStep"] == (2, 0, 2, 0)
    check_repair()
    assert rows_of(shares[1], REACHED, FORWARDED).get().kind == REACHED


def test_audit__finds_a_fact_that_is_there_twice(shares: Any) -> None:
    LinkStep.objects.create(id=uuid4(), share_id=shares[0].id, kind=REACHED, timestamp=NOON)
    assert found()["LinkStep"] == (1, 0, 1, 0)
    check_repair()
    assert rows_of(shares[0], REACHED).get().pk == fact_id(shares[0].id, REACHED)


def test_audit__of_some_days(shares: Any) -> None:
    LinkStep.objects.filter(kind=REACHED).delete()
    models.SiteStepDay.objects.filter(kind=CLICK).update(n=7)
    LinkStep.objects.create(id=uuid4(), share_id=uuid4(), kind=CLICK, timestamp=NOON)
    tenth = NOON.date()
    assert found(start=tenth, end=tenth)["LinkStep"] == (1, 1, 0, 0)
    audit_counts(tenth, tenth, repair=True)
    assert found(start=tenth, end=tenth) == {}
    assert found()["LinkStep"] == (1, 1, 0, 1)
    check_repair()


def test_audit__in_small_pieces(shares: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "ROWS_AT_ONCE", 1)
    monkeypatch.setattr(repair, "REPAIR_BATCH_SIZE", 1)
    monkeypatch.setattr("django_share_analytics.upkeep.audit.FACTS_AT_ONCE", 1)
    monkeypatch.setattr(step_rows, "ORPHANS_AT_ONCE", 1)
    LinkStep.objects.filter(kind=REACHED).delete()
    models.AppStepDay.objects.all().delete()
    for _ in range(3):
        LinkStep.objects.create(id=uuid4(), share_id=uuid4(), kind=CLICK, timestamp=NOON)
    check_repair()


def test_repair__says_that_closed_days_have_changed(shares: Any) -> None:
    before = state.link_days_version()
    audit_counts(repair=True)
    assert state.link_days_version() == before
    LinkStep.objects.filter(kind=REACHED).delete()
    audit_counts(repair=True)
    assert state.link_days_version() != before


def damage(data: st.DataObject, share_ids: Sequence[Any]) -> None:
    """What somebody does past this package."""
    steps, shares = LinkStep.objects.all(), Share.objects.all()
    some = data.draw(st.sets(st.sampled_from(share_ids)), label="shares")
    kinds = data.draw(st.sets(st.sampled_from(STORED)), label="kinds")
    match data.draw(st.sampled_from(["rows", "shares", "made up", "facts", "counts", "no counts"])):
        case "rows":
            steps.filter(share__in=some, kind__in=kinds).delete()
        case "shares":
            shares.filter(pk__in=some)._raw_delete("default")  # type: ignore[attr-defined]
        case "made up":
            for kind in kinds:
                for share in [*some, uuid4()]:
                    LinkStep.objects.create(id=uuid4(), share_id=share, kind=kind, timestamp=NOON)
        case "facts":
            for share in some:
                id = fact_id(share, FORWARDED)
                row = {"share_id": share, "kind": FORWARDED, "timestamp": NOON + DAY}
                LinkStep.objects.get_or_create(id=id, defaults=row)
        case "counts":
            models.SiteStepDay.objects.filter(kind__in=kinds).update(n=F("n") - 1)
            models.PlacementStepDay.objects.filter(kind__in=kinds).update(n=5)
            models.AppStepDay.objects.update(**dict.fromkeys(kinds or [CLICK], 2))
        case "no counts":
            data.draw(st.sampled_from([*COUNTS, models.AppPlatformCount])).objects.all().delete()


@pytest.mark.slow
@settings(
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories(), data=st.data())
def test_repair__of_whatever_was_done_to_the_tables(
    history: History, data: st.DataObject, make_app: Callable[..., Any]
) -> None:
    with undone():
        shares, seen = history.events([make_app() for _ in range(APPS)])
        write_shares([*shares, *seen])
        for _ in range(data.draw(st.integers(1, 3))):
            damage(data, [share.id for share in shares])
        is_right = stored_step_counts() == steps_counted_by_hand()
        is_right &= stored_counts() == counted_by_hand()
        assert is_right or not audit_counts().is_exact
        assert audit_counts(repair=True).is_exact
        check_rows()
        assert found() == {}


def test_prune__takes_steps_along_and_keeps_their_counts(shares: Any) -> None:
    before = stored_step_counts()
    prune(date(2026, 3, 11))
    assert set(LinkStep.objects.values_list("share", flat=True)) == {shares[1].id}
    assert stored_step_counts() == before
    assert found() == {}
    late = [link_event(shares[0], VISIT, NOON + 50 * DAY), link_event(shares[1], CLICK)]
    assert write_shares(late).recorded == late[1:]
    assert {row for row in stored_step_counts()["site"] if row[0] == NOON.date()} == {
        row for row in before["site"] if row[0] == NOON.date()
    }
    assert found() == {}


def test_audit__of_pruned_days(shares: Any) -> None:
    """What is below 0 can't be; all else is believed."""
    prune(date(2026, 3, 11))
    models.SiteStepDay.objects.filter(kind=CLICK, platform="whatsapp").update(n=-3)
    models.AppStepDay.objects.filter(app_platform__platform="whatsapp").update(preview=-1, visit=9)
    models.PlacementStepDay.objects.filter(placement="top", kind="share").update(n=-7)
    assert found() == {
        "SiteStepDay": (1, 3, 0, 0),
        "AppStepDay": (2, 2, 0, 0),
        "PlacementStepDay": (1, 7, 0, 0),
    }
    assert audit_counts(repair=True).is_exact
    assert found() == {}
    assert min(models.SiteStepDay.objects.values_list("n", flat=True)) == 0


def test_deleting_an_app__after_a_prune(shares: Any, app: Any) -> None:
    """As with the hours of shares, the site keeps what it counted on pruned days."""
    prune(date(2026, 3, 11))
    site = stored_step_counts()["site"]
    app.delete()
    assert stored_step_counts()["app"] == {}
    assert stored_step_counts()["site"] == {
        key: n for key, n in site.items() if key[0] == NOON.date()
    }
    assert found() == {}


ZONES = ["Asia/Riyadh", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati", "Etc/GMT+12"]


def without_days(counts: dict[str, dict[Any, int]]) -> Counter[Any]:
    """What no zone changes: the steps of the site, whatever the day."""
    sums: Counter[Any] = Counter()
    for (_, *key), n in counts["site"].items():
        sums[tuple(key)] += n
    return sums


def by_hand(rows: list[Any], watermark: datetime, was: str, zone: str) -> dict[Any, int]:
    """The steps of the site: before the watermark in the zone ``was``, and since in ``zone``."""
    counts: Counter[Any] = Counter()
    for shared_at, platform, kind, detail, at in rows:
        day = local_day(shared_at, ZoneInfo(was if shared_at < watermark else zone))
        counts[day, platform, kind, detail, age_of(at - shared_at)] += 1
    return dict(counts)


@pytest.mark.slow
@settings(
    max_examples=examples(40),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    history=histories(max_shares=20, max_steps=20),
    was=st.sampled_from(ZONES),
    zone=st.sampled_from(ZONES),
    is_pruned=st.booleans(),
)
def test_zone_change__counts_steps_as_it_counts_shares(
    history: History,
    was: str,
    zone: str,
    is_pruned: bool,
    make_app: Callable[..., Any],
    settings: Any,
) -> None:
    with undone():
        settings.TIME_ZONE = was
        State.objects.update(reporting_zone=was, retained_from=None, needs_recount=False)
        shares, seen = history.events([make_app() for _ in range(APPS)])
        write_shares([*shares, *seen])
        of_step = ("share__timestamp", "share__platform", "kind", "detail", "timestamp")
        rows = list(LinkStep.objects.values_list(*of_step))
        watermark = datetime(1970, 1, 1, tzinfo=UTC)
        if is_pruned:
            prune(date(2026, 3, 12))
            watermark = State.objects.get().retained_from
        before = without_days(stored_step_counts())
        settings.TIME_ZONE = zone
        assert audit_counts(repair=True).is_exact
        assert found() == {}
        counts = stored_step_counts()
        assert without_days(counts) == before
        assert counts["site"] == by_hand(rows, watermark, was, zone)
        if not is_pruned:
            check_rows()
