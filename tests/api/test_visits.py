"""``POST shares/<code>/visits`` and ``…/conversions``: what the script reports."""

from __future__ import annotations

import json
import uuid
from urllib.parse import quote

import pytest
from django.db import connections
from django.test import Client
from hypothesis import given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from django_share_analytics.api import visits
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.links import accepting
from django_share_analytics.links.codes import code_of
from django_share_analytics.links.ids import step_id
from django_share_analytics.testing import capture_shares

pytestmark = pytest.mark.django_db

SHARE = uuid.UUID("018f2f5e-7a3c-7b1d-9e5f-0123456789ab")
CODE = "02wQXVJSf24F7PICYQbrdj"
CLIENT_ID = "0190a0a0-0000-7000-8000-000000000001"
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/150.0 Mobile Safari/537.36"
)
INSTAGRAM = f"{PHONE} Instagram 300.0.0.0"
ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
CALLS = ["visits", "conversions"]


@pytest.fixture(autouse=True)
def _site(settings):
    settings.ROOT_URLCONF = "tests.redirects.urls"
    settings.SHARE_ANALYTICS = {
        **settings.SHARE_ANALYTICS,
        "GOALS": {"signup": True, "purchase": False},
        "PLACEMENTS": ["top", "end"],
    }


@pytest.fixture
def known(monkeypatch):
    """Who visits is known: visitor 77."""
    for module in (accepting, visits):
        monkeypatch.setattr(module, "visitor_of", lambda request: 77)


@pytest.fixture
def events():
    with capture_shares():
        yield dispatchers["default"].events


def json_key(app):
    return app.pk if isinstance(app.pk, int) else str(app.pk)


@pytest.fixture
def post(client, app):
    """``post("visits")``: a good body, with these values in it."""

    def post(
        call, code=CODE, *, user_agent=PHONE, raw=None, content_type="application/json", **values
    ):
        needed = {"appId": json_key(app)} if call == "visits" else {"goal": "signup"}
        body = json.dumps({**needed, **values}) if raw is None else raw
        headers = {"user-agent": user_agent}
        return client.post(f"/api/shares/{code}/{call}", body, content_type, headers=headers)

    return post


def test_visit__of_somebody_who_is_known(known, post, app, events):
    response = post("visits")
    assert (response.status_code, response.json()) == (202, {})
    assert "Share-Filtered" not in response
    (event,) = events
    assert (event.share_id, event.kind, event.app_id) == (SHARE, "visit", app.pk)
    assert event.id == step_id(SHARE, "visit", 77)
    assert event.click_id == step_id(SHARE, "click", 77)
    assert event.visitor == 77


def test_visit__in_the_browser_of_an_app(post, events):
    post("visits", user_agent=INSTAGRAM)
    assert events[0].detail == "instagram"


def test_visit__of_nobody_known_is_one_for_each_id_of_the_client(post, events):
    for id in (CLIENT_ID, CLIENT_ID, None, None):
        post("visits", id=id)
    first, second, third, fourth = (event.id for event in events)
    assert first == second
    assert len({first, third, fourth}) == 3
    assert {event.visitor for event in events} == {event.click_id for event in events} == {None}


def test_visit__of_an_id_that_another_step_has(post, events):
    """What a client calls its visit is no step's id: it would take another one's place."""
    post("visits", id=CLIENT_ID)
    post("conversions", id=CLIENT_ID)
    post("visits", code_of(uuid.UUID(CLIENT_ID)), id=CLIENT_ID)
    assert len({event.id for event in events} | {uuid.UUID(CLIENT_ID)}) == 4


@pytest.mark.parametrize("call", CALLS)
def test_step__of_a_robot_that_runs_scripts(call, post, events):
    answer = post(call, user_agent=ROBOT)
    assert (answer.status_code, answer["Share-Filtered"], events) == (202, "bot", [])


@pytest.mark.parametrize("agent", ["okhttp/4.12.0", "", "MyApp/1.0 CFNetwork/1494"])
def test_visit__of_a_native_app(agent, post, events):
    assert post("visits", user_agent=agent).status_code == 202
    assert [event.kind for event in events] == ["visit"]


def test_conversion__of_somebody_who_is_known(known, post, events):
    response = post("conversions")
    assert (response.status_code, response.json()) == (202, {})
    (event,) = events
    assert (event.share_id, event.kind, event.detail) == (SHARE, "conversion", "signup")
    assert event.id == step_id(SHARE, "conversion", "signup", 77)
    assert (event.app_id, event.click_id) == (None, None)


