"""The secrets of days in the database: the same for all, and gone with their day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection, connections, transaction

from django_share_analytics.links import day_secrets
from django_share_analytics.links.day_secrets import keep_day_secrets, read_day_secrets
from django_share_analytics.models import DaySecret

YESTERDAY, TODAY, TOMORROW = date(2026, 5, 16), date(2026, 5, 17), date(2026, 5, 18)
ASKING_AT_ONCE = 6


def keep():
    keep_day_secrets("default")
    return dict(DaySecret.objects.values_list("day", "secret"))


@pytest.mark.usefixtures("db")
def test_keep__makes_those_of_today_and_tomorrow(clock):
    made = keep()
    assert sorted(made) == [TODAY, TOMORROW]
    assert len(set(made.values())) == 2
    assert {len(bytes.fromhex(secret)) for secret in made.values()} == {32}


@pytest.mark.usefixtures("db")
def test_keep__asks_once_where_they_are(clock, django_assert_num_queries):
    made = keep()
    with django_assert_num_queries(3 if connection.in_atomic_block else 1):  # and a savepoint
        keep_day_secrets("default")
    assert keep() == made


@pytest.mark.usefixtures("db")
def test_keep__lets_yesterdays_go_and_takes_over_what_was_made_in_advance(clock):
    before = keep()
    clock.go_on(days=1)
    assert read_day_secrets("default") == {TOMORROW: before[TOMORROW]}
    after = keep()
    assert sorted(after) == [TOMORROW, date(2026, 5, 19)]
    assert after[TOMORROW] == before[TOMORROW]
    assert before[TODAY] not in after.values()


@pytest.mark.usefixtures("db")
def test_keep__one_that_is_made_again_is_another(clock):
    """Nobody has a way back: not even by setting the clock."""
    before = keep()
    clock.go_on(days=1)
    keep()
    clock.go_on(days=-1)
    assert keep()[TODAY] != before[TODAY]


@pytest.mark.usefixtures("db")
def test_read__leaves_out_what_nobody_removed_yet(clock):
    DaySecret.objects.create(day=YESTERDAY, secret="of yesterday")
    assert read_day_secrets("default") == {}


@pytest.mark.usefixtures("transactional_db")
def test_keep__in_a_transaction_that_is_undone(clock):
    with transaction.atomic():
        undone = keep()
        transaction.set_rollback(True)
    assert set(keep().values()) & set(undone.values()) == set()


@pytest.mark.usefixtures("db")
def test_keep__where_somebody_else_was_faster(clock, monkeypatch):
    def be_faster(length):
        DaySecret.objects.get_or_create(day=TODAY, defaults={"secret": "the first"})
        return "the second"

    monkeypatch.setattr(day_secrets, "token_hex", be_faster)
    assert keep() == {TODAY: "the first", TOMORROW: "the second"}


@pytest.mark.usefixtures("transactional_db")
@pytest.mark.parametrize("is_midnight", [False, True])
def test_keep__made_once_however_many_ask_at_the_same_time(clock, is_midnight):
    if is_midnight:
        DaySecret.objects.create(day=YESTERDAY, secret="of yesterday")
        DaySecret.objects.create(day=TODAY, secret="made in advance")
    together = Barrier(ASKING_AT_ONCE, timeout=30)

    def ask(_):
        together.wait()
        try:
            keep_day_secrets("default")
            return read_day_secrets("default")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(ASKING_AT_ONCE) as pool:
        found = list(pool.map(ask, range(ASKING_AT_ONCE)))
    assert found == [dict(DaySecret.objects.values_list("day", "secret"))] * ASKING_AT_ONCE
    assert sorted(found[0]) == [TODAY, TOMORROW]
