"""Whoever wants to know is told once that an app was shared a round number of times."""

from __future__ import annotations

import io
import os
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics.exceptions import WriteConflict
from django_share_analytics.models import AppCount, Share
from django_share_analytics.places import current_tenant
from django_share_analytics.signals import share_milestone
from django_share_analytics.sql.reading import rows_with
from django_share_analytics.writing import milestones, writer
from django_share_analytics.writing.batches import write_batch
from django_share_analytics.writing.milestones import milestones_in, of_long_ago
from django_share_analytics.writing.writer import write_shares
from tests.factories import event
from tests.tenancy import at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django_share_analytics.events import ShareEvent

pytestmark = [pytest.mark.django_db(transaction=True)]
if os.environ.get("TEST_DATABASE", "sqlite") != "sqlite":
    # Emptying the tables of a server after each of them takes long.
    pytestmark.append(pytest.mark.slow)

Heard = list[tuple[Any, int, int]]


@pytest.fixture
def heard() -> Iterator[Heard]:
    """Every call: (app, milestone, total)."""
    calls: Heard = []

    def hear(app_id: Any, milestone: int, total: int, **kwargs: Any) -> None:
        calls.append((app_id, milestone, total))

    share_milestone.connect(hear)
    yield calls
    share_milestone.disconnect(hear)


