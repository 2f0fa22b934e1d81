from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from django_share_analytics.models import Share, State
from django_share_analytics.writing.writer import write_shares
from tests import emptying
from tests.factories import event

pytestmark = pytest.mark.django_db(transaction=True)


def everything():
    names = connection.introspection.django_table_names(only_existing=True)
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            yield name, sorted(cursor.fetchall(), key=repr)


def test_put_back__is_as_after_the_migrations(app) -> None:
    app.delete()
    migrated = dict(everything())
    assert {name for name, rows in migrated.items() if rows} == {
        "auth_permission",
        "django_content_type",
        "share_analytics_state",
    }


@pytest.mark.parametrize("emptied", [[Permission, ContentType, State], []])
def test_put_back__after_any_change(make_app, emptied) -> None:
    before = dict(everything())
    write_shares([event(make_app())])
    User.objects.create_superuser("amal").user_permissions.add(Permission.objects.first())
    State.objects.update(reporting_zone="UTC")
    Permission.objects.filter(codename="add_user").update(name="changed")
    for model in emptied:
        model.objects.all().delete()
    emptying.put_back("default")
    assert not Share.objects.exists()
    assert dict(everything()) == before
    ContentType.objects.get_for_model(User)
