"""What was accepted for one database or tenant is written there, by every dispatcher."""

from __future__ import annotations

import threading
from contextlib import nullcontext

import pytest
from django.test import Client

from django_share_analytics import places, track_share
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.events import ImpressionEvent
from django_share_analytics.models import ImpressionDay, LinkStep
from django_share_analytics.steps import CLICK
from django_share_analytics.writing.resting import resting
from tests.dispatch.conftest import wait_until
from tests.dispatch.test_base__contract import PATHS, WRITING
from tests.factories import event, link_event
from tests.tenancy import ALIASES, at, reasons, stored

pytestmark = pytest.mark.usefixtures("two_databases")

HOOKS = {"router alone": None, "hook": "tests.tenancy.Hook", "careless": "tests.tenancy.Careless"}
LATER = ["buffered", "buffered with journal", "redis_streams"]
"""Those that write in a thread or a process that has seen no request."""


# One of them in everyday's run.
@pytest.fixture(
    params=[
        name if name == "hook" else pytest.param(name, marks=pytest.mark.slow) for name in HOOKS
    ]
)
def hook(request, settings):
    if path := HOOKS[request.param]:
        settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "TENANT": path}
    return path


@pytest.fixture
def start(use, tmp_path, hook):
    """``start(name, **options)``: this dispatcher, with the options that it can't do without."""
    needed = {"buffered with journal": {"journal": tmp_path / "journal"}}
    return lambda name, **options: use(PATHS[name], **needed.get(name, {}), **options)


@pytest.fixture
def key(make_app, app_model):
    """The key that an app of each tenant has."""
    key = make_app().pk
    app_model._base_manager.using("two").create(pk=key, name="of two")
    return key


@pytest.fixture
def bring_home(settle):
    """Like a worker that has seen no request: where no tenant is, and the router fails."""

    def bring_home(dispatcher, tenant=None):
        done = []

        def work():
            from django.db import connections

            try:
                with at(tenant):
                    done.append(settle(dispatcher))
            finally:
                connections.close_all()

        thread = threading.Thread(target=work)
        thread.start()
        thread.join(60)
        assert done
        return done[0]

    return bring_home


@pytest.mark.parametrize("name", WRITING)
def test_submit__brings_each_share_to_its_tenant(name, start, key, bring_home):
    dispatcher = start(name)
    for tenant in ("two", "one", "two", "two"):
        with at(tenant):
            assert track_share(key, "copy").accepted
    bring_home(dispatcher)
    assert (len(stored("default")), len(stored("two"))) == (1, 3)
    assert (reasons("default"), reasons("two")) == ({}, {})


@pytest.mark.parametrize("name", WRITING)
def test_submit__brings_what_became_of_a_share_to_its_tenant(name, start, key, bring_home):
    """The share with the same id that another tenant has is not its own."""
    dispatcher = start(name)
    share = event(key)
    for tenant in ("two", "one"):
        with at(tenant):
            dispatchers.submit(share)
    with at("two"):
        dispatchers.submit(link_event(share, CLICK))
    bring_home(dispatcher)
    clicks = {alias: LinkStep.objects.using(alias).count() for alias in ("default", "two")}
    assert clicks == {"default": 0, "two": 1}
    assert (reasons("default"), reasons("two")) == ({}, {})


@pytest.mark.parametrize("name", WRITING)
def test_submit__brings_what_came_into_sight_to_its_tenant(name, start, key, bring_home):
    """Two tenants may have the same id."""
    dispatcher = start(name)
    seen = ImpressionEvent(("top",), 10)
    for tenant, one in (("two", seen), ("one", seen), ("two", ImpressionEvent(("top",), 10))):
        with at(tenant):
            dispatchers.submit(one)
    bring_home(dispatcher)
    counts = {alias: ImpressionDay.objects.using(alias).get().n for alias in ("default", "two")}
    assert counts == {"default": 10, "two": 20}


@pytest.mark.parametrize("name", WRITING)
def test_submit__of_a_request(name, start, key, bring_home):
    dispatcher = start(name)
    with at("two"):
        body = {"appId": str(key), "platform": "copy"}
        answer = Client().post("/api/shares", body, content_type="application/json")
    assert answer.status_code == 202
    bring_home(dispatcher)
    assert (stored("default"), stored("two")) == ([], [str(key)])