@pytest.fixture
def from_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first is 10: a hundred shares say no more than ten."""
    monkeypatch.setattr(milestones, "FIRST_MILESTONE", 10)


def shares(app: Any, n: int) -> list[ShareEvent]:
    return [event(app) for _ in range(n)]


@pytest.mark.parametrize(
    ("before", "total", "found"),
    [
        (0, 99, []),
        (0, 100, [100]),
        (99, 100, [100]),
        (100, 999, []),
        (99, 1_000, [100, 1_000]),
        (500, 12_345, [1_000, 10_000]),
        (100_000, 1_000_000, [1_000_000]),
    ],
)
def test_milestones_in(before: int, total: int, found: list[int]) -> None:
    assert milestones_in(before, total) == found


def test_milestone__is_said_with_the_share_that_reaches_it(app: Any, heard: Heard) -> None:
    write_shares(shares(app, 99))
    assert heard == []
    write_shares(shares(app, 1))
    write_shares(shares(app, 1))
    assert heard == [(app.pk, 100, 100)]


def test_milestone__says_what_where_and_of_whom(app: Any) -> None:
    said: list[dict[str, Any]] = []

    def hear(**kwargs: Any) -> None:
        said.append(kwargs)

    share_milestone.connect(hear)
    write_shares(shares(app, 105))
    share_milestone.disconnect(hear)
    (call,) = said
    assert call.pop("signal") is share_milestone
    where = {"sender": Share, "using": "default", "tenant": ""}
    assert call == {**where, "app_id": app.pk, "milestone": 100, "total": 105}


@pytest.mark.usefixtures("from_ten")
class TestOnce:
    """Small numbers from here on."""

    def test_of_several_in_one_batch(self, make_app: Callable[..., Any], heard: Heard) -> None:
        chess, maps = make_app(), make_app()
        write_shares([*shares(chess, 120), *shares(maps, 10), *shares(make_app(), 9)])
        assert [call for call in heard if call[0] == chess.pk] == [
            (chess.pk, 10, 120),
            (chess.pk, 100, 120),
        ]
        assert [call for call in heard if call[0] != chess.pk] == [(maps.pk, 10, 10)]

    def test_when_delivered_twice(self, app: Any, heard: Heard) -> None:
        batch = shares(app, 10)
        for delivered in (batch[:6], batch, batch, [*batch, *batch]):
            write_shares(delivered)
        assert heard == [(app.pk, 10, 10)]

    def test_when_shares_go_and_others_come(self, app: Any, heard: Heard) -> None:
        write_shares(shares(app, 12))
        for _ in range(2):
            some = list(Share.objects.values_list("pk", flat=True)[:5])
            Share.objects.filter(pk__in=some).delete()
            write_shares(shares(app, 5))
        assert heard == [(app.pk, 10, 12)]
        write_shares(shares(app, 100))
        assert heard == [(app.pk, 10, 12), (app.pk, 100, 112)]

    def test_when_the_app_goes_and_another_takes_its_key(
        self, app: Any, make_app: Callable[..., Any], heard: Heard
    ) -> None:
        key = app.pk
        write_shares(shares(app, 10))
        app.delete()
        write_shares(shares(make_app(pk=key), 10))
        assert heard == [(key, 10, 10)] * 2

    def test_when_a_batch_is_written_again_for_another_writer(
        self, app: Any, heard: Heard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        note, tries = milestones.note_milestones, []

        def note_and_meet_another(*args: Any) -> None:
            note(*args)
            tries.append(1)
            if len(tries) < 3:
                raise WriteConflict

        monkeypatch.setattr(writer, "note_milestones", note_and_meet_another)
        write_shares(shares(app, 10))
        assert len(tries) == 3
        assert heard == [(app.pk, 10, 10)]

    def test_when_a_bad_share_is_among_them(self, app: Any, heard: Heard) -> None:
        """The batch is written in parts, of which some are undone first."""
        bad = event(app, session_id=None)
        write_batch([*shares(app, 8), bad, *shares(app, 3)])
        assert Share.objects.count() == 11
        assert [call[:2] for call in heard] == [(app.pk, 10)]

    def test_not_when_a_host_takes_it_back(self, app: Any, heard: Heard) -> None:
        with transaction.atomic():
            write_shares(shares(app, 10))
            transaction.set_rollback(True)
        assert heard == []
        write_shares(shares(app, 10))
        assert heard == [(app.pk, 10, 10)]

    def test_not_before_a_host_commits(self, app: Any, heard: Heard) -> None:
        with transaction.atomic():
            for _ in range(4):
                write_shares(shares(app, 5))
            assert heard == []
        assert heard == [(app.pk, 10, 10)]

    def test_of_an_app_from_before_anybody_listened(
        self, app: Any, make_app: Callable[..., Any], request: pytest.FixtureRequest
    ) -> None:
        other = make_app()
        write_shares([*shares(app, 50), *shares(other, 9)])
        heard: Heard = request.getfixturevalue("heard")
        write_shares([*shares(app, 1), *shares(other, 1)])
        assert heard == [(other.pk, 10, 10)]
        write_shares(shares(app, 49))
        assert heard == [(other.pk, 10, 10), (app.pk, 100, 100)]

    def test_not_of_history(self, app: Any, heard: Heard, tmp_path: Any) -> None:
        file = tmp_path / "shares.csv"
        lines = [f"{app.pk},copy,2020-01-{day:02}T12:00:00Z" for day in range(1, 31)]
        file.write_text("\n".join(["appId,platform,timestamp", *lines]))
        call_command("import_shares", str(file), stdout=io.StringIO(), stderr=io.StringIO())
        assert Share.objects.count() == 30
        assert heard == []
        write_shares(shares(app, 70))
        assert heard == [(app.pk, 100, 100)]

    def test_not_of_a_count_that_is_mended(self, app: Any, heard: Heard) -> None:
        write_shares(shares(app, 8))
        AppCount.objects.update(n=20)
        write_shares(shares(app, 1))
        assert heard == []


def test_of_long_ago__ends_with_its_block(app: Any, heard: Heard) -> None:
    with pytest.raises(ZeroDivisionError), of_long_ago():
        raise ZeroDivisionError
    write_shares(shares(app, 100))
    assert len(heard) == 1


def test_nothing_is_asked__while_nobody_listens(
    app: Any, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    asked: list[int] = []

    def read(model: Any, field: str, apps: Any, *args: Any) -> Any:
        asked.append(len(apps))
        return rows_with(model, field, apps, *args)

    monkeypatch.setattr(milestones, "rows_with", read)
    write_shares(shares(app, 1))
    assert asked == []
    request.getfixturevalue("heard")
    once = event(app)
    write_shares([*shares(app, 2), once])
    assert asked == [1]
    write_shares([once])
    assert asked == [1]


def test_a_listener_that_fails__harms_nobody(app: Any, heard: Heard) -> None:
    def fail(**kwargs: Any) -> None:
        raise ZeroDivisionError

    share_milestone.connect(fail)
    try:
        write_shares(shares(app, 100))
        write_shares(shares(app, 1))
    finally:
        share_milestone.disconnect(fail)
    assert Share.objects.count() == 101
    assert heard == [(app.pk, 100, 100)]


@pytest.mark.usefixtures("two_databases", "from_ten")
def test_milestone__is_said_where_it_was_reached(app: Any, app_model: Any, settings: Any) -> None:
    """Of two databases each has its own count; a host's commit may come when it is elsewhere."""
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "TENANT": "tests.tenancy.Hook"}
    app_model._base_manager.using("two").create(pk=app.pk, name="of two")
    said = []

    def hear(using: str, tenant: str, **kwargs: Any) -> None:
        said.append((using, tenant, current_tenant()))

    share_milestone.connect(hear)
    of_two = [event(app, using="two", tenant="two") for _ in range(10)]
    of_one = [event(app, using="default", tenant="one") for _ in range(9)]
    with at(None), transaction.atomic("two"):
        write_batch([*of_two, *of_one])
    share_milestone.disconnect(hear)
    assert said == [("two", "two", "two")]


