"""What is kept of one database or tenant is served to no other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from django_share_analytics import stats
from django_share_analytics.models import State
from django_share_analytics.stats.cached_counts import cached_share_count
from django_share_analytics.writing.writer import write_shares
from tests.factories import event
from tests.tenancy import at


@pytest.fixture
def tenants(settings):
    """Tenants in one database, as schemas are."""
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "TENANT": "tests.tenancy.Hook"}


@pytest.mark.usefixtures("tenants")
def test_counts__of_one_tenant_are_not_anothers(app):
    with at("one"):
        assert cached_share_count(app).count.total == 0
        write_shares([event(app)])
        assert cached_share_count(app).count.total == 0
    with at("two"):
        assert cached_share_count(app).count.total == 1


@pytest.mark.usefixtures("tenants")
def test_closed_days__of_one_tenant_are_not_anothers(app):
    long_ago = timezone.now() - timedelta(days=9)
    version = State.objects.get().closed_days_version
    for tenant, n in (("one", 0), ("two", 1)):
        with at(tenant):
            assert stats.share_stats(days=30).total == n
            write_shares([event(app, at=long_ago)])
            State.objects.update(closed_days_version=version)  # as in a copy of a schema
            assert stats.share_stats(days=30).total == n


def test_counts__when_nobody_can_say_whose_they_are(app, settings):
    ours = settings.SHARE_ANALYTICS
    for n in range(2):
        settings.SHARE_ANALYTICS = {**ours, "TENANT": "tests.tenancy.Raising"}
        assert cached_share_count(app).count.total == n
        settings.SHARE_ANALYTICS = ours
        write_shares([event(app)])


@pytest.mark.usefixtures("two_databases")
def test_counts__of_one_database_are_not_anothers(app, app_model):
    app_model._base_manager.using("two").create(pk=app.pk, name="of two")
    write_shares([event(app)], using="two")
    for tenant, n in (("one", 0), ("two", 1), ("one", 0)):
        with at(tenant):
            assert cached_share_count(app).count.total == n


@pytest.mark.usefixtures("two_databases")
def test_closed_days__of_a_copy_are_its_own(app, app_model):
    app_model._base_manager.using("two").create(pk=app.pk, name="of two")
    long_ago = timezone.now() - timedelta(days=9)
    write_shares([event(app, at=long_ago)], using="two")
    version = State.objects.using("two").get().closed_days_version
    State.objects.using("default").update(closed_days_version=version)
    for tenant, n in (("one", 0), ("two", 1), ("one", 0)):
        with at(tenant):
            answer = stats.share_stats(days=30)
            assert (answer.total, len(answer.most_shared_apps)) == (n, n)
