from __future__ import annotations

import asyncio
import json
import uuid
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core.asgi import get_asgi_application
from django.db import DEFAULT_DB_ALIAS, connections
from django.test import Client
from django.utils import timezone
from rest_framework.exceptions import ParseError

from django_share_analytics.api.bodies import PayloadTooLarge, read_body
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.models import Share
from django_share_analytics.testing import capture_shares
from tests.factories import outcomes

pytestmark = pytest.mark.django_db

URL = "/api/shares"


def body_for(app, **values):
    key = app.pk if isinstance(app.pk, int) else str(app.pk)
    return {"appId": key, "platform": "whatsapp", **values}


@pytest.fixture
def post(client):
    def post(body, content_type="application/json", **headers):
        raw = body if isinstance(body, str | bytes) else json.dumps(body)
        return client.post(URL, raw, content_type, headers=headers)

    return post


def test_post__stores_a_share(post, app):
    response = post(
        body_for(app, sessionId="s-1"), user_agent="Firefox", referer="https://example.com/a"
    )
    assert response.status_code == 202
    assert response["Content-Type"] == "application/json"
    share = Share.objects.get()
    assert response.json() == {"id": str(share.id)}
    assert (share.app_id, share.platform, share.session_id) == (app.pk, "whatsapp", "s-1")
    assert (share.user_agent, share.referrer_url) == ("Firefox", "https://example.com/a")
    assert share.user_id is None
    assert timezone.now() - share.timestamp < timedelta(seconds=5)
    assert "Share-Filtered" not in response


def test_post__without_anything_optional(post, app):
    post(body_for(app))
    share = Share.objects.get()
    assert (share.session_id, share.user_agent, share.referrer_url) == ("", "", None)


def test_post__with_nulls_for_what_is_optional(post, app):
    body = body_for(app, sessionId=None, id=None, via=None)
    assert post(body).status_code == 202


@pytest.mark.parametrize("content_type", ["text/plain", "text/plain;charset=UTF-8"])
def test_post__of_a_beacon(content_type, post, app):
    assert post(body_for(app), content_type).status_code == 202
    assert Share.objects.count() == 1


def test_post__of_a_form(client, app):
    form = {**body_for(app), "csrfmiddlewaretoken": "x"}
    assert client.post(URL, form).status_code == 202
    assert Share.objects.count() == 1


def test_post__whatever_is_accepted(post, app):
    assert post(body_for(app), accept="image/png").status_code == 202


@pytest.mark.parametrize(
    ("given", "stored"),
    [("x", "twitter"), ("Twitter", "twitter"), (" WhatsApp ", "whatsapp"), ("fb", "facebook")],
)
def test_platform__is_normalised(given, stored, post, app):
    assert post(body_for(app, platform=given)).status_code == 202
    assert Share.objects.get().platform == stored


def test_platform__when_unknown_names_what_is_allowed(post, app, settings):
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "PLATFORMS": ["copy", "email"]}
    response = post(body_for(app))
    assert response.status_code == 400
    assert response.json() == {"platform": ["Unknown platform. Allowed: copy, email."]}


def test_id__is_the_clients(post, app):
    given = str(uuid.uuid4())
    assert post(body_for(app, id=given)).json() == {"id": given}
    assert str(Share.objects.get().id) == given


def test_id__twice_counts_once(post, app):
    body = body_for(app, id=str(uuid.uuid4()))
    first, second = post(body), post(body)
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json()
    assert second["Share-Filtered"] == "duplicate"
    assert Share.objects.count() == 1


def test_app__when_unknown(post, unknown_key):
    key = unknown_key if isinstance(unknown_key, int) else str(unknown_key)
    response = post({"appId": key, "platform": "copy"})
    assert response.status_code == 202
    assert response["Share-Filtered"] == "unknown_app"
    assert not Share.objects.exists()
    assert outcomes() == {"unknown_app": 1}


def test_texts__are_cut(post, app):
    response = post(body_for(app), user_agent="U" * 10_000, referer="https://e.com/" + "r" * 9_000)
    assert response.status_code == 202
    share = Share.objects.get()
    assert (len(share.user_agent), len(share.referrer_url)) == (500, 500)


