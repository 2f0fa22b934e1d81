"""Where a share belongs: asked once, and led back to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.exceptions import ImproperlyConfigured, ObjectDoesNotExist

from django_share_analytics import places, track_share
from django_share_analytics.exceptions import UnknownTenant
from django_share_analytics.places import (
    NOWHERE,
    Place,
    at_home,
    by_place,
    current_tenant,
    here,
    inside,
    make_tenancy,
)
from django_share_analytics.testing import capture_shares
from tests.factories import event
from tests.tenancy import Hook, at


@pytest.fixture
def tenant(settings):
    def use(path):
        settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "TENANT": path}

    return use


@pytest.fixture
def in_production(monkeypatch):
    """In tests an event remembers their database, too."""
    monkeypatch.setattr(places, "is_under_tests", lambda: False)


def nobody_is_asked(*args, **kwargs):
    raise AssertionError


@pytest.mark.usefixtures("in_production")
def test_here__asks_nobody_where_there_is_one_place(settings):
    settings.DATABASE_ROUTERS = [type("Router", (), {"db_for_write": nobody_is_asked})()]
    given = event(1)
    assert here() == NOWHERE
    assert at_home(given) is given


@pytest.mark.usefixtures("two_databases")
@pytest.mark.parametrize("path", ["", "tests.tenancy.Hook", "tests.tenancy.an_instance"])
def test_capture__says_where_it_was(path, tenant, unknown_key):
    tenant(path)
    with capture_shares() as shares:
        for name in ("two", "one"):
            with at(name):
                track_share(unknown_key, "copy")
    wanted = [Place("two", path and "two"), Place("default", path and "one")]
    assert [Place(share.using, share.tenant) for share in shares] == wanted


@pytest.mark.usefixtures("two_databases", "in_production")
def test_at_home__leaves_what_knows_its_place():
    given = replace(event(1), using="two")
    assert at_home(given) is given


def test_current_tenant__when_it_is_no_text(tenant, unknown_key):
    tenant("tests.tenancy.OfNumbers")
    with pytest.raises(TypeError, match="must return text, not 7"):
        current_tenant()
    assert track_share(unknown_key, "copy").reason == "unavailable"


def test_current_tenant__when_it_says_nothing(tenant):
    tenant("tests.tenancy.Careless")
    with at(None):
        assert current_tenant() == ""


def test_by_place__keeps_the_order():
    one, two = event(1), replace(event(2), tenant="t")
    assert by_place([two, one, two]) == {Place("", "t"): [two, two], NOWHERE: [one]}


@pytest.mark.usefixtures("two_databases")
def test_inside__leads_there_and_back(tenant):
    tenant("tests.tenancy.Hook")
    with at(None):
        with inside(Place("", "two")) as using:
            assert (using, current_tenant()) == ("two", "two")
        assert current_tenant() == ""


@pytest.mark.usefixtures("two_databases")
@pytest.mark.parametrize(
    "place", [Place("gone", "one"), Place("two", "gone"), Place("two"), NOWHERE]
)
def test_inside__of_what_is_not_there(place, tenant):
    tenant("tests.tenancy.Hook")
    with pytest.raises(UnknownTenant), inside(place):
        pytest.fail("there is no such place")


def test_inside__of_a_tenant_where_there_are_none():
    with pytest.raises(UnknownTenant), inside(Place("", "two")):
        pytest.fail("there is no such place")


@pytest.mark.parametrize(
    "error", [KeyError("x"), ObjectDoesNotExist(), IndexError(), UnknownTenant()]
)
def test_inside__when_the_hook_knows_of_no_such_tenant(error, tenant, monkeypatch):
    tenant("tests.tenancy.an_instance")
    monkeypatch.setattr(Hook, "use", _raising(error))
    with pytest.raises(UnknownTenant), inside(Place("", "two")):
        pytest.fail("there is no such place")


def test_inside__when_the_hook_fails(tenant, monkeypatch):
    tenant("tests.tenancy.an_instance")
    monkeypatch.setattr(Hook, "use", _raising(OSError("away")))
    with pytest.raises(OSError, match="away"), inside(Place("", "two")):
        pytest.fail("it is away")


def test_inside__takes_nothing_of_the_block_for_an_unknown_tenant(tenant):
    """A look-up that fails in there is somebody's bug, and no reason to drop a share."""
    tenant("tests.tenancy.Hook")
    with pytest.raises(KeyError), inside(Place("", "one")):
        raise KeyError("of the block")


def _raising(error):
    def use(self, tenant):
        raise error

    return use


@pytest.mark.parametrize("path", ["tests.tenancy.WithoutUse", "nowhere.At.all"])
def test_make_tenancy__of_nothing_of_the_kind(path):
    with pytest.raises(ImproperlyConfigured, match=r'SHARE_ANALYTICS\["TENANT"\]'):
        make_tenancy(path)