BATCH = st.lists(st.integers(0, 35), max_size=20)
"""Which of the ids: what two batches have in common is delivered twice."""


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(writers=st.lists(st.lists(BATCH, max_size=4), min_size=1, max_size=3))
def test_each_milestone__is_said_once_whatever_writers_do(
    writers: list[list[list[int]]],
    make_app: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    heard: Heard,
) -> None:
    """Milestones at 3, 9 and 27, and as many writers as there are lists, all at once."""
    monkeypatch.setattr(milestones, "FIRST_MILESTONE", 3)
    monkeypatch.setattr(milestones, "TIMES", 3)
    heard.clear()
    apps = [make_app(), make_app()]
    events = [event(apps[n % 2]) for n in range(36)]
    together, errors = threading.Barrier(len(writers)), []

    def write(batches: list[list[int]]) -> None:
        try:
            together.wait(60)
            for batch in batches:
                write_shares([events[n] for n in batch])
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[batches]) for batches in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    totals = Counter(events[n].app_id for n in {n for all in writers for one in all for n in one})
    reached = [(app.pk, m) for app in apps for m in (3, 9, 27) if m <= totals[app.pk]]
    assert Counter((app, m) for app, m, total in heard) == Counter(reached)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    changes=st.lists(
        st.tuples(st.booleans(), st.lists(st.integers(0, 29), min_size=1, max_size=15)), max_size=8
    )
)
def test_each_milestone__is_said_once_however_a_count_rises_and_falls(
    changes: list[tuple[bool, list[int]]],
    make_app: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    heard: Heard,
) -> None:
    """Shares come, are discarded, and come again. What is said is what the highest count passed."""
    monkeypatch.setattr(milestones, "FIRST_MILESTONE", 3)
    monkeypatch.setattr(milestones, "TIMES", 2)
    heard.clear()
    app = make_app()
    events = [event(app) for _ in range(30)]
    there: set[int] = set()
    highest = 0
    for come, which in changes:
        if come:
            write_shares([events[n] for n in which])
            there.update(which)
        else:
            Share.objects.filter(pk__in=[events[n].id for n in which]).delete()
            there.difference_update(which)
        highest = max(highest, len(there))
    assert [m for _, m, _ in heard] == [m for m in (3, 6, 12, 24) if m <= highest]
