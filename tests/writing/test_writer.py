from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, OperationalError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics import models, signals
from django_share_analytics.counts.rollups import ROLLUPS
from django_share_analytics.exceptions import WriteConflict
from django_share_analytics.models import Share
from django_share_analytics.sql import postgresql, statements, transactions, upsert
from django_share_analytics.stats import cached_share_counts
from django_share_analytics.writing import writer
from django_share_analytics.writing.batches import write_batch
from django_share_analytics.writing.writer import write_shares
from tests.factories import NOON, counted_by_hand, event, outcomes, stored_counts

pytestmark = pytest.mark.django_db


def test_write_shares__stores_every_value(app, admin_user):
    given = event(
        app,
        "twitter",
        user_id=admin_user.pk,
        session_id="s-1",
        user_agent="Mozilla/5.0 😀",
        referrer_url="https://example.com/?q=é",
    )
    write_shares([given])
    share = Share.objects.get()
    assert (share.id, share.app_id, share.platform) == (given.id, app.pk, "twitter")
    assert (share.user, share.session_id, share.timestamp) == (admin_user, "s-1", NOON)
    assert share.user_agent == "Mozilla/5.0 😀"
    assert share.referrer_url == "https://example.com/?q=é"


def test_write_shares__counts_by_every_key(make_app):
    chess, maps = make_app("Chess"), make_app("Maps")
    late = datetime(2026, 3, 10, 20, 59, 59, 999999, tzinfo=UTC)  # 23:59:59 in Riyadh
    next_day = datetime(2026, 3, 10, 21, 0, tzinfo=UTC)  # 00:00 on the 11th
    write_shares(
        [
            event(chess, "whatsapp"),
            event(chess, "whatsapp", late),
            event(chess, "copy", next_day),
            event(maps, "whatsapp", next_day),
        ]
    )
    tenth, eleventh = datetime(2026, 3, 10).date(), datetime(2026, 3, 11).date()  # noqa: DTZ001
    assert stored_counts() == {
        "app": {(chess.pk,): 3, (maps.pk,): 1},
        "app_platform": {
            (chess.pk, "whatsapp"): 2,
            (chess.pk, "copy"): 1,
            (maps.pk, "whatsapp"): 1,
        },
        "app_day": {(chess.pk, tenth): 2, (chess.pk, eleventh): 1, (maps.pk, eleventh): 1},
        "app_platform_day": {
            (chess.pk, "whatsapp", tenth): 2,
            (chess.pk, "copy", eleventh): 1,
            (maps.pk, "whatsapp", eleventh): 1,
        },
        "site_hour": {
            ("whatsapp", NOON): 1,
            ("whatsapp", late.replace(minute=0, second=0, microsecond=0)): 1,
            ("copy", next_day): 1,
            ("whatsapp", next_day): 1,
        },
    }
    assert stored_counts() == counted_by_hand()


def test_write_shares__when_written_twice(app):
    batch = [event(app) for _ in range(3)]
    first = write_shares(batch)
    second = write_shares([*batch, event(app)])
    assert (len(first.recorded), len(first.duplicates)) == (3, 0)
    assert (len(second.recorded), len(second.duplicates)) == (1, 3)
    assert Share.objects.count() == 4
    assert stored_counts() == counted_by_hand()
    assert outcomes() == {"duplicate": 3}


def test_write_shares__when_a_known_id_comes_with_other_values(make_app):
    first = event(make_app(), "copy")
    write_shares([first])
    write_shares([event(make_app(), "email", id=first.id)])
    share = Share.objects.get()
    assert (share.app_id, share.platform) == (first.app_id, "copy")
    assert stored_counts() == counted_by_hand()


def test_write_shares__when_an_id_is_twice_in_one_batch(app):
    once = event(app)
    result = write_shares([once, once, event(app)])
    assert (len(result.recorded), len(result.duplicates)) == (2, 1)
    assert stored_counts() == counted_by_hand()


def test_write_shares__when_an_app_is_unknown(app, unknown_key):
    result = write_shares([event(app), event(unknown_key), event(app)])
    assert (len(result.recorded), len(result.unknown_app)) == (2, 1)
    assert Share.objects.count() == 2
    assert outcomes() == {"unknown_app": 1}
    assert stored_counts() == counted_by_hand()


def test_write_shares__when_the_user_is_gone(app):
    user = get_user_model().objects.create(username="gone")
    given = event(app, user_id=user.pk)
    user.delete()
    write_shares([given])
    assert Share.objects.get().user_id is None