def test_conversion__of_a_user_counts_once(known, client, admin_user, post, app, events):
    client.force_login(admin_user)
    client.defaults["HTTP_SEC_FETCH_SITE"] = "same-origin"
    post("conversions", appId=json_key(app))
    (event,) = events
    assert event.id == step_id(SHARE, "conversion", "signup", "user", admin_user.pk)
    assert (event.visitor, event.app_id) == (77, app.pk)


@pytest.mark.parametrize("signal", ["HTTP_SEC_GPC", "HTTP_DNT"])
def test_conversion__of_a_user_who_asks_for_privacy(signal, client, admin_user, post, events):
    client.force_login(admin_user)
    client.defaults |= {"HTTP_SEC_FETCH_SITE": "same-origin", signal: "1"}
    post("conversions")
    post("conversions")
    ids = {event.id for event in events}
    assert len(ids) == 2
    assert step_id(SHARE, "conversion", "signup", "user", admin_user.pk) not in ids


def test_conversion__of_a_goal_that_scripts_may_not_send(post, events):
    for goal in ("purchase", "unheard of", "", None, 5, ["signup"]):
        response = post("conversions", goal=goal)
        assert (response.status_code, [*response.json()]) == (400, ["goal"])
    assert post("conversions", goal="purchase").json() == {
        "goal": ["Unknown goal. Allowed: signup."]
    }
    assert events == []


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "code", [CODE[1:], CODE + "0", "z" * 22, str(SHARE), "0" * 22, "x" * 5_000]
)
def test_step__on_a_mangled_code(call, code, post, events):
    response = post(call, code)
    assert (response.status_code, response["Content-Type"]) == (404, "application/json")
    assert events == []


@pytest.mark.parametrize("call", CALLS)
def test_step__where_links_are_off(call, post, events, settings):
    settings.ROOT_URLCONF = "tests.urls"
    assert post(call).status_code == 404
    assert post(call, more=1).status_code == 404  # whatever is sent


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "values", [{"id": 5}, {"id": "-"}, {"id": str(uuid.UUID(int=0))}, {"more": 1}, {"appId": [5]}]
)
def test_step__with_a_value_that_is_wrong(call, values, post, events):
    response = post(call, **values)
    assert (response.status_code, [*response.json()]) == (400, [*values])


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("raw", "content_type", "status"),
    [
        ("{", "application/json", 400),
        ("[]", "application/json", 400),
        ("", "application/json", 400),
        ("<a/>", "application/xml", 415),
        ('"' + "x" * 20_000 + '"', "application/json", 413),
    ],
)
def test_step__with_a_body_that_is_wrong(call, raw, content_type, status, post, events):
    response = post(call, raw=raw, content_type=content_type)
    assert (response.status_code, response["Content-Type"]) == (status, "application/json")


def test_visit__of_a_beacon(post, events):
    assert post("visits", content_type="text/plain").status_code == 202


@pytest.mark.parametrize("call", CALLS)
def test_step__by_another_method(call, client):
    assert client.get(f"/api/shares/{CODE}/{call}").status_code == 405
    assert client.options(f"/api/shares/{CODE}/{call}")["Allow"] == "POST, OPTIONS"


@pytest.mark.parametrize("call", CALLS)
def test_step__asks_the_database_nothing(call, known, post, events, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert post(call).status_code == 202


@pytest.mark.parametrize("call", CALLS)
def test_step__when_no_dispatcher_can_take_it(call, post, monkeypatch):
    def refuse(event):
        raise DispatcherUnavailable(retry_after=7)

    monkeypatch.setattr(dispatchers, "submit", refuse)
    response = post(call)
    assert (response.status_code, response["Retry-After"]) == (503, "7")


@pytest.mark.parametrize(
    ("reason", "public_apps", "said"),
    [("own", "", "own"), ("unknown_share", "", "unknown_share"),
     ("unknown_share", "tests.public_apps.as_given", None)],
)  # fmt: skip
def test_step__says_why_it_is_not_recorded(reason, public_apps, said, post, monkeypatch, settings):
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "PUBLIC_APPS": public_apps}
    monkeypatch.setattr(dispatchers, "submit", lambda event: reason)
    assert post("visits").get("Share-Filtered") == said


def with_cookie(settings, seconds=3_600):
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "LINK_COOKIE_SECONDS": seconds}


def test_cookie__is_none_unless_it_is_asked_for(post, events):
    assert post("visits").cookies == {}


def test_cookie__has_the_code_of_the_last_link_and_nothing_else(client, post, events, settings):
    with_cookie(settings)
    other = code_of(uuid.uuid4())
    post("visits", other)
    cookie = post("visits").cookies["share_link"]
    assert cookie.value == CODE
    assert {name: value for name, value in cookie.items() if value} == {
        "max-age": 3_600,
        "expires": cookie["expires"],
        "path": "/",
        "httponly": True,
        "samesite": "Lax",
    }
    assert client.cookies["share_link"].value == CODE


