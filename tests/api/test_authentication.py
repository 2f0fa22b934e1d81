"""What a session proves: as much as Django would find, had the request asked for the user."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest
from django.core.asgi import get_asgi_application

from django_share_analytics.codec import decode, encode
from django_share_analytics.events import new_id
from django_share_analytics.models import Share
from django_share_analytics.testing import capture_shares
from django_share_analytics.writing.batches import write_batch

pytestmark = [pytest.mark.django_db, pytest.mark.once]

URL = "/api/shares"
HERE = {"origin": "http://testserver"}


@pytest.fixture
def visitor(client, django_user_model):
    user = django_user_model.objects.create_user("vera", password="old")
    client.force_login(user)
    return user


@pytest.fixture
def post(client, app):
    body = {"appId": app.pk if isinstance(app.pk, int) else str(app.pk), "platform": "copy"}

    def post():
        return client.post(URL, body, "application/json", headers=HERE)

    return post


@pytest.fixture
def sharer(post):
    """Who is recorded as the one who shared, of the session that the client has."""

    def sharer():
        assert post().status_code == 202
        return Share.objects.latest("timestamp").user

    return sharer


def change(user, **values):
    type(user)._base_manager.filter(pk=user.pk).update(**values)


def test_nothing_has_happened(sharer, visitor):
    assert sharer() == visitor


def test_the_password_was_changed_elsewhere(sharer, visitor):
    visitor.set_password("new")
    visitor.save()
    assert sharer() is None


def test_the_password_was_changed_in_this_session(client, sharer, visitor, rf):
    visitor.set_password("new")
    visitor.save()
    client.force_login(visitor)
    assert sharer() == visitor


def test_the_user_was_deactivated(sharer, visitor):
    change(visitor, is_active=False)
    assert sharer() is None


def test_the_user_was_deactivated__where_that_is_all_right(client, visitor, sharer, settings):
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.AllowAllUsersModelBackend"]
    client.force_login(visitor)
    change(visitor, is_active=False)
    assert sharer() == visitor


def test_the_user_is_gone(sharer, visitor):
    visitor.delete()
    assert sharer() is None


def test_the_secret_key_was_changed(sharer, visitor, settings):
    settings.SECRET_KEY = "another"
    assert sharer() is None
    settings.SECRET_KEY_FALLBACKS = ["only for tests"]
    assert sharer() == visitor


def test_the_backend_is_gone(sharer, visitor, settings):
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.RemoteUserBackend"]
    assert sharer() is None


@pytest.mark.parametrize("name", ["_auth_user_hash", "_auth_user_backend", "_auth_user_id"])
@pytest.mark.parametrize("value", [None, "", "what is this?", 7, ["x"]])
def test_the_session_says_something_else(name, value, client, sharer, visitor):
    session = client.session
    session[name] = value
    session.save()
    assert sharer() is None


@pytest.mark.parametrize("name", ["_auth_user_hash", "_auth_user_backend", "_auth_user_id"])
def test_the_session_lacks_something(name, client, sharer, visitor):
    session = client.session
    del session[name]
    session.save()
    assert sharer() is None


@pytest.mark.parametrize("backend", ["Refusing", "Failing", "Breaking"])
def test_a_backend_of_the_hosts_says_no(backend, client, sharer, visitor, settings):
    settings.AUTHENTICATION_BACKENDS = [f"tests.auth_backends.{backend}"]
    client.force_login(visitor)
    assert sharer() is None


def test_a_backend_of_the_hosts_says_yes(client, sharer, visitor, settings):
    settings.AUTHENTICATION_BACKENDS = ["tests.auth_backends.Knowing"]
    client.force_login(visitor)
    assert sharer() == visitor
    visitor.set_password("new")
    visitor.save()
    assert sharer() is None


def test_the_hosts_users_can_not_be_asked(sharer, visitor, monkeypatch):
    def fail(user):
        raise ZeroDivisionError

    monkeypatch.setattr(type(visitor), "get_session_auth_hash", fail)
    assert sharer() is None


def test_users_of_another_kind_prove_nothing(client, sharer, visitor, monkeypatch):
    monkeypatch.delattr("django.contrib.auth.base_user.AbstractBaseUser.get_session_auth_hash")
    assert sharer() == visitor


def test_a_session_kept_elsewhere(client, sharer, visitor, settings):
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    client.force_login(visitor)
    assert sharer() == visitor
    visitor.set_password("new")
    visitor.save()
    assert sharer() is None


def test_a_class_of_the_hosts_that_asks_the_session_too(sharer, visitor, settings):
    settings.SHARE_ANALYTICS = {
        **settings.SHARE_ANALYTICS,
        "AUTHENTICATION_CLASSES": [
            "rest_framework.authentication.TokenAuthentication",
            "django_share_analytics.api.authentication.SessionUserAuthentication",
        ],
    }
    assert sharer() == visitor
    change(visitor, is_active=False)
    assert sharer() is None


def test_what_waits_in_a_queue_is_asked_when_it_is_written(client, post, visitor):
    with capture_shares() as shares:
        post()
    waiting = [encode(share) for share in shares]
    session_hash = client.session["_auth_user_hash"]
    assert session_hash.encode() not in waiting[0]
    write_batch([decode(line) for line in waiting])
    assert Share.objects.get().user == visitor


def test_a_proof_is_good_for_one_share_alone(post, visitor):
    with capture_shares() as shares:
        post()
    write_batch([replace(shares[0], id=new_id())])
    assert Share.objects.get().user is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_stale", [False, True])
def test_under_asgi(is_stale, app, client, visitor):
    if is_stale:
        change(visitor, password="another")
    key = app.pk if isinstance(app.pk, int) else str(app.pk)
    body = json.dumps({"appId": key, "platform": "copy"}).encode()
    parts = [{"type": "http.request", "body": body, "more_body": False}]
    sent = []

    async def receive():
        return parts.pop(0) if parts else await asyncio.sleep(60)

    async def send(message):
        sent.append(message)

    cookie = f"sessionid={client.cookies['sessionid'].value}"
    headers = {"host": "testserver", "content-type": "application/json", "cookie": cookie, **HERE}
    scope = {
        "type": "http",
        "method": "POST",
        "path": URL,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "http_version": "1.1",
    }
    asyncio.run(get_asgi_application()(scope, receive, send))
    assert sent[0]["status"] == 202
    assert Share.objects.get().user == (None if is_stale else visitor)
