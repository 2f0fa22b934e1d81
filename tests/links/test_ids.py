from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from django_share_analytics.links.ids import step_id
from django_share_analytics.steps import fact_id

SHARE = UUID("018f2f5e-7a3c-7b1d-9e5f-0123456789ab")

whos = st.lists(st.text(max_size=5) | st.integers(0, 2**63 - 1), max_size=3)


@given(share_id=st.uuids(), kind=st.text(max_size=10), who=whos)
@pytest.mark.once
def test_the_same_step_has_the_same_id(share_id, kind, who):
    made = step_id(share_id, kind, *who)
    assert made == step_id(share_id, kind, *map(str, who))
    assert made.version == 5


@given(one=whos, other=whos)
@pytest.mark.once
def test_what_is_told_apart_has_another(one, other):
    is_same = list(map(str, one)) == list(map(str, other))
    assert (step_id(SHARE, "visit", *one) == step_id(SHARE, "visit", *other)) is is_same


@pytest.mark.once
def test_all_of_it_counts():
    ids = {
        step_id(SHARE, "visit"),
        step_id(SHARE, "click"),
        step_id(SHARE, "click", 7),
        step_id(SHARE, "click", 8),
        step_id(UUID(int=SHARE.int + 1), "click", 8),
        step_id(SHARE, "click", "7", ""),
        step_id(SHARE, "click", "", "7"),
    }
    assert len(ids) == 7


@pytest.mark.once
def test_text_that_has_no_bytes_has_an_id():
    assert step_id(SHARE, "conversion", "\ud800").version == 5


@pytest.mark.once
def test_nobody_makes_them_without_the_key(settings):
    before = step_id(SHARE, "visit", 7)
    settings.SECRET_KEY = "another"
    assert step_id(SHARE, "visit", 7) != before


@pytest.mark.once
def test_facts_are_the_same_for_ever(settings):
    settings.SECRET_KEY = "another"
    assert fact_id(SHARE, "reached") == UUID("097607a8-28e4-2372-a49a-4cd00da59723")
    assert fact_id(SHARE, "forwarded") != fact_id(SHARE, "reached")


@pytest.mark.django_db
def test_every_database_takes_them():
    """MariaDB looks at what is in a UUID, and refuses a quarter of those that are random."""
    ids = [step_id(SHARE, "visit", number) for number in range(500)]
    ids += [fact_id(UUID(int=SHARE.int + number), "reached") for number in range(500)]
    stored = "CAST(%s AS uuid)" if connection.vendor in {"postgresql", "mysql"} else "%s"
    with connection.cursor() as cursor:
        for made in ids:
            cursor.execute(f"SELECT {stored}", [str(made)])
            assert UUID(str(cursor.fetchone()[0])) == made