def test_referrer__is_kept_without_its_query(post, app):
    post(body_for(app), referer="https://e.com/reset?token=5f1c&email=a@b.c#top")
    assert Share.objects.get().referrer_url == "https://e.com/reset"


def test_referrer__that_is_no_url_is_not_kept(post, app):
    post(body_for(app), referer="javascript:alert(1)")
    assert Share.objects.get().referrer_url is None


BAD = [
    ("not json", "{", "detail"),
    ("nothing", "", "appId"),
    ("null", "null", None),
    ("an array", "[]", "non_field_errors"),
    ("a string", '"x"', "non_field_errors"),
    ("NaN", '{"appId": NaN}', "detail"),
    ("deep nesting", "[" * 8_000, "detail"),
    ("a huge number", '{"appId": ' + "9" * 5_000 + "}", "detail"),
    ("not utf-8", b'{"appId": "\xff"}', "detail"),
]


@pytest.mark.parametrize(("raw", "key"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_body__that_is_no_share(raw, key, post):
    response = post(raw)
    assert response.status_code == 400
    if key:
        assert key in response.json()


BAD_VALUES = [
    ({"platform": None}, "platform"),
    ({"platform": ""}, "platform"),
    ({"platform": "myspace"}, "platform"),
    ({"platform": "p" * 51}, "platform"),
    ({"platform": ["copy"]}, "platform"),
    ({"platform": "cop\x00y"}, "platform"),
    ({"platform": "\ud800"}, "platform"),
    ({"sessionId": "s" * 101}, "sessionId"),
    ({"sessionId": "a\x00b"}, "sessionId"),
    ({"sessionId": "\udfff"}, "sessionId"),
    ({"sessionId": {"a": 1}}, "sessionId"),
    ({"id": "not-a-uuid"}, "id"),
    ({"id": 5}, "id"),
    ({"id": "00000000-0000-0000-0000-000000000000"}, "id"),
    ({"id": "ffffffff-ffff-ffff-ffff-ffffffffffff"}, "id"),
    ({"placement": "nowhere"}, "placement"),
    ({"placement": ["top"]}, "placement"),
    ({"appId": None}, "appId"),
    ({"appId": True}, "appId"),
    ({"appId": 1.5}, "appId"),
    ({"appId": []}, "appId"),
    ({"appId": {}}, "appId"),
    ({"appId": "a\x00b"}, "appId"),
    ({"appId": "\ud800"}, "appId"),
    ({"appId": "x" * 200}, "appId"),
    ({"appId": 10**40}, "appId"),
    ({"appId": -(10**40)}, "appId"),
    ({"sessionID": "a"}, "sessionID"),
    ({"\ud800": 1}, "\\ud800"),
]


@pytest.mark.parametrize(("values", "key"), BAD_VALUES)
def test_value__that_is_wrong(values, key, post, app):
    response = post(body_for(app, **values))
    assert response.status_code == 400
    assert list(response.json()) == [key]
    assert not Share.objects.exists()


@pytest.mark.parametrize("missing", ["appId", "platform"])
def test_value__that_is_missing(missing, post, app):
    body = body_for(app)
    del body[missing]
    response = post(body)
    assert response.status_code == 400
    assert response.json() == {missing: ["This field is required."]}


def test_key__of_another_type(post, settings):
    wrong = {"uuid": ["1", 1, "zzz"], "int": ["abc", "", "1.0"], "str": [1, 0]}[settings.APP_KEY]
    for key in wrong:
        response = post({"appId": key, "platform": "copy"})
        assert (response.status_code, list(response.json())) == (400, ["appId"]), key


def test_body__that_is_too_large(post, app):
    assert post(body_for(app, sessionId="s" * 1_000_000)).status_code == 413


def test_body__of_another_type(post):
    assert post("<share/>", "application/xml").status_code == 415


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_method__that_is_not_post(method, client):
    assert getattr(client, method)(URL).status_code == 405


def test_post__asks_the_database_nothing(post, app, django_assert_num_queries):
    with capture_shares() as shares, django_assert_num_queries(0):
        assert post(body_for(app)).status_code == 202
    assert len(shares) == 1


def test_post__when_no_dispatcher_can_take_it(post, app, monkeypatch):
    def refuse(event):
        raise DispatcherUnavailable(retry_after=7)

    monkeypatch.setattr(dispatchers, "submit", refuse)
    response = post(body_for(app))
    assert (response.status_code, response["Retry-After"]) == (503, "7")


def test_post__when_a_dispatcher_is_broken(post, app, monkeypatch, caplog):
    def fail(event):
        raise ZeroDivisionError

    monkeypatch.setattr(dispatchers, "submit", fail)
    assert post(body_for(app)).status_code == 503
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_post__with_atomic_requests_and_no_database(client, app, settings, monkeypatch):
    monkeypatch.setitem(connections[DEFAULT_DB_ALIAS].settings_dict, "ATOMIC_REQUESTS", True)
    body = body_for(app)
    with capture_shares() as shares:

        def away(*args, **kwargs):
            raise AssertionError("the request opened a transaction")

        monkeypatch.setattr("django.db.transaction.Atomic.__enter__", away)
        response = client.post(URL, json.dumps(body), "application/json")
    assert response.status_code == 202
    assert len(shares) == 1


class TestWhoShares:
    @pytest.fixture
    def visitor(self, client, admin_user):
        client.force_login(admin_user)
        return admin_user

    @pytest.mark.parametrize(
        "headers",
        [
            {"origin": "http://testserver"},
            {"sec_fetch_site": "same-origin"},
            {"origin": "https://www.friends.example"},
            {"origin": "https://shop.partner.example"},
        ],
    )
    def test_from_here_or_a_trusted_origin__is_the_visitor(
        self, headers, post, app, visitor, settings
    ):
        settings.CSRF_TRUSTED_ORIGINS = ["https://www.friends.example", "https://*.partner.example"]
        assert post(body_for(app), **headers).status_code == 202
        assert Share.objects.get().user == visitor

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"origin": "null"},
            {"origin": "https://testserver"},
            {"origin": "http://evil.example"},
            {"origin": "http://testserver.evil.example"},
            {"origin": "https://partner.example.evil.example"},
            {"origin": "http://["},
            {"sec_fetch_site": "same-site"},
            {"sec_fetch_site": "cross-site"},
        ],
    )
    def test_from_elsewhere__is_nobody(self, headers, post, app, visitor, settings):
        settings.CSRF_TRUSTED_ORIGINS = ["https://*.partner.example"]
        settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, "CROSS_SITE": "count"}
        assert post(body_for(app), **headers).status_code == 202
        assert Share.objects.get().user is None

    def test_csrf__is_not_asked_for(self, app, admin_user):
        client = Client(enforce_csrf_checks=True)
        client.force_login(admin_user)
        response = client.post(
            URL, body_for(app), "application/json", headers={"origin": "http://testserver"}
        )
        assert response.status_code == 202
        assert Share.objects.get().user == admin_user

    def test_session__costs_one_query(self, client, app, visitor, django_assert_num_queries):
        with capture_shares() as shares, django_assert_num_queries(1):
            client.post(
                URL, body_for(app), "application/json", headers={"origin": "http://testserver"}
            )
        assert shares[0].user_id == visitor.pk

    def test_session__from_elsewhere_costs_none(
        self, client, app, visitor, django_assert_num_queries
    ):
        with capture_shares() as shares, django_assert_num_queries(0):
            client.post(URL, body_for(app), "application/json")
        assert len(shares) == 1

    def test_session__that_can_not_be_read_is_nobody(self, post, app, visitor, monkeypatch):
        def away(*args):
            raise ZeroDivisionError

        monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", away)
        assert post(body_for(app), origin="http://testserver").status_code == 202
        assert Share.objects.get().user is None

    def test_authentication_classes__are_the_hosts_choice(self, post, app, admin_user, settings):
        settings.SHARE_ANALYTICS = {
            **settings.SHARE_ANALYTICS,
            "AUTHENTICATION_CLASSES": ["rest_framework.authentication.BasicAuthentication"],
        }
        good = "Basic YWRtaW46cGFzc3dvcmQ="  # admin:password
        assert post(body_for(app), authorization=good).status_code == 202
        assert Share.objects.get().user == admin_user
        assert post(body_for(app), authorization="Basic broken").status_code == 202
        assert Share.objects.filter(user=None).count() == 1

    def test_a_key_that_is_of_no_user__is_nobody(self, post, app, settings):
        """A service of the host's, say: no queue could give such a key back."""
        settings.SHARE_ANALYTICS = {
            **settings.SHARE_ANALYTICS,
            "AUTHENTICATION_CLASSES": [f"{__name__}.ByName"],
        }
        with capture_shares() as shares:
            assert post(body_for(app)).status_code == 202
        assert [share.user_id for share in shares] == [None]


