from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from django_share_analytics import models
from django_share_analytics.counts import rollups
from django_share_analytics.events import BLANK
from django_share_analytics.models import Share
from django_share_analytics.writing.writer import write_shares
from tests.factories import NOON, counted_by_hand, event, stored_counts

pytestmark = pytest.mark.django_db


@pytest.fixture
def chess(make_app):
    return make_app("Chess")


@pytest.fixture
def maps(make_app):
    return make_app("Maps")


@pytest.fixture(autouse=True)
def shares(chess, maps):
    write_shares(
        [
            event(app, platform, NOON + timedelta(hours=5 * n))
            for n in range(10)
            for app in (chess, maps)
            for platform in ("copy", "email")
        ]
    )


def test_delete_app__takes_its_shares_and_counts_along(chess, maps):
    key = chess.pk
    _, by_model = chess.delete()
    assert by_model["share_analytics.Share"] == 20
    assert set(Share.objects.values_list("app", flat=True)) == {maps.pk}
    assert stored_counts() == counted_by_hand()
    assert not models.AppCount.objects.filter(app=key).exists()
    assert models.AppPlatformCount.objects.count() == 2
    assert models.AppDay.objects.count() == len(stored_counts()["app_day"])
    assert models.AppPlatformDay.objects.count() == len(stored_counts()["app_platform_day"])


def test_delete_apps__by_queryset(chess, maps, app_model):
    app_model.objects.filter(pk__in=[chess.pk, maps.pk]).delete()
    assert stored_counts() == counted_by_hand() == {name: {} for name in stored_counts()}


def test_delete_app__that_was_never_shared(make_app):
    make_app().delete()
    assert Share.objects.count() == 40


def test_delete_app__loads_no_share(chess, django_assert_max_num_queries, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a share was loaded")

    monkeypatch.setattr(Share, "from_db", refuse)
    with django_assert_max_num_queries(19):
        chess.delete()


def test_delete_shares__by_queryset(chess):
    Share.objects.for_app(chess).on_platform("copy").delete()
    assert Share.objects.count() == 30
    assert stored_counts() == counted_by_hand()


def test_delete_share__by_itself():
    Share.objects.first().delete()
    assert Share.objects.count() == 39
    assert stored_counts() == counted_by_hand()


def test_delete_user__keeps_the_share(chess):
    user = get_user_model().objects.create(username="u")
    other = get_user_model().objects.create(username="v")
    more = {"session_id": "s", "user_agent": "a", "referrer_url": "https://r.example/"}
    given = event(chess, user_id=user.pk, visitor=7, **more)
    others = event(chess, user_id=other.pk, visitor=8, **more)
    write_shares([given, others])
    user.delete()
    assert Share.objects.filter(pk=given.id).values(*BLANK).get() == BLANK
    theirs = {"user_id": other.pk, "visitor": 8, **more}
    assert Share.objects.filter(pk=others.id).values(*BLANK).get() == theirs
    assert stored_counts() == counted_by_hand()


def test_delete_users__forgets_which_visitors_they_were(chess):
    users = [get_user_model().objects.create(username=f"user {n}") for n in range(3)]
    write_shares([event(chess, user_id=user.pk, visitor=9) for user in users])
    get_user_model().objects.exclude(username="user 0").delete()
    assert Share.objects.filter(visitor=9).get().user_id == users[0].pk


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what_goes", ["an app", "shares of it"])
def test_delete__keeps_writers_out_between_counting_and_deleting(chess, what_goes, monkeypatch):
    """A share that came in between would be deleted, and stay in the counts."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time: nothing can come between")
    late, stored_cells = event(chess, "copy"), rollups.stored_cells

    def write():
        write_shares([late])
        connection.close()

    writer = threading.Thread(target=write)

    def count_then_write(shares):
        cells = stored_cells(shares)
        writer.start()
        writer.join(1)
        return cells

    monkeypatch.setattr(rollups, "stored_cells", count_then_write)
    if what_goes == "an app":
        chess.delete()
    else:
        Share.objects.for_app(chess).delete()
    writer.join()
    assert Share.objects.filter(id=late.id).exists() == (what_goes != "an app")
    assert stored_counts() == counted_by_hand()
