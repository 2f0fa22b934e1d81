"""Shares go, and what became of them goes along: rows, facts, counts, and what waits."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics.events import utc_now
from django_share_analytics.models import AppStepDay, LinkStep, Share, WaitingStep
from django_share_analytics.steps import VISIT
from django_share_analytics.writing.writer import write_shares
from tests.examples import examples
from tests.factories import (
    NOON,
    event,
    link_event,
    stored_step_counts,
)
from tests.histories import APPS, History, check_rows, histories, undone

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def kinds_of(share: Any) -> list[str]:
    return sorted(LinkStep.objects.filter(share=share.id).values_list("kind", flat=True))


def delete(share: Any) -> None:
    Share.objects.filter(pk=share.id).delete()


def test_delete_child__takes_its_re_share_along(app: Any) -> None:
    parent = event(app, placement="top")
    one, two = (event(app, at=NOON + n * DAY, via=parent.id) for n in (1, 2))
    write_shares([parent, one, two])
    delete(one)
    assert kinds_of(parent) == ["forwarded", "reshare"]
    check_rows()
    delete(two)
    assert kinds_of(parent) == []
    check_rows()


def test_delete_parent__keeps_the_child(app: Any) -> None:
    parent = event(app)
    child = event(app, at=NOON + DAY, via=parent.id, placement="top")
    write_shares([parent, child, link_event(parent, VISIT), link_event(child, VISIT)])
    delete(parent)
    assert kinds_of(child) == ["reached", "visit"]
    assert LinkStep.objects.count() == 2
    check_rows()


def test_delete__parent_and_child_at_once(app: Any) -> None:
    parent = event(app)
    write_shares([parent, event(app, at=NOON + DAY, via=parent.id, placement="top")])
    assert Share.objects.all().delete() == (2, {"share_analytics.Share": 2})
    assert LinkStep.objects.count() == 0
    check_rows()


def test_delete__by_a_condition_on_the_steps_that_go(app: Any) -> None:
    shares = [event(app, at=NOON + n * HOUR) for n in range(3)]
    write_shares([*shares, link_event(shares[1], VISIT)])
    assert Share.objects.filter(steps__kind=VISIT).delete()[0] == 1
    assert not Share.objects.filter(pk=shares[1].id).exists()
    assert LinkStep.objects.count() == 0
    check_rows()


def test_delete__in_portions(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django_share_analytics.counts.deletion.SHARES_AT_ONCE", 2)
    first = event(app)
    children = [event(app, at=NOON + n * HOUR, via=first.id) for n in range(1, 6)]
    write_shares([first, *children, link_event(first, VISIT)])
    chosen = Share.objects.exclude(pk=first.id)
    list(chosen)
    assert chosen.delete() == (5, {"share_analytics.Share": 5})
    assert list(chosen) == []
    assert kinds_of(first) == ["reached", "visit"]
    check_rows()


def test_delete__takes_along_what_waits(app: Any) -> None:
    share, child, other = event(app), event(app), event(app)
    write_shares([share, child])
    values = {"app_key": str(app.pk), "timestamp": NOON, "since": utc_now()}
    for row in (
        {"id": event(app).id, "share_id": share.id, "kind": VISIT},
        {"id": child.id, "share_id": other.id, "kind": "reshare"},
        {"id": event(app).id, "share_id": other.id, "kind": VISIT},
    ):
        WaitingStep.objects.create(**values, **row)
    Share.objects.filter(pk__in=[share.id, child.id]).delete()
    assert WaitingStep.objects.get().share_id == other.id


def test_delete_app__takes_all_along(make_app: Callable[..., Any]) -> None:
    chess, maps = make_app(), make_app()
    for app in (chess, maps):
        share = event(app, placement="top")
        child = event(app, at=NOON + DAY, via=share.id)
        write_shares([share, child, link_event(share, VISIT), link_event(child, VISIT)])
    key = chess.pk
    chess.delete()
    assert set(LinkStep.objects.values_list("share__app", flat=True)) == {maps.pk}
    assert not AppStepDay.objects.exclude(app_platform__app=maps.pk).exists()
    assert key not in {row[0] for row in stored_step_counts()["app"]}
    check_rows()


def test_delete_app__in_a_migration_from_before_there_were_links(
    app: Any, app_model: type[Model]
) -> None:
    write_shares([event(app)])
    state = MigrationLoader(connection).project_state([("share_analytics", "0001_initial")])
    state.apps.get_model(app_model._meta.label).objects.filter(pk=app.pk).delete()
    assert Share.objects.count() == 0
    check_rows()


@pytest.mark.slow
@settings(
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories(), data=st.data())
def test_delete__whatever_in_whatever_order(
    history: History, data: st.DataObject, make_app: Callable[..., Any]
) -> None:
    with undone():
        apps = [make_app() for _ in range(APPS)]
        shares, seen = history.events(apps)
        write_shares(data.draw(st.permutations([*shares, *seen])))
        check_rows()
        for _ in range(data.draw(st.integers(1, 3))):
            keys = [share.id for share in shares]
            some = data.draw(st.sets(st.sampled_from(keys)))
            match data.draw(st.sampled_from(["some", "one", "steps", "app"])):
                case "some":
                    Share.objects.filter(pk__in=some).delete()
                case "one":
                    for share in Share.objects.filter(pk__in=list(some)[:1]):
                        share.delete()
                case "steps":
                    Share.objects.filter(steps__kind=VISIT, pk__in=some).delete()
                case "app":
                    if (app := data.draw(st.sampled_from(apps))).pk:
                        app.delete()
            check_rows()