def test_cookie__on_https(client, app, events, settings):
    with_cookie(settings)
    response = client.post(
        f"/api/shares/{CODE}/visits",
        json.dumps({"appId": json_key(app)}),
        "application/json",
        secure=True,
    )
    assert response.cookies["share_link"]["secure"] is True


@pytest.mark.parametrize("header", ["sec-gpc", "dnt"])
def test_cookie__of_who_asks_for_privacy(header, client, app, events, settings):
    with_cookie(settings)
    body = json.dumps({"appId": json_key(app)})
    headers = {header: "1", "user-agent": PHONE}
    response = client.post(f"/api/shares/{CODE}/visits", body, "application/json", headers=headers)
    assert (response.status_code, response.cookies) == (202, {})


def test_cookie__of_a_robot_or_a_conversion(post, events, settings):
    with_cookie(settings)
    assert post("visits", user_agent=ROBOT).cookies == {}
    assert post("conversions").cookies == {}


@pytest.fixture
def share(client, app):
    def share(**values):
        body = {"appId": json_key(app), "platform": "copy", **values}
        return client.post("/api/shares", json.dumps(body), "application/json")

    return share


def test_share__is_answered_with_its_link(share, client, events):
    id = str(uuid.uuid4())
    answer = share(id=id).json()
    assert [*answer] == ["id", "link"]
    assert answer["link"].startswith(f"http://testserver/s/{code_of(uuid.UUID(id))}/")
    assert client.get(answer["link"]).status_code == 302


def test_share__where_links_are_off(share, events, settings, monkeypatch):
    settings.ROOT_URLCONF = "tests.urls"
    monkeypatch.setattr("django_share_analytics.api.track.visitor_of", None)
    assert [*share().json()] == ["id"]
    assert events[0].visitor is None


def test_share__keeps_who_shares(share, events, monkeypatch):
    monkeypatch.setattr("django_share_analytics.api.track.visitor_of", lambda request: 77)
    share()
    assert events[0].visitor == 77


def test_share__of_a_placement(share, events):
    for placement in ("top", "end", "", None):
        assert share(placement=placement).status_code == 202
    assert [event.placement for event in events] == ["top", "end", "", ""]
    assert share(placement="elsewhere").json() == {
        "placement": ["Unknown placement. Allowed: top, end."]
    }


def test_share__by_who_came_by_a_link(share, events):
    for via in (CODE, str(SHARE), SHARE.hex, str(SHARE).upper()):
        assert share(via=via).status_code == 202
    assert {event.via for event in events} == {SHARE}


MANGLED = [
    CODE[1:], CODE.lower() + "0", "x", "", 5, None, [], {}, True, 1.5, str(uuid.UUID(int=0)),
    str(uuid.UUID(int=2**128 - 1)), "ffffffff-ffff-8fff-bfff-ffffffffffff", "\ud800", "a\x00b",
]  # fmt: skip


@pytest.mark.parametrize("via", MANGLED, ids=repr)
def test_share__by_a_link_that_was_mangled_is_a_root(via, share, events):
    assert share(via=via).status_code == 202
    assert events[0].via is None


def test_share__by_its_own_link_is_a_root(share, events):
    share(id=CLIENT_ID, via=CLIENT_ID)
    assert events[0].via is None


TEXTS = st.text(max_size=40) | st.sampled_from([CODE, "..", "//evil.example", "\r\nX: y", "%00"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)


@pytest.mark.parametrize("call", CALLS)
@example_settings(max_examples=40)
@given(
    code=TEXTS,
    body=st.dictionaries(st.sampled_from(["appId", "goal", "id", "via", "x"]), VALUES) | VALUES,
)
def test_step__of_strangers_never_fails(call, code, body):
    with capture_shares():
        for each in (code, CODE):
            address = f"/api/shares/{quote(each, safe='', errors='replace')}/{call}"
            response = Client().post(address, json.dumps(body), "application/json")
            assert response.status_code in (202, 400, 404), each


def test_step__needs_no_transaction(client, app, events, monkeypatch):
    monkeypatch.setitem(connections["default"].settings_dict, "ATOMIC_REQUESTS", True)

    def away(*args, **kwargs):
        raise AssertionError("the request opened a transaction")

    monkeypatch.setattr("django.db.transaction.Atomic.__enter__", away)
    address = f"/api/shares/{CODE}/visits"
    body = json.dumps({"appId": json_key(app)})
    assert client.post(address, body, "application/json").status_code == 202
