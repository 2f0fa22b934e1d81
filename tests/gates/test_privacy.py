"""What goes on of a person, by what the site says and by what they say themselves."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics import track_share
from django_share_analytics.events import ImpressionEvent, LinkEvent, ShareEvent, new_id
from django_share_analytics.gates.privacy import leave_out_personal_values
from django_share_analytics.models import Share
from django_share_analytics.sessions import kept_session

PHONE = (
    "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Mobile Safari/537.36"
)
SHARE = ShareEvent(
    app_id=1,
    platform="x",
    user_id=7,
    user_proof="backend digest",
    session_id="s-1",
    user_agent=PHONE,
    referrer_url="https://e.com/a",
    visitor=77,
    via=new_id(),
    placement="top",
)
VISIT = LinkEvent(new_id(), "visit", 1, detail="instagram", visitor=77, click_id=new_id())
VIEWED = ImpressionEvent(("top",), 20)


def request(**headers):
    return RequestFactory(headers=headers).post("/")


@pytest.mark.parametrize("signal", [{"sec-gpc": "1"}, {"dnt": "1"}])
def test_signal__leaves_nothing_personal(signal):
    assert leave_out_personal_values(SHARE, request(**signal)) == ShareEvent(
        app_id=1, platform="x", id=SHARE.id, timestamp=SHARE.timestamp, via=SHARE.via,
        placement="top",
    )  # fmt: skip
    nobodys = leave_out_personal_values(VISIT, request(**signal))
    assert nobodys == replace(VISIT, visitor=None, click_id=None)
    assert leave_out_personal_values(VIEWED, request(**signal)) is None


@pytest.mark.parametrize("headers", [{}, {"sec-gpc": "0"}, {"dnt": "0"}, {"dnt": "unspecified"}])
def test_no_signal__nothing_changes(headers):
    for event in (SHARE, VISIT, VIEWED):
        assert leave_out_personal_values(event, request(**headers)) is None
        assert leave_out_personal_values(event, None) is None


def test_signals__that_the_site_does_not_follow(configure):
    configure(PRIVACY_SIGNALS=False)
    for event in (SHARE, VISIT):
        assert leave_out_personal_values(event, request(**{"sec-gpc": "1"})) is None


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ({"REFERRER": "none"}, {"referrer_url": None}),
        ({"REFERRER": "origin"}, {"referrer_url": "https://e.com"}),
        ({"USER_AGENT": "none"}, {"user_agent": ""}),
        ({"USER_AGENT": "family"}, {"user_agent": "Chrome on Android"}),
        ({"SESSION_ID": "none"}, {"session_id": ""}),
    ],
    ids=str,
)
def test_settings__say_how_much(values, kept, configure):
    configure(**values)
    for asking in (request(), None):
        assert leave_out_personal_values(SHARE, asking) == replace(SHARE, **kept)
        assert leave_out_personal_values(VISIT, asking) is None


def test_session__as_a_hash(configure, settings):
    configure(SESSION_ID="hash")
    (first, again, other) = map(kept_session, ("s-1", "s-1", "s-2"))
    assert first == again != other
    assert leave_out_personal_values(SHARE, None) == replace(SHARE, session_id=first)
    assert len(first) == 64
    settings.SECRET_KEY = "another"
    assert kept_session("s-1") != first
    assert kept_session("") == ""


def test_already_as_little__is_not_copied(configure):
    configure(SESSION_ID="hash", USER_AGENT="family", REFERRER="origin")
    assert leave_out_personal_values(ShareEvent(1, "x", user_agent="curl/8"), None) is not None
    assert leave_out_personal_values(ShareEvent(1, "x"), None) is None
    assert leave_out_personal_values(ShareEvent(1, "x"), request(dnt="1")) is None


@pytest.mark.django_db
def test_post__by_who_says_so_counts(client, admin_user, app):
    client.force_login(admin_user)
    body = json.dumps({"appId": str(app.pk), "platform": "x", "sessionId": "s-1"})
    headers = {"sec-gpc": "1", "user-agent": PHONE, "referer": "https://e.com/?token=5"}
    answer = client.post("/api/shares", body, "application/json", headers=headers)
    assert (answer.status_code, answer.headers.get("Share-Filtered")) == (202, None)
    share = Share.objects.get()
    assert (share.user, share.session_id, share.user_agent, share.referrer_url, share.visitor) == (
        None, "", "", None, None,
    )  # fmt: skip


@pytest.mark.django_db
def test_track_share__keeps_as_little(configure, app, admin_user):
    configure(SESSION_ID="hash", USER_AGENT="family")
    values = {"user_agent": PHONE, "session_id": "s-1", "referrer_url": "https://e.com/a?b#c"}
    track_share(app, "x", user=admin_user, **values)
    share = Share.objects.get()
    assert share.user == admin_user
    assert (share.session_id, share.user_agent, share.referrer_url) == (
        kept_session("s-1"), "Chrome on Android", "https://e.com/a",
    )  # fmt: skip
    track_share(app, "copy", user=admin_user, request=request(dnt="1"), **values)
    share = Share.objects.get(platform="copy")
    assert (share.user, share.session_id, share.user_agent) == (None, "", "")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(session=st.text(max_size=100))
def test_session__whatever_it_is(session, configure):
    configure(SESSION_ID="hash")
    kept = kept_session(session)
    assert len(kept) == (64 if session else 0)