class ByName:
    def authenticate(self, request):
        return SimpleNamespace(pk="svc-1"), None


def test_timestamp__is_when_it_was_accepted(post, app):
    before = timezone.now()
    post(body_for(app))
    assert before <= Share.objects.get().timestamp <= timezone.now()
    assert isinstance(Share.objects.get().timestamp, datetime)


def test_body__of_a_length_that_is_no_number(rf):
    request = rf.generic("POST", URL, b"{}", "application/json")
    request.META["CONTENT_LENGTH"] = "many"
    with pytest.raises(ParseError):
        read_body(request, max_bytes=10)


@pytest.mark.parametrize("says_its_length", [True, False])
def test_body__of_the_greatest_size_and_beyond(says_its_length, rf):
    """A server that streams may hand over a body without saying how long it is."""

    def read(body):
        request = rf.generic("POST", URL, body, "application/json")
        if not says_its_length:
            del request.META["CONTENT_LENGTH"]
        return read_body(request, max_bytes=10)

    assert read(b"[12345678]") == [12345678]
    with pytest.raises(PayloadTooLarge):
        read(b"[123456789]")


def test_body__that_is_said_to_be_too_large_is_not_read(rf):
    request = rf.generic("POST", URL, b"[123456789]", "application/json")
    with pytest.raises(PayloadTooLarge):
        read_body(request, max_bytes=10)
    assert not hasattr(request, "_body")


