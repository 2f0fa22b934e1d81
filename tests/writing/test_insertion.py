"""Any UUID is a share's identity, whatever the database thinks of it."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics.models import SetAside, Share
from django_share_analytics.sql.new_rows import storable_id
from django_share_analytics.writing.batches import write_batch
from django_share_analytics.writing.replay import replay
from tests.factories import counted_by_hand, event, outcomes, stored_counts
from tests.writing.poison import refused, repair

pytestmark = pytest.mark.django_db

REFUSED = uuid.UUID("345cd1db-9b0a-e9a4-6c44-2e9bb84ea89b")
"""By MariaDB: of a version and a variant that nobody has laid out."""

ids = st.integers(1, 2**128 - 2).map(lambda number: uuid.UUID(int=number))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(some=st.lists(ids, min_size=1, max_size=8))
def test_write_batch__takes_any_id_and_counts_it_once(some, app):
    before = Share.objects.count()
    shares = [event(app, id=id) for id in dict.fromkeys([REFUSED, *some])]
    new = len(write_batch(shares).recorded)
    assert Share.objects.count() == before + new
    again = write_batch([*shares, *shares])
    assert (again.recorded, len(again.duplicates)) == ([], 2 * len(shares))
    assert not SetAside.objects.exists()
    assert stored_counts() == counted_by_hand()


def test_write_batch__of_an_id_and_of_the_one_that_stands_for_it(app):
    """A stranger who knows both makes one share, and holds up nobody."""
    other = storable_id(connection, REFUSED)
    shares = [event(app, id=REFUSED), event(app, id=other), event(app)]
    result = write_batch(shares)
    assert len(result.recorded) + len(result.duplicates) == 3
    assert Share.objects.count() == len(result.recorded) == 2


def test_replay__of_an_id_that_is_stored_as_another(app):
    write_batch([refused(app, id=REFUSED)])
    repair(SetAside.objects.get())
    assert replay(SetAside.objects.all()).left == 1
    assert not SetAside.objects.exists()
    assert outcomes() == {"refused_by_database": 1}


def test_storable_id__leaves_alone_what_everybody_makes():
    for id in (uuid.uuid1(), uuid.uuid3(REFUSED, "a"), uuid.uuid4(), uuid.uuid5(REFUSED, "a")):
        assert storable_id(connection, id) == id