@pytest.mark.parametrize("name", LATER)
def test_close__brings_each_share_to_its_tenant(name, start, key, bring_home):
    start(name, **({} if name == "redis_streams" else {"flush_seconds": 60.0}))
    with at("two"):
        track_share(key, "copy")
    with at(None):
        dispatchers.close()
    bring_home(dispatchers["default"])
    assert (stored("default"), stored("two")) == ([], [str(key)])


@pytest.mark.parametrize("name", WRITING)
def test_submit__when_the_router_can_not_say(name, start, key):
    start(name)
    with at(None):
        assert track_share(key, "copy").reason == "unavailable"
        body = {"appId": str(key), "platform": "copy"}
        answer = Client().post("/api/shares", body, content_type="application/json")
    assert answer.status_code == 503
    assert (stored("default"), stored("two")) == ([], [])


@pytest.mark.slow
@pytest.mark.parametrize("name", LATER)
def test_one_that_is_away__holds_up_no_other(name, start, key, bring_home, monkeypatch):
    """Not even with more shares than go into a batch, and when these came first."""
    # It comes back under another name, which tests would take for another database.
    monkeypatch.setattr(places, "is_under_tests", lambda: False)
    options = {"max_batch": 4, "flush_seconds": 0.05}
    dispatcher = start(name, **options)
    for tenant in ["away"] * 11 + ["two", "one", "away", "two"]:
        with at(tenant):
            assert track_share(key, "copy").accepted
    stop = threading.Event()
    consumer = _consumer(dispatcher, stop)
    try:
        assert wait_until(lambda: (len(stored("default")), len(stored("two"))) == (1, 2), 20)
        with at("one"):  # and who comes now
            track_share(key, "copy")
        assert wait_until(lambda: len(stored("default")) == 2, 20)
        assert wait_until(lambda: dispatcher.status().waiting == 12, 20)
    finally:
        stop.set()
        consumer.join(60)
    _come_back()
    resting.clear()
    bring_home(dispatcher)
    assert wait_until(lambda: len(stored("two")) == 14, 30)
    assert (reasons("default"), reasons("two")) == ({}, {})


def _consumer(dispatcher, stop):
    """What runs beside the site, in a thread."""

    def work():
        from django.db import connections

        try:
            with at(None):
                dispatcher.consume(stop)
        finally:
            connections.close_all()

    is_needed = dispatcher.has_consumer and not hasattr(dispatcher, "_drain")
    thread = threading.Thread(target=work if is_needed else nullcontext)
    thread.start()
    return thread


def _come_back():
    """The database that was away is that of ``two`` from here on."""
    from django.db import connections

    connections["away"].close()
    connections.settings["away"].update(connections.settings["two"])
    del connections["away"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["buffered", "buffered with journal"])
def test_close__while_one_is_away_writes_what_is_of_others(name, start, key):
    start(name, max_batch=4, flush_seconds=60.0, shutdown_seconds=2.0)
    for tenant in ["away"] * 3 + ["two", "away", "one", "two"] + ["away"] * 9 + ["one"]:
        with at(tenant):
            track_share(key, "copy")
    with at(None):
        dispatchers.close()
    assert (len(stored("default")), len(stored("two"))) == (2, 2)


@pytest.mark.parametrize("name", WRITING)
def test_a_database_that_is_gone(name, start, key, bring_home, monkeypatch):
    dispatcher = start(name)
    monkeypatch.setitem(ALIASES, "gone", "gone")
    for tenant in ("gone", "two"):
        with at(tenant):
            assert track_share(key, "copy").reason in {None, "unknown_tenant"}
    monkeypatch.delitem(ALIASES, "gone")
    bring_home(dispatcher, tenant="one")
    assert (stored("default"), stored("two")) == ([], [str(key)])
    if name in LATER:  # others write where the router still says that there is none
        assert (reasons("default"), reasons("two")) == ({"unknown_tenant": 1}, {})
