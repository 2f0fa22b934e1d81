"""Keys that no column can hold are nobody's, on every database."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics.models import SetAside, Share
from django_share_analytics.sql import postgresql
from django_share_analytics.writing.batches import write_batch
from django_share_analytics.writing.existing import stored_keys
from tests.factories import counted_by_hand, event, outcomes, stored_counts

pytestmark = pytest.mark.django_db

EDGES = [edge + one for bits in (7, 15, 31, 32, 63, 64, 128) for edge in (2**bits, -(2**bits))
         for one in (-1, 0, 1)]  # fmt: skip
keys = (
    st.integers()
    | st.sampled_from(EDGES)
    | st.uuids()
    | st.text(st.characters(), max_size=300)
    | st.booleans()
    | st.floats(allow_nan=False)
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(user=keys, stranger=keys)
def test_write_batch__of_any_key(user, stranger, app, admin_user):
    """A share of an app that can't be is of an unknown one, and its neighbours are stored."""
    if user == admin_user.pk or stranger == app.pk:
        return
    before, unknown = Share.objects.count(), outcomes().get("unknown_app", 0)
    shares = [event(app, user_id=user), event(stranger), event(app, user_id=admin_user.pk)]
    result = write_batch(shares)
    assert Share.objects.count() == before + 2
    assert [share.id for share in result.unknown_app] == [shares[1].id]
    assert outcomes()["unknown_app"] == unknown + 1
    users = Share.objects.filter(id__in=[share.id for share in shares])
    assert set(users.values_list("user_id", flat=True)) == {None, admin_user.pk}
    assert not SetAside.objects.exists()
    assert stored_counts() == counted_by_hand()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(some=st.sets(keys, max_size=6))
def test_stored_keys__finds_those_that_are_there_among_any_others(some, app, app_model):
    some.discard(app.pk)
    assert stored_keys(app_model, {app.pk, *some}, "default") == {app.pk: app.pk}


def test_stored_keys__of_a_user(admin_user):
    keys = {admin_user.pk, 99999999999, 2**63, 2**80, -1, "nobody", uuid.uuid4()}
    assert stored_keys(get_user_model(), keys, "default") == {admin_user.pk: admin_user.pk}


@pytest.mark.parametrize("is_psycopg3", [True, False])
@pytest.mark.django_db(transaction=True)
def test_stored_keys__leave_the_host_free_to_change_the_rest(
    is_psycopg3, monkeypatch, app, app_model
):
    """On PostgreSQL: MariaDB knows no such lock."""
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL tells a row's key from the rest")
    monkeypatch.setattr(postgresql, "is_psycopg3", is_psycopg3)
    changed = []

    def change():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '500ms'")
                changed.append(app_model.objects.filter(pk=app.pk).update(name="Another"))
        finally:
            connection.close()

    with transaction.atomic():
        assert stored_keys(app_model, {app.pk}, "default") == {app.pk: app.pk}
        host = threading.Thread(target=change)
        host.start()
        host.join()
    assert changed == [1]
