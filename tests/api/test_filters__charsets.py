"""What staff ask for, in databases that don't have the characters for it."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.db import connection
from django.utils import timezone

from django_share_analytics.models import Share
from django_share_analytics.writing.batches import write_batch
from tests.factories import event
from tests.writing.test_charsets import SMILE, app, poor

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("poor", ["utf8mb3", "latin1"], indirect=True),
]

assert app, poor  # fixtures


@pytest.fixture
def poor_everywhere(poor):
    """The names of platforms, too, and the connection itself where that can be poor."""
    if connection.vendor != "mysql":
        yield poor
        return
    tables = ["share_analytics_share", "share_analytics_appplatformcount"]
    with connection.cursor() as cursor:
        names = [name for name in tables if name in connection.introspection.table_names(cursor)]
        assert names[0] == Share._meta.db_table
        for name in names:
            cursor.execute(
                f"ALTER TABLE {name} MODIFY platform varchar(50) CHARACTER SET {poor} NOT NULL"
            )
    yield poor
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(
                f"ALTER TABLE {name} MODIFY platform varchar(50) CHARACTER SET utf8mb4 NOT NULL"
            )


ASKED = ["app", "platform", "user", "session"]


def days():
    today = timezone.localdate().isoformat()
    return {"from": today, "to": today}


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("path", ["shares", "shares/export"])
@pytest.mark.parametrize("text", [SMILE, "\u0634"])
def test_shares__of_a_text_that_none_can_have(text, path, name, poor_everywhere, app, admin_client):
    write_batch([event(app, at=timezone.now())])
    asked = urlencode({name: text, **days()})
    answer = admin_client.get(f"/api/admin/{path}?{asked}")
    if answer.status_code == 400:
        assert name in answer.json()  # a number, where keys are numbers
    elif path == "shares":
        assert answer.json()["results"] == []
    else:
        assert len(answer.getvalue().decode().splitlines()) == 1


@pytest.mark.parametrize("name", ["app", "platform"])
@pytest.mark.parametrize("path", ["stats", "stats/export"])
def test_stats__of_what_there_can_not_be(path, name, poor_everywhere, admin_client):
    asked = urlencode({name: SMILE, "table": "daily"} if "export" in path else {name: SMILE})
    answer = admin_client.get(f"/api/admin/shares/{path}?{asked}")
    assert answer.status_code == 400
    assert list(answer.json()) == [name]


@pytest.mark.parametrize("session", [SMILE, f"{SMILE}é", f"{SMILE}\u0634", "\u0634", "é"])
def test_shares__of_a_session_that_was_spelt_otherwise(session, poor, app, admin_client):
    write_batch([event(app, session_id=session, at=timezone.now())])
    write_batch([event(app, session_id="other", at=timezone.now())])
    [share] = Share.objects.exclude(session_id="other")
    answer = admin_client.get(f"/api/admin/shares?{urlencode({'session': session, **days()})}")
    assert [row["id"] for row in answer.json()["results"]] == [str(share.pk)]
    page = admin_client.get(f"/admin/share_analytics/share/?{urlencode({'q': session, **days()})}")
    assert [row.pk for row in page.context["cl"].result_list] == [share.pk]


@pytest.mark.parametrize("name", ["app", "platform", "user"])
@pytest.mark.parametrize("page", ["share", "sharestatistics"])
def test_admin__of_a_text_that_none_can_have(page, name, poor_everywhere, app, admin_client):
    write_batch([event(app, at=timezone.now())])
    answer = admin_client.get(f"/admin/share_analytics/{page}/?{urlencode({name: SMILE})}")
    assert answer.status_code in {200, 302}
    if page == "share":
        assert list(answer.context["cl"].result_list) == []
