from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import AnonymousUser

from django_share_analytics import track_share
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.models import Share
from django_share_analytics.testing import IMMEDIATE, capture_shares, use_dispatchers

pytestmark = pytest.mark.django_db


def test_track_share__stores_a_share(app, admin_user, rf):
    request = rf.get("/", headers={"user-agent": "Firefox", "referer": "https://e.com/"})
    when = datetime(2026, 1, 1, tzinfo=UTC)
    receipt = track_share(
        app, "X", request=request, user=admin_user, session_id="s", timestamp=when
    )
    assert receipt.accepted
    share = Share.objects.get(id=receipt.id)
    assert (share.app_id, share.platform, share.user) == (app.pk, "twitter", admin_user)
    assert (share.session_id, share.user_agent, share.timestamp) == ("s", "Firefox", when)
    assert share.referrer_url == "https://e.com/"


def test_track_share__by_key_of_nobody(app):
    track_share(app.pk, "copy", user=AnonymousUser())
    assert Share.objects.get().user is None


@pytest.mark.parametrize("number", [0, 2**128 - 1])
def test_track_share__with_an_id_that_identifies_nothing(app, number):
    """Every client would have the same, and only one of their shares would count."""
    assert track_share(app, "whatsapp", id=uuid.UUID(int=number)).reason == "invalid"


def test_track_share__twice_with_one_id(app):
    given = uuid.uuid4()
    assert track_share(app, "copy", id=given).reason is None
    assert track_share(app, "copy", id=given).reason == "duplicate"
    assert Share.objects.count() == 1


def test_track_share__cleans_what_no_database_takes(app):
    receipt = track_share(
        app, "copy", session_id="a\x00b" * 60, user_agent="\ud800" * 600, referrer_url="\x00"
    )
    assert receipt.accepted
    share = Share.objects.get()
    assert (len(share.session_id), share.user_agent) == (67, "?" * 500)


@pytest.mark.parametrize("platform", ["myspace", "", "x" * 60])
def test_track_share__to_an_unknown_platform(platform, app, caplog):
    assert track_share(app, platform).reason == "invalid"
    assert "is not a platform of this site" in caplog.text


@pytest.mark.parametrize("wrong", [None, object(), "\x00"])
def test_track_share__of_what_is_no_app(wrong):
    assert track_share(wrong, "copy").reason == "invalid"


@pytest.mark.parametrize("error", [DispatcherUnavailable, ZeroDivisionError])
def test_track_share__never_breaks_its_caller(error, app, monkeypatch, caplog):
    def fail(event):
        raise error

    monkeypatch.setattr(dispatchers, "submit", fail)
    assert track_share(app, "copy").reason == "unavailable"
    assert caplog.records


def test_track_share__with_a_configuration_that_is_broken(app, settings, caplog):
    settings.SHARE_ANALYTICS = {"DISPATCHERS": {"default": {"BACKEND": "no.where"}}}
    assert track_share(app, "copy").reason == "unavailable"
    assert "could not import" in caplog.text


def test_capture_shares__shows_what_was_tracked(app):
    with capture_shares() as shares:
        track_share(app, "copy")
    assert [(share.app_id, share.platform) for share in shares] == [(app.pk, "copy")]
    assert not Share.objects.exists()


@use_dispatchers(IMMEDIATE)
def test_use_dispatchers__as_a_decorator(app):
    track_share(app, "copy")
    assert Share.objects.count() == 1


def test_fallback__takes_what_the_default_refuses(app, settings, monkeypatch):
    memory = "django_share_analytics.testing.MemoryDispatcher"
    with use_dispatchers({"default": {"BACKEND": memory}, "fallback": {"BACKEND": memory}}):

        def refuse(event):
            raise DispatcherUnavailable

        monkeypatch.setattr(dispatchers["default"], "submit", refuse)
        assert track_share(app, "copy").accepted
        assert len(dispatchers["fallback"].events) == 1
