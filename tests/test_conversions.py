from __future__ import annotations

import asyncio
import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse

from django_share_analytics import atrack_conversion, conversions, track_conversion, track_share
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.links import accepting
from django_share_analytics.links.cookies import remember_link
from django_share_analytics.links.ids import step_id
from django_share_analytics.testing import capture_shares

pytestmark = pytest.mark.django_db

SHARE = uuid.UUID("018f2f5e-7a3c-7b1d-9e5f-0123456789ab")
CODE = "02wQXVJSf24F7PICYQbrdj"


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SHARE_ANALYTICS = {
        **settings.SHARE_ANALYTICS,
        "GOALS": {"signup": True, "purchase": False},
        "PLACEMENTS": ["top"],
        "LINK_COOKIE_SECONDS": 60,
    }


@pytest.fixture
def events():
    with capture_shares():
        yield dispatchers["default"].events


@pytest.fixture
def known(monkeypatch):
    for module in (accepting, conversions):
        monkeypatch.setattr(module, "visitor_of", lambda request: 77)


@pytest.mark.parametrize("via", [SHARE, CODE, str(SHARE)])
def test_track_conversion__of_a_visitor(via, known, rf, events):
    receipt = track_conversion(rf.get("/"), "purchase", via=via)
    (event,) = events
    assert (receipt.accepted, receipt.id) == (True, event.id)
    assert (event.share_id, event.kind, event.detail) == (SHARE, "conversion", "purchase")
    assert event.id == step_id(SHARE, "conversion", "purchase", 77)
    assert (event.app_id, event.visitor) == (None, 77)


def test_track_conversion__of_a_user(known, rf, admin_user, events):
    request = rf.get("/")
    request.user = admin_user
    assert track_conversion(request, "signup", via=CODE).accepted
    assert track_conversion(None, "signup", via=CODE, user=admin_user).accepted
    assert track_conversion(None, "signup", via=CODE, user=admin_user.pk).accepted
    assert {event.id for event in events} == {
        step_id(SHARE, "conversion", "signup", "user", admin_user.pk)
    }


def test_track_conversion__with_a_key(known, rf, admin_user, events):
    for key in (17, "17", admin_user.pk):
        assert track_conversion(rf.get("/"), "purchase", via=CODE, key=key, user=admin_user)
    first, second, third = (event.id for event in events)
    assert first == second == step_id(SHARE, "conversion", "purchase", "key", 17)
    assert third != step_id(SHARE, "conversion", "purchase", "user", admin_user.pk)


@pytest.mark.parametrize("signal", [{"sec-gpc": "1"}, {"dnt": "1"}])
def test_track_conversion__of_who_asks_for_privacy(signal, rf, admin_user, events, settings):
    """An id that is made of the user would tell of them for ever; the host's key is the host's."""
    request = rf.get("/", headers=signal)
    request.user = admin_user
    of_the_user = step_id(SHARE, "conversion", "signup", "user", admin_user.pk)
    for values in ({}, {"user": admin_user}, {"key": 17}):
        assert track_conversion(request, "signup", via=CODE, **values).accepted
    ids = [event.id for event in events]
    assert of_the_user not in ids
    assert ids[2] == step_id(SHARE, "conversion", "signup", "key", 17)
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "PRIVACY_SIGNALS": False}
    assert track_conversion(request, "signup", via=CODE).id == of_the_user


def test_track_conversion__by_the_cookie_of_who_asks_for_privacy_by_now(rf, events):
    request = rf.get("/", headers={"sec-gpc": "1"})
    request.COOKIES["share_link"] = CODE
    assert track_conversion(request, "signup").reason == "unknown_share"
    del request.META["HTTP_SEC_GPC"]
    assert track_conversion(request, "signup").accepted


def test_track_conversion__of_nobody_known_counts_each_time(rf, events):
    request = rf.get("/")
    request.user = AnonymousUser()
    for each in (request, request, None, None):
        assert track_conversion(each, "signup", via=CODE).accepted
    assert len({event.id for event in events}) == 4


def test_track_conversion__by_the_cookie(rf, events):
    response = HttpResponse()
    remember_link(rf.get("/"), response, SHARE)
    rf.cookies = response.cookies
    assert track_conversion(rf.get("/"), "signup").accepted
    assert events[0].share_id == SHARE


@pytest.mark.parametrize("cookie", ["", "x", CODE[1:], "0" * 5_000])
def test_track_conversion__by_no_link(cookie, rf, events, caplog):
    rf.cookies["share_link"] = cookie
    for via in (None, "", "mangled"):
        assert track_conversion(rf.get("/"), "signup", via=via).reason == "unknown_share"
    assert track_conversion(None, "signup").reason == "unknown_share"
    assert (events, caplog.text) == ([], "")


def test_track_conversion__of_an_unknown_goal(rf, events, caplog):
    assert track_conversion(rf.get("/"), "unheard of", via=CODE).reason == "invalid"
    assert "'unheard of' is not a goal of this site." in caplog.text
    assert events == []


@pytest.mark.parametrize("error", [DispatcherUnavailable(), ZeroDivisionError()])
def test_track_conversion__never_raises(error, rf, monkeypatch, caplog):
    def refuse(event):
        raise error

    monkeypatch.setattr(dispatchers, "submit", refuse)
    assert track_conversion(rf.get("/"), "signup", via=CODE).reason == "unavailable"
    assert "conversion" in caplog.text


async def _convert(request):
    return await atrack_conversion(request, "signup", via=CODE, key=5)


def test_atrack_conversion(rf, events):
    assert asyncio.run(_convert(rf.get("/"))).accepted
    assert len(events) == 1


def test_track_share__by_who_came_by_a_link(rf, app, events, settings, monkeypatch):
    settings.ROOT_URLCONF = "tests.redirects.urls"
    monkeypatch.setattr("django_share_analytics.tracking.visitor_of", lambda request: 77)
    track_share(app, "copy", request=rf.get("/"), via=CODE, placement="top")
    track_share(app, "copy", via="mangled")
    track_share(app, "copy", via=SHARE, id=SHARE)
    assert [(event.via, event.placement, event.visitor) for event in events] == [
        (SHARE, "top", 77),
        (None, "", None),
        (None, "", None),
    ]


def test_track_share__of_an_unknown_placement(app, events, caplog):
    assert track_share(app, "copy", placement="elsewhere").reason == "invalid"
    assert "'elsewhere' is not a placement of this site." in caplog.text