def test_write_shares__when_the_host_rolls_back(app):
    with transaction.atomic():
        write_shares([event(app)])
        transaction.set_rollback(True)
    assert not Share.objects.exists()
    assert stored_counts() == counted_by_hand()


@pytest.mark.django_db(transaction=True)
def test_write_shares__never_fails_the_commit_of_a_host(app, unknown_key):
    with transaction.atomic():
        write_shares([event(unknown_key), event(app, user_id=987654)])
    assert Share.objects.get().user_id is None


@pytest.mark.django_db(transaction=True)
def test_write_shares__when_the_app_goes_between_reading_and_writing(app, make_app, monkeypatch):
    """Another connection deletes it: that waits until the batch is written."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time: nothing can come between")
    doomed = make_app("Doomed")
    thread = threading.Thread(target=_delete, args=[doomed])
    original, calls = writer.insert_and_count, []

    def insert_after_deletion(*args):
        calls.append(1)
        if len(calls) == 1:
            thread.start()
            thread.join(1)
        return original(*args)

    monkeypatch.setattr(writer, "insert_and_count", insert_after_deletion)
    with transaction.atomic():
        result = write_shares([event(app), event(doomed)])
    thread.join()
    assert len(calls) == 1
    assert (len(result.recorded), len(result.unknown_app)) == (2, 0)
    assert Share.objects.get().app_id == app.pk
    assert stored_counts() == counted_by_hand()


def _delete(app):
    app.delete()
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_write_shares__when_four_threads_write_the_same_keys(make_app):
    apps = [make_app() for _ in range(5)]
    shared = [event(apps[n % 5], ("copy", "x", "email")[n % 3]) for n in range(200)]
    errors = []

    def write(seed):
        try:
            own = [event(apps[(n + seed) % 5], "whatsapp") for n in range(100)]
            for start in range(0, 100, 20):
                write_shares([*own[start : start + 20], *shared[start * 2 : start * 2 + 40]])
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[seed]) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert Share.objects.count() == 4 * 100 + 200
    assert stored_counts() == counted_by_hand()


@pytest.mark.django_db(transaction=True)
def test_write_shares__when_four_threads_write_the_very_same_batches(make_app):
    """As when a queue gives everything to everybody: all of them are told what was there."""
    apps = [make_app() for _ in range(5)]
    batches = [[event(apps[n % 5], ("copy", "x")[n % 2]) for n in range(100)] for _ in range(10)]
    together, errors, recorded = threading.Barrier(4), [], []

    def write():
        try:
            for batch in batches:
                together.wait(60)
                recorded.append(len(write_shares(batch).recorded))
        except Exception as error:
            errors.append(error)
            together.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sum(recorded) == Share.objects.count() == 1_000
    assert stored_counts() == counted_by_hand()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    batches=st.lists(
        st.lists(
            st.tuples(
                st.integers(0, 12),  # which id
                st.integers(0, 3),  # which app; 3 is unknown
                st.sampled_from(["whatsapp", "x", "copy"]),
                st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001
            ),
            max_size=8,
        ),
        max_size=4,
    )
)
def test_write_shares__counts_equal_rows_whatever_comes(batches, make_app, unknown_key):
    Share.objects.all().delete()
    apps = [make_app().pk for _ in range(3)] + [unknown_key]
    ids = [uuid.uuid4() for _ in range(13)]
    for batch in batches:
        write_shares(
            [
                event(apps[app], platform, at.replace(tzinfo=UTC), id=ids[i])
                for i, app, platform, at in batch
            ]
        )
    assert stored_counts() == counted_by_hand()


def test_write_shares__announces_after_the_commit(app, django_capture_on_commit_callbacks):
    heard = []

    def hear(events, reason=None, **kwargs):
        heard.append((reason, len(events)))

    signals.shares_recorded.connect(hear)
    signals.shares_dropped.connect(hear)
    try:
        once = event(app)
        with django_capture_on_commit_callbacks(execute=True):
            write_shares([once, once])
            assert heard == []
    finally:
        signals.shares_recorded.disconnect(hear)
        signals.shares_dropped.disconnect(hear)
    assert heard == [(None, 1), ("duplicate", 1)]


@pytest.mark.parametrize("count_unknown", [True, False])
def test_write_shares__of_an_unknown_app_is_announced_when_it_is_given_up(
    unknown_key, count_unknown, django_capture_on_commit_callbacks
):
    heard = []

    def hear(events, reason, **kwargs):
        heard.append((reason, events))

    lost = event(unknown_key)
    signals.shares_dropped.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            write_shares([lost], count_unknown=count_unknown)
    finally:
        signals.shares_dropped.disconnect(hear)
    assert heard == ([("unknown_app", [lost])] if count_unknown else [])
    assert outcomes() == ({"unknown_app": 1} if count_unknown else {})


def test_write_shares__when_a_listener_fails(app, django_capture_on_commit_callbacks, caplog):
    def fail(**kwargs):
        raise ZeroDivisionError

    signals.shares_recorded.connect(fail)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            write_shares([event(app)])
    finally:
        signals.shares_recorded.disconnect(fail)
    assert Share.objects.count() == 1


def test_write_shares__when_others_never_get_out_of_the_way(app, monkeypatch):
    """As with a database that is away: nothing is given up, the batch is written later."""

    def in_the_way(*args):
        raise WriteConflict

    monkeypatch.setattr(transactions, "MAX_SECONDS", 0.1)
    monkeypatch.setattr(writer, "insert_and_count", in_the_way)
    for write in (write_shares, write_batch):
        with pytest.raises(OperationalError):
            write([event(app)])
    assert outcomes() == {}


def test_write_shares__when_others_are_in_the_way_for_a_while(app, monkeypatch):
    original, calls = writer.insert_and_count, []

    def in_the_way_at_first(*args):
        calls.append(1)
        if len(calls) <= 10:
            raise WriteConflict
        return original(*args)

    monkeypatch.setattr(writer, "insert_and_count", in_the_way_at_first)
    assert len(write_shares([event(app)]).recorded) == 1


def test_write_shares__asks_once_whether_the_database_takes_a_row(app, monkeypatch):
    """That a value is missing is nobody else's doing: a second try would say the same."""
    original, calls = writer.insert_and_count, []

    def counted(*args):
        calls.append(1)
        return original(*args)

    monkeypatch.setattr(writer, "insert_and_count", counted)
    with pytest.raises(IntegrityError):
        write_shares([event(app, session_id=None)])
    assert len(calls) == 1


