"""What Django refuses of a body, or before it: our answer in JSON, and no mail to the admins."""

from __future__ import annotations

import asyncio
import json
import logging
from io import BytesIO

import pytest
from django.core import mail
from django.core.asgi import get_asgi_application
from django.test import Client
from django.test.client import FakePayload
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_share_analytics.models import Share
from django_share_analytics.testing import capture_shares

pytestmark = [pytest.mark.django_db, pytest.mark.once]

URL = "/api/shares"
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=B"
JSON = "application/json"


def parts(n, *, more=""):
    part = f'--B\r\nContent-Disposition: form-data; name="f"{more}\r\n\r\n1\r\n'
    return (part * n + "--B--\r\n").encode()


@pytest.fixture(autouse=True)
def _mails(settings):
    """As in production: an ERROR mails the admins."""
    settings.ADMINS = [("Ada", "ada@example.com")] if _is_old() else ["ada@example.com"]
    handler = logging.getLogger("django").handlers[-1]
    assert type(handler).__name__ == "AdminEmailHandler"
    filters, handler.filters = handler.filters, []
    yield
    handler.filters = filters


def _is_old():
    import django

    return django.VERSION < (6, 0)


@pytest.fixture
def ask(client, caplog):
    """Post it, as a server would hand it over: what was answered, and that nobody is woken."""

    def ask(body=b"", content_type=JSON, *, status, path=URL, method="POST", **environ):
        given = {"wsgi.input": FakePayload(body), "CONTENT_LENGTH": str(len(body)), **environ}
        given = {name: value for name, value in given.items() if value is not ...}
        response = client.generic(method, path, CONTENT_TYPE=content_type, **given)
        assert (response.status_code, response["Content-Type"]) == (status, JSON)
        assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
        assert mail.outbox == []
        return response.json()

    return ask


def test_fields__more_than_the_site_allows(ask):
    answer = ask(b"&".join(b"f%d=1" % n for n in range(1_001)), FORM, status=400)
    assert "DATA_UPLOAD_MAX_NUMBER_FIELDS" in answer["detail"]
    ask(parts(150), MULTIPART, status=400)


def test_fields__more_than_the_site_allows__of_a_few(ask, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 1
    ask(b"appId=1&platform=x", FORM, status=400)
    ask(parts(2), MULTIPART, status=400)


def test_files__more_than_the_site_allows(ask, settings):
    ask(parts(130, more='; filename="x"'), MULTIPART, status=400)
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 1
    ask(parts(2, more='; filename="x"'), MULTIPART, status=400)


@pytest.mark.parametrize("content_type", [FORM, MULTIPART, JSON, "text/plain"])
def test_size__over_the_sites_own_limit(content_type, ask, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    body = (
        parts(1).replace(b"1", b"1" * 11)
        if content_type == MULTIPART
        else b'{"appId": "12345678901234567890"}'
    )
    ask(body, content_type, status=413)


@pytest.mark.parametrize("content_type", [FORM, MULTIPART, JSON])
def test_size__over_ours(content_type, ask):
    ask(b"x" * 16_385, content_type, status=413)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"--B\r\nContent-Disposition: form-data; name=", MULTIPART),
        (b"no parts at all", MULTIPART),
        (parts(1), "multipart/form-data"),
        (parts(1), "multipart/form-data; boundary="),
        (parts(1), f"multipart/form-data; boundary={'b' * 500}"),
        (parts(1), "multipart/form-data; boundary=\xe9"),
        (b"appId=1", f"{FORM}; charset=utf-16"),
        (b"appId=%ff", FORM),
        (b"appId=\xff", FORM),
        (b"", FORM),
        (b'{"appId": 1}', f"{JSON}; charset=no-such"),
        (b'\xff\xfe{"appId": 1}', JSON),
    ],
)
def test_body__that_is_not_what_its_type_says(body, content_type, ask):
    ask(body, content_type, status=400)


def test_part__in_base64_that_is_none(ask):
    more = '"\r\nContent-Transfer-Encoding: base64'
    ask(parts(1, more=more), MULTIPART, status=400)


@pytest.mark.parametrize("length", ["many", "-1", "1.5", "0x10", "+5", "1_0", "9" * 5_000, "\xb2"])
def test_length__that_is_no_number(length, ask):
    answer = ask(b"{}", CONTENT_LENGTH=length, status=400)
    assert answer == {"detail": "Content-Length is not a number."}
    ask(parts(1), MULTIPART, CONTENT_LENGTH=length, status=400)


