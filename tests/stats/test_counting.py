from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.db.models import Count

from django_share_analytics.exceptions import InvalidShare
from django_share_analytics.stats import with_share_count
from django_share_analytics.writing.writer import write_shares
from tests.factories import event

pytestmark = pytest.mark.django_db


def test_with_share_count__beside_each_app(make_app, app_model, django_assert_num_queries):
    chess, maps, mail = make_app("Chess"), make_app("Maps"), make_app("Mail")
    write_shares([event(chess, "x"), event(chess, "copy"), event(maps, "x")])
    with django_assert_num_queries(1):
        apps = list(with_share_count(app_model.objects.order_by("name")))
    assert [(app.name, app.share_count) for app in apps] == [
        (chess.name, 2),
        (mail.name, 0),
        (maps.name, 1),
    ]


def test_with_share_count__can_be_sorted_and_filtered_by(make_app, app_model):
    chess, maps, mail = make_app(), make_app(), make_app()
    write_shares([event(chess), event(maps), event(maps)])
    found = with_share_count(app_model.objects.all(), "shared").order_by("-shared", "pk")
    assert [app.pk for app in found] == [maps.pk, chess.pk, mail.pk]
    assert [app.pk for app in found.filter(shared__gt=0)] == [maps.pk, chess.pk]
    assert found.filter(shared__gt=0).count() == 2


def test_with_share_count__beside_another_annotation(make_app, app_model):
    chess, maps = make_app("A"), make_app("B")
    write_shares([event(chess, "x"), event(chess, "copy"), event(chess, "copy")])
    rows = app_model.objects.annotate(platforms=Count("share_analytics_platform_counts"))
    found = with_share_count(rows).order_by("name").values_list("pk", "platforms", "share_count")
    assert list(found) == [(chess.pk, 2, 3), (maps.pk, 0, 0)]


def test_with_share_count__of_another_model():
    with pytest.raises(InvalidShare):
        with_share_count(get_user_model().objects.all())