def test_write_shares__with_a_field_that_can_not_travel_in_an_array(make_app, monkeypatch):
    """As with a key of a class that the host wrote, or with psycopg2: the portable way."""
    monkeypatch.setattr(postgresql, "TYPES", {})
    chess, maps = make_app("Chess"), make_app("Maps")
    batch = [event(chess, "copy"), event(maps, "x"), event(chess, "x")]
    assert len(write_shares(batch).recorded) == 3
    assert len(write_shares([*batch, event(maps)]).duplicates) == 3
    assert stored_counts() == counted_by_hand()


@pytest.fixture(params=["at once", "portably"])
def _both_ways(request, monkeypatch):
    """As one statement, where that is possible, and as all the others do it."""
    if request.param == "portably":
        monkeypatch.setattr(postgresql, "TYPES", {})
    elif connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL has two ways")


@pytest.mark.usefixtures("_both_ways")
def test_write_shares__makes_rows_in_the_order_of_their_keys(make_app):
    """Whoever takes locks in the same order as all others waits for nobody in a circle."""
    take_no_place_of_older_rows(model for model, names in TABLES)
    apps = sorted((make_app() for _ in range(12)), key=lambda app: app.pk, reverse=True)
    platforms = ("x", "copy", "sms")
    batch = [
        event(app, platform, NOON - timedelta(days=n))
        for n, app in enumerate(apps)
        for platform in platforms
    ]
    batch.sort(key=lambda event: event.id, reverse=True)
    write_shares(batch)
    totals = models.AppCount.objects.order_by("pk").values_list("app", flat=True)
    pairs = models.AppPlatformCount.objects.order_by("pk").values_list("app", "platform")
    assert list(totals) == sorted(totals)
    assert list(pairs) == sorted(pairs)
    if connection.vendor in PLACES:
        for model, names in TABLES:
            assert (came_in := rows_as_they_came_in(model, names)) == sorted(came_in), model


PLACES = {"sqlite": "rowid", "postgresql": "ctid"}
"""Where a row stands: in the order in which they came in, if the table was empty."""
TABLES = [(Share, ["id"]), *((rollup.model, rollup.columns) for rollup in ROLLUPS)]


@pytest.mark.usefixtures("_both_ways")
def test_add_sums__makes_rows_in_the_order_of_their_keys():
    if connection.vendor not in PLACES:
        pytest.skip("it does not tell in which order rows came in")
    take_no_place_of_older_rows([models.OutcomeHour])
    hours = [NOON + timedelta(hours=n * 7 % 12) for n in range(12)]
    sums = {(hour, reason): 1 for reason in ("unreadable", "duplicate") for hour in hours}
    upsert.add_sums(connection, models.OutcomeHour, ("hour", "reason"), sums)
    came_in = rows_as_they_came_in(models.OutcomeHour, ("hour", "reason"))
    assert came_in == sorted(came_in)
    assert len(came_in) == 24