@pytest.mark.parametrize("content_type", [JSON, "text/plain", FORM, MULTIPART, "application/xml"])
def test_length__that_is_missing_under_wsgi(content_type, ask):
    """Django shows nothing of such a body there, so that every field would be missing."""
    answer = ask(
        b'{"appId": 1}',
        content_type,
        CONTENT_LENGTH=...,
        HTTP_TRANSFER_ENCODING="chunked",
        status=411,
    )
    assert "Content-Length" in answer["detail"]


def test_length__that_is_missing_where_there_is_no_body(ask):
    assert "appId" in ask(CONTENT_LENGTH=..., status=400)
    assert "appId" in ask(CONTENT_LENGTH="", status=400)


class Broken(BytesIO):
    def read(self, *args):
        raise OSError("The visitor has left.")

    readline = read


@pytest.mark.parametrize("content_type", [JSON, FORM, MULTIPART])
def test_body__that_breaks_off(content_type, ask):
    ask(content_type=content_type, CONTENT_LENGTH="100", status=400, **{"wsgi.input": Broken()})


@pytest.mark.parametrize(
    "path",
    [
        "/api/apps/share-counts",
        "/api/admin/shares",
        "/api/admin/shares/export",
        "/api/admin/shares/stats",
        "/api/admin/shares/stats/export",
        "/api/admin/shares/virality",
    ],
)
def test_parameters__more_than_the_site_allows(path, ask, client, admin_user):
    client.force_login(admin_user)
    query = "&".join(f"id{n}=1" for n in range(1_001))
    ask(method="GET", path=f"{path}?{query}", QUERY_STRING=query, status=400)


HEADERS = {"host": "testserver", "content-type": JSON}


def ask_asgi(chunks, **headers):
    """The status, and what was said, when a server hands the body over in chunks."""
    messages = [
        {"type": "http.request", "body": chunk, "more_body": n + 1 < len(chunks)}
        for n, chunk in enumerate(chunks)
    ]
    sent = []

    async def receive():
        return messages.pop(0) if messages else await asyncio.sleep(60)

    async def send(message):
        sent.append(message)

    named = {**HEADERS, **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": "http",
        "method": "POST",
        "path": URL,
        "query_string": b"",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in named.items()],
        "http_version": "1.1",
    }
    asyncio.run(get_asgi_application()(scope, receive, send))
    return sent[0]["status"], json.loads(b"".join(each.get("body", b"") for each in sent[1:]))


@pytest.mark.django_db(transaction=True)
def test_asgi__without_a_length(app):
    key = app.pk if isinstance(app.pk, int) else str(app.pk)
    body = json.dumps({"appId": key, "platform": "copy"}).encode()
    with capture_shares() as shares:
        assert ask_asgi([body[:9], body[9:]], transfer_encoding="chunked")[0] == 202
        assert ask_asgi([body])[0] == 202
        assert ask_asgi([body], content_type="text/plain")[0] == 202
        form = f"appId={key}&platform=copy".encode()
        assert ask_asgi([form], content_type=FORM, content_length=str(len(form)))[0] in (202, 400)
    assert len(shares) >= 3
    assert ask_asgi([b" " * 9_000, b" " * 9_000])[0] == 413
    assert ask_asgi([parts(1)], content_type=MULTIPART)[0] == 411
    assert ask_asgi([b"appId=1"], content_type=FORM)[0] == 411
    assert ask_asgi([b""])[0] == 400


@pytest.mark.parametrize("says_its_length", [True, False])
def test_body__can_be_read_again_by_who_authenticates(says_its_length, rf, app):
    from django_share_analytics.api.bodies import read_body

    request = rf.generic("POST", URL, b'{"a": 1}', JSON)
    if not says_its_length:
        del request.META["CONTENT_LENGTH"]
    assert read_body(request, max_bytes=100) == {"a": 1}
    assert request.body == b'{"a": 1}'


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(
    body=st.binary(max_size=400) | st.text(max_size=200).map(str.encode),
    content_type=st.sampled_from([JSON, "text/plain", FORM, MULTIPART, "", "a/b; c=d", "\xff"]),
    length=st.none() | st.integers(-10, 500).map(str) | st.text(max_size=5),
    encoding=st.none() | st.sampled_from(["chunked", "gzip", "identity"]),
)
def test_whatever_comes_is_answered(body, content_type, length, encoding):
    given = {
        "CONTENT_LENGTH": length,
        "CONTENT_TYPE": content_type,
        "HTTP_TRANSFER_ENCODING": encoding,
        "wsgi.input": BytesIO(body),
    }
    environ = {name: value for name, value in given.items() if value is not None}
    answer = Client(raise_request_exception=False).generic("POST", URL, **environ)
    assert answer.status_code in {400, 411, 413, 415}
    assert answer["Content-Type"] == JSON
    assert not Share.objects.exists()
