from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from django_share_analytics.models import Share
from django_share_analytics.sql.functions import QuarterHour
from django_share_analytics.writing.writer import write_shares
from tests.factories import NOON, event

if TYPE_CHECKING:
    from django.db.models import Model

pytestmark = pytest.mark.django_db


def set_session_zone(offset):
    """As if the database server stood elsewhere."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SET TIME ZONE INTERVAL '{offset}' HOUR TO MINUTE")
        elif connection.vendor == "mysql":
            cursor.execute("SET time_zone = %s", [offset])


@pytest.fixture
def server_in_karachi():
    set_session_zone("+05:00")
    yield
    set_session_zone("+00:00")


def insert_without_timestamp(app):
    """As another program would: naming every column that has no default in the database."""
    field = {field.name: field for field in Share._meta.fields}
    values = {
        "id": event(app).id,
        "app": app.pk,
        "platform": "copy",
        "session_id": "",
        "user_agent": "",
    }
    columns = ", ".join(connection.ops.quote_name(field[name].column) for name in values)
    marks = ", ".join(["%s"] * len(values))
    prepared = [field[name].get_db_prep_save(value, connection) for name, value in values.items()]
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO share_analytics_share ({columns}) VALUES ({marks})", prepared)


def test_timestamp__defaults_to_utc_in_the_database(app, server_in_karachi):
    insert_without_timestamp(app)
    assert abs(Share.objects.get().timestamp - datetime.now(UTC)) < timedelta(seconds=10)


def test_timestamp__survives_a_server_elsewhere(app, server_in_karachi):
    write_shares([event(app)])
    assert Share.objects.get().timestamp == NOON


def test_quarter_hour__is_the_same_everywhere(app, server_in_karachi):
    moments = [
        NOON,
        NOON + timedelta(minutes=14, seconds=59, microseconds=999_999),
        NOON + timedelta(minutes=15),
        datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC),
        datetime(1999, 12, 31, 23, 45, tzinfo=UTC),
    ]
    write_shares([event(app, at=moment) for moment in moments])
    rows = Share.objects.values_list("timestamp", QuarterHour("timestamp"))
    assert dict(rows) == {moment: int(moment.timestamp()) // 900 for moment in moments}


def test_columns__are_as_wide_as_promised():
    widths = {field.name: field.max_length for field in Share._meta.fields if field.max_length}
    assert widths == {
        "id": 32,
        "platform": 50,
        "placement": 50,
        "session_id": 100,
        "user_agent": 500,
        "referrer_url": 500,
    }
    absent = {field.name for field in Share._meta.fields if field.null}
    assert absent == {"user", "visitor", "referrer_url"}


def test_indexes__are_in_the_database():
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, "share_analytics_share")
    indexes = {tuple(found["columns"]) for found in constraints.values() if found["index"]}
    assert {
        ("app_id", "timestamp"),
        ("platform",),
        ("app_id", "platform"),
        ("timestamp",),
    } <= indexes


def test_navigation__from_an_app_and_from_a_user(app, admin_user):
    write_shares([event(app, user_id=admin_user.pk)])
    assert app.share_analytics_shares.get() == admin_user.share_analytics_shares.get()


def test_queryset__speaks_of_the_field(make_app):
    chess, maps = make_app(), make_app()
    hour = timedelta(hours=1)
    write_shares([event(chess), event(chess, "copy", NOON + hour), event(maps, "copy")])
    assert Share.objects.for_app(chess).count() == 2
    assert Share.objects.on_platform("copy").count() == 2
    assert Share.objects.between(NOON, NOON + hour).count() == 2


def test_strings__say_what_a_row_is(app):
    write_shares([event(app, "copy")])
    for model in _own_models():
        for row in model.objects.all():
            assert str(row)
            assert "object (" not in str(row)


def _own_models() -> list[type[Model]]:
    from django.apps import apps

    return list(apps.get_app_config("share_analytics").get_models())