def take_no_place_of_older_rows(of_models):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(model._meta.db_table for model in of_models)}")


def rows_as_they_came_in(model, names):
    place = PLACES[connection.vendor]
    columns = ", ".join(field.column for field in statements.fields_of(model, names))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {model._meta.db_table} ORDER BY {place}")
        return cursor.fetchall()


@pytest.mark.usefixtures("_both_ways")
def test_write_shares__in_as_many_statements_as_their_parameters_need(make_app, monkeypatch):
    monkeypatch.setattr(statements, "MAX_PARAMETERS", 20)  # two shares

    def count_parameters(execute, sql, parameters, many, context):
        assert not parameters or len(parameters) <= 21 or "INSERT" not in sql
        return execute(sql, parameters, many, context)

    apps = [make_app() for _ in range(9)]
    batch = [event(app, ("copy", "x")[n % 2]) for n, app in enumerate(apps * 3)]
    with connection.execute_wrapper(count_parameters):
        assert len(write_shares(batch).recorded) == 27
        assert len(write_shares([*batch, event(apps[0])]).duplicates) == 27
    assert stored_counts() == counted_by_hand()


def test_write_shares__of_nothing():
    assert write_shares([]).recorded == []


def test_write_shares__costs_the_same_number_of_queries(make_app, django_assert_max_num_queries):
    apps = [make_app() for _ in range(20)]
    write_shares([event(apps[0])])
    for size in (1, 200):
        # One of them looks for what waits for these shares.
        with django_assert_max_num_queries(18):
            write_shares([event(apps[n % 20], ("copy", "x")[n % 2]) for n in range(size)])


def test_write_batch__when_one_event_is_refused_by_the_database(app):
    bad = event(app, "p" * 60, at=NOON + timedelta(hours=1))
    batch = [event(app), event(app), bad, event(app), event(app)]
    if connection.vendor == "sqlite":
        pytest.skip("SQLite takes any length")
    result = write_batch(batch)
    assert len(result.recorded) == 4
    assert outcomes() == {"refused_by_database": 1}
    assert stored_counts() == counted_by_hand()


def test_stored_key__when_the_collation_ignores_case(make_app, settings):
    if connection.vendor != "mysql" or settings.APP_KEY != "str":
        pytest.skip("only MariaDB's string keys are compared without case")
    app = make_app(pk="app-1")
    write_shares([event("APP-1"), event("app-1")])
    assert stored_counts()["app"] == {(app.pk,): 2}


def test_platform__when_the_collation_ignores_case(app):
    """One platform to MariaDB, two to the others: counted either way."""
    write_shares([event(app, "copy"), event(app, "COPY"), event(app, "Copy")])
    by_platform = [n for key, n in stored_counts()["app_platform_day"].items()]
    assert by_platform == ([3] if connection.vendor == "mysql" else [1, 1, 1])
    assert list(stored_counts()["app_day"].values()) == [3]


def test_share__takes_one_row_of_each_key(app):
    write_shares([event(app)])
    with pytest.raises(IntegrityError), transaction.atomic():
        models.AppCount.objects.create(app=app, n=1)


def test_share_counts__when_the_collation_ignores_case(make_app, settings):
    """What is asked for is what is answered, whatever is asked for beside it."""
    if connection.vendor != "mysql" or settings.APP_KEY != "str":
        pytest.skip("only MariaDB's string keys are compared without case")
    write_shares([event(make_app(pk="app-1")), event(make_app(pk="b"))])
    assert cached_share_counts(["APP-1"]) == {}
    assert list(cached_share_counts(["APP-1", "b"])) == ["b"]


def test_write_shares__takes_a_number_for_what_is_new_alone(make_app):
    """The integer keys of counts fit four bytes as long as counting takes none of them."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite's integers have eight bytes, and it takes a number each time")
    apps = [make_app() for _ in range(4)]
    for _ in range(20):
        write_shares([event(app, name) for app in apps[:3] for name in ("copy", "x")])
    write_shares([event(apps[3])])
    newest = [
        model.objects.order_by("-pk").values_list("pk", flat=True)[:2]
        for model in (models.AppCount, models.AppPlatformCount)
    ]
    assert [first - second for first, second in newest] == [1, 1]
