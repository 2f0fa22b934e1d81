"""Shares that are discarded: what was shown, or nothing; rows, steps and counts at once."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from django_share_analytics.conf import reporting_zone
from django_share_analytics.models import LinkStep, Share
from django_share_analytics.periods import DayRange, local_day
from django_share_analytics.steps import RESHARE, VISIT
from django_share_analytics.upkeep import discarding
from django_share_analytics.upkeep.audit import audit_counts
from django_share_analytics.upkeep.discarding import discard_shares
from django_share_analytics.upkeep.look_alikes import AGENT, NO_VISITOR, VISITOR, Asked, Mark
from django_share_analytics.writing.writer import write_shares
from tests.factories import (
    NOON,
    counted_by_hand,
    event,
    link_event,
    steps_counted_by_hand,
    stored_counts,
    stored_step_counts,
)

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

UNTIL = NOON + timedelta(hours=1)


@pytest.fixture
def asked(app: Any) -> Asked:
    zone = reporting_zone()
    day = local_day(NOON, zone)
    return Asked(app.pk, DayRange(day, day, zone), UNTIL)


def left(app: Any) -> Counter[tuple[int | None, str]]:
    return Counter(Share.objects.for_app(app).values_list("visitor", "user_agent"))


def nothing(mark: Mark) -> None:
    """In the place of what is written down."""


@pytest.mark.parametrize(
    ("mark", "goes"),
    [
        (Mark(VISITOR, 1), {(1, "curl"): 2, (1, "wget"): 1}),
        (Mark(AGENT, "curl"), {(1, "curl"): 2, (2, "curl"): 1, (None, "curl"): 3}),
        (Mark(NO_VISITOR, "curl"), {(None, "curl"): 3}),
    ],
)
def test_discard__takes_what_has_the_mark_and_nothing_else(
    app: Any, make_app: Callable[..., Any], asked: Asked, mark: Mark, goes: dict[Any, int]
) -> None:
    kinds = [(1, "curl"), (1, "curl"), (1, "wget"), (2, "curl"), (2, "wget"), (None, "CURL"),
             (None, "curl "), (None, ""), *[(None, "curl")] * 3]  # fmt: skip
    for visitor, agent in kinds:
        write_shares([event(app, visitor=visitor, user_agent=agent)])
    apart = [
        event(make_app(), visitor=1, user_agent="curl"),
        event(app, at=NOON - timedelta(days=1), visitor=1, user_agent="curl"),
        event(app, at=UNTIL, visitor=1, user_agent="curl"),
    ]
    write_shares(apart)
    before = left(app)
    assert discard_shares(asked, mark.name, sum(goes.values()), nothing) == sum(goes.values())
    assert before - left(app) == Counter(goes)
    assert Share.objects.filter(pk__in=[share.id for share in apart]).count() == 3
    assert stored_counts() == counted_by_hand()


def test_discard__takes_steps_along_and_leaves_those_of_others(app: Any, asked: Asked) -> None:
    parent, kept = event(app, visitor=1), event(app, visitor=3)
    own = event(app, visitor=1, via=kept.id, at=NOON + timedelta(minutes=6))
    write_shares([parent, kept])
    child = event(app, visitor=2, via=parent.id, at=NOON + timedelta(minutes=5))
    steps = [link_event(share, VISIT, NOON + timedelta(minutes=2)) for share in (parent, kept)]
    write_shares([child, own, *steps])
    assert LinkStep.objects.filter(kind=RESHARE).count() == 2
    assert discard_shares(asked, Mark(VISITOR, 1).name, 2, nothing) == 2
    assert set(Share.objects.values_list("pk", flat=True)) == {child.id, kept.id}
    assert set(LinkStep.objects.values_list("share", flat=True)) == {kept.id}
    assert not LinkStep.objects.filter(kind=RESHARE).exists()
    assert stored_counts() == counted_by_hand()
    assert stored_step_counts() == steps_counted_by_hand()
    assert audit_counts().is_exact


@pytest.mark.parametrize("shown", [1, 3])
def test_discard__when_there_are_others_than_were_shown_does_nothing(
    app: Any, asked: Asked, shown: int
) -> None:
    write_shares([event(app, visitor=1) for _ in range(2)])
    written: list[Mark] = []
    assert discard_shares(asked, Mark(VISITOR, 1).name, shown, written.append) == 2
    assert (Share.objects.count(), written) == (2, [])


def test_discard__of_an_app_that_is_gone(app: Any, asked: Asked) -> None:
    write_shares([event(app, visitor=1)])
    app.delete()
    assert discard_shares(asked, Mark(VISITOR, 1).name, 1, nothing) == 0


def test_discard__is_undone_when_it_cannot_be_written_down(app: Any, asked: Asked) -> None:
    def fail(mark: Mark) -> None:
        raise RuntimeError("no log")

    write_shares([event(app, visitor=1)])
    with pytest.raises(RuntimeError, match="no log"):
        discard_shares(asked, Mark(VISITOR, 1).name, 1, fail)
    assert Share.objects.count() == 1
    assert stored_counts() == counted_by_hand()


def test_discard__of_more_than_a_statement_holds(
    app: Any, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django_share_analytics.counts.deletion.SHARES_AT_ONCE", 3)
    write_shares([event(app, visitor=1, at=NOON - timedelta(minutes=n)) for n in range(10)])
    assert discard_shares(asked, Mark(VISITOR, 1).name, 10, nothing) == 10
    assert stored_counts() == counted_by_hand()


@pytest.mark.django_db(transaction=True)
def test_discard__by_two_while_others_write_is_done_once(app: Any, asked: Asked) -> None:
    write_shares([event(app, visitor=1) for _ in range(200)])
    found: list[int] = []
    written: list[Mark] = []
    start = threading.Barrier(3)

    def go() -> None:
        start.wait()
        found.append(discard_shares(asked, Mark(VISITOR, 1).name, 200, written.append))
        connection.close()

    def write() -> None:
        start.wait()
        for _ in range(10):
            shares = [event(app, visitor=2) for _ in range(20)]
            write_shares([*shares, *(link_event(share, VISIT) for share in shares)])
        connection.close()

    together(go, go, write)
    assert sorted(found) == [0, 200]
    assert len(written) == 1
    assert set(Share.objects.values_list("visitor", flat=True)) == {2}
    assert Share.objects.count() == LinkStep.objects.filter(kind=VISIT).count() == 200
    assert stored_counts() == counted_by_hand()
    assert audit_counts().is_exact


@pytest.mark.django_db(transaction=True)
def test_discard__keeps_writers_out_between_looking_and_deleting(
    app: Any, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A share of the same visitor that comes late, as out of a journal, isn't swept along."""
    write_shares([event(app, visitor=1) for _ in range(5)])
    late, delete = event(app, visitor=1), discarding._delete

    def write() -> None:
        write_shares([late])
        connection.close()

    writer = threading.Thread(target=write)

    def write_then_delete(*given: Any) -> None:
        writer.start()
        writer.join(0.5)
        delete(*given)

    monkeypatch.setattr(discarding, "_delete", write_then_delete)
    assert discard_shares(asked, Mark(VISITOR, 1).name, 5, nothing) == 5
    writer.join()
    assert list(Share.objects.values_list("pk", flat=True)) == [late.id]
    assert stored_counts() == counted_by_hand()


def together(*works: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