@pytest.mark.django_db(transaction=True)
def test_post__under_asgi_in_chunks_without_a_length(app):
    body = json.dumps(body_for(app)).encode()
    parts = [
        {"type": "http.request", "body": body[:9], "more_body": True},
        {"type": "http.request", "body": body[9:], "more_body": False},
    ]
    sent = []

    async def receive():
        return parts.pop(0) if parts else await asyncio.sleep(60)

    async def send(message):
        sent.append(message)

    headers = [(b"host", b"testserver"), (b"content-type", b"application/json")]
    scope = {
        "type": "http",
        "method": "POST",
        "path": URL,
        "query_string": b"",
        "headers": headers,
        "http_version": "1.1",
    }
    with capture_shares() as shares:
        asyncio.run(get_asgi_application()(scope, receive, send))
    assert sent[0]["status"] == 202
    assert len(shares) == 1


def test_post__where_the_host_demands_a_login_everywhere(post, app, settings):
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE,
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
    ]
    assert post(body_for(app)).status_code == 202


def test_text_key__in_any_script(client, make_app, settings):
    if settings.APP_KEY != "str":
        pytest.skip("only for text keys")
    app = make_app(pk="کتاب\u200cخانه/ñ")  # noqa: RUF001
    assert client.post(URL, body_for(app), "application/json").status_code == 202
    assert client.get(f"/api/apps/{app.pk}/share-count").json()["totalShares"] == 1


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"AUTHENTICATION_CLASSES": ["nowhere.Class"]}, 202),
        ({"AUTHENTICATION_CLASSES": ["rest_framework.permissions.IsAdminUser"]}, 202),
        ({"CACHE_ALIAS": "nowhere"}, 202),
        ({"APPS_WITH_NAMES": "nowhere.function"}, 202),
        ({"PLATFROMS": []}, 503),
        ({"MAX_BODY_BYTES": "1"}, 503),
        ({"DISPATCHERS": {"default": {"BACKEND": "nowhere.Class"}}}, 503),
        ({"DISPATCHERS": {"default": {"BACKEND": "tests.public_apps.raising"}}}, 503),
        (None, 503),
    ],
)
def test_post__to_a_site_that_is_set_up_wrongly(post, app, settings, wrong, status):
    """What a check says before the start is no error of a visitor's, and none that mails admins."""
    settings.SHARE_ANALYTICS = wrong and {**settings.SHARE_ANALYTICS, **wrong}

    response = post(body_for(app))

    assert response.status_code == status, response.content
    assert status == 202 or response["Retry-After"]
