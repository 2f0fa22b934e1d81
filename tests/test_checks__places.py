"""Tenants and databases that can't work are said before the first share."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks
from django.db import connections

from django_share_analytics import checks
from tests.tenancy import AppsElsewhere, NothingToMigrate, SetAsideElsewhere, TenantRouter, at

OURS = "share_analytics"


@pytest.fixture
def tenant(settings):
    def use(path):
        settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "TENANT": path}
        return checks.check_tenants()

    return use


@pytest.mark.parametrize("path", ["Hook", "Careless", "an_instance", "Raising"])
def test_e020__is_content_with_a_class_and_with_an_object(path, tenant):
    assert tenant(f"tests.tenancy.{path}") == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("tests.tenancy.Nothing", "can't be used: ImportError"),
        ("no.such.module", "can't be used: ModuleNotFoundError"),
        ("nothing", "can't be used: ImportError"),
        ("tests.tenancy.NeedsArguments", "can't be used: TypeError"),
        ("tests.tenancy.WithoutUse", "has no method use()"),
        ("tests.tenancy.ALIASES", "has no method current()"),
    ],
)
def test_e020__when_it_is_nothing_of_the_kind(path, said, tenant):
    (message,) = tenant(path)
    assert message.id == "share_analytics.E020"
    assert message.msg.startswith(f'SHARE_ANALYTICS["TENANT"]: {path!r} {said}')


def test_e020__leaves_what_is_no_text_to_e002(tenant):
    assert tenant(7) == []
    (message,) = checks.check_settings()
    assert 'SHARE_ANALYTICS["TENANT"] must be a string' in message.msg


@pytest.fixture
def schemas(monkeypatch):
    """The database has the engine of django-tenants."""
    engine = type(connections["default"])
    ours = type("DatabaseWrapper", (engine,), {"__module__": "django_tenants.postgresql_backend"})
    of_a_host = type("DatabaseWrapper", (ours,), {"__module__": "shop.database"})
    wrapper = of_a_host(connections["default"].settings_dict, "default")
    first = connections["default"]
    connections["default"] = wrapper
    yield
    connections["default"] = first


@pytest.mark.usefixtures("schemas")
@pytest.mark.parametrize(
    ("values", "n"),
    [
        ({}, 1),
        ({"TENANT_APPS": ["django_share_analytics", "shop"]}, 1),
        ({"TENANT_APPS": ["django_share_analytics.apps.ShareAnalyticsConfig"]}, 1),
        ({"TENANT_APPS": ["shop"]}, 0),
        ({"HAS_MULTI_TYPE_TENANTS": True, "TENANT_TYPES": {"b": {"APPS": ["shop"]}}}, 0),
        (
            {
                "HAS_MULTI_TYPE_TENANTS": True,
                "TENANT_TYPES": {
                    "public": {"APPS": ["shop"]},
                    "a": {"APPS": ["shop"]},
                    "b": {"APPS": ["django_share_analytics"]},
                },
            },
            1,
        ),
    ],
)
def test_e024__when_nothing_tells_the_schemas_apart(values, n, settings):
    for name, value in values.items():
        setattr(settings, name, value)
    messages = checks.check_tenants()
    assert [message.id for message in messages] == ["share_analytics.E024"] * n
    for message in messages:
        assert "django_share_analytics.tenants.DjangoTenants" in message.hint


@pytest.mark.usefixtures("schemas")
def test_e024__is_content_with_a_tenant(tenant):
    assert tenant("tests.tenancy.Hook") == []


@pytest.fixture
def routers(settings, monkeypatch):
    def use(*routers):
        monkeypatch.setitem(connections.settings, "two", dict(connections.settings["default"]))
        settings.DATABASE_ROUTERS = list(routers)
        return checks.check_databases()

    yield use
    if hasattr(connections._connections, "two"):  # or the next test that has two has this one
        connections["two"].close()
        del connections["two"]


def label_of(app_model):
    return app_model._meta.app_label


@pytest.mark.django_db
@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("which", ["apps", "users", "both"])
def test_e025__when_they_are_in_another_database(which, strict, routers, app_model):
    labels = {"apps": [label_of(app_model)], "users": ["auth"]}
    labels["both"] = labels["apps"] + labels["users"]
    (message,) = routers(AppsElsewhere(*labels[which], strict=strict))
    assert message.id == "share_analytics.E025"
    assert message.msg.count("is written to 'two'") == len(labels[which])
    ours = [each for each in run_checks(databases=["default"]) if each.id.startswith(OURS)]
    assert ours == [message]


def test_e025__when_our_tables_are_elsewhere(routers):
    (message,) = routers(AppsElsewhere(OURS, strict=False))
    assert "Shares are written to the database 'two'" in message.msg
    assert "is written to 'default'" in message.msg


def test_e025__when_a_table_is_not_made_there(routers, app_model):
    (message,) = routers(NothingToMigrate(label_of(app_model)))
    assert f"{app_model._meta.label} has no table in 'default'" in message.msg


def test_e025__when_our_own_tables_are_apart(routers):
    (message,) = routers(SetAsideElsewhere())
    assert "share_analytics.SetAside is written to 'two'" in message.msg


class Replicas:
    def db_for_read(self, model, **hints):
        return "two"

    def db_for_write(self, model, **hints):
        return "default"

    def allow_migrate(self, db, app_label, **hints):
        return db == "default"


class Logs(AppsElsewhere):
    """Another app is elsewhere, as is what reads."""


@pytest.mark.parametrize(
    "router", [Replicas(), Logs("logs"), TenantRouter()], ids=lambda router: type(router).__name__
)
def test_e025__is_content(router, routers):
    assert routers(router) == []


def test_e025__says_nothing_where_the_router_says_nothing(routers):
    with at(None):
        assert routers(TenantRouter()) == []


def test_e025__follows_where_all_of_it_goes(routers, app_model):
    assert routers(AppsElsewhere(OURS, label_of(app_model), "auth")) == []
