"""Bodies that are made to cost more than they weigh: refused, or as cheap as any."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from django_share_analytics.links.agents import _agent_of, agent_of
from django_share_analytics.models import Share

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = [pytest.mark.once, pytest.mark.django_db]

ROOM = 16_384
"""``MAX_BODY_BYTES``."""
CALLS = ("/api/shares", "/api/shares/impressions")
OPENED = 2_000


def nested(open_: str, close: str, n: int = OPENED) -> str:
    return open_ * n + close * n


BOMBS = {
    "deep lists": nested("[", "]", 8_000),
    "deep objects": nested('{"a":', "}", 2_000).replace('":}', '":1}', 1),
    "never closed": "[" * 16_000,
    "many keys": json.dumps({f"k{n}": n for n in range(1_000)}),
    "one key again and again": "{" + ",".join(['"appId":"x"'] * 1_000) + "}",
    "a huge number": '{"appId":' + "9" * 16_000 + "}",
    "a huge exponent": '{"appId":1e999999999}',
    "a long fraction": '{"appId":0.' + "1" * 16_000 + "}",
    "not a number": '{"appId":NaN}',
    "infinity": '{"appId":-Infinity}',
    "half a character": '{"appId":"x","platform":"\\ud800","sessionId":"\\udfff\\ud800"}',
    "nothing printed": '{"appId":"' + "\\u0000" * 2_500 + '"}',
    "combining": '{"appId":"' + "a" + "\u0301" * 7_000 + '"}',
    "one list of many": '{"placements":[' + ",".join(['"x"'] * 3_000) + "]}",
    "no text": "\xff\xfe\x00",
    "blanks": " " * 16_000,
}


def took(
    client: Client, path: str, body: bytes, content_type: str, **headers: str
) -> tuple[Any, float]:
    """The answer, and the seconds that it worked on it: others have the machine, too."""
    began = time.thread_time()
    response = client.post(path, body, content_type, headers=headers)
    return response, time.thread_time() - began


@pytest.fixture
def usual(client: Client, app: Any) -> float:
    """Seconds that a body of the same size takes that means no harm; a twentieth at least."""
    body = json.dumps(
        {"appId": str(app.pk), "platform": "copy", "sessionId": "x" * 16_000}
    ).encode()
    return max(0.05, *(took(client, CALLS[0], body, "application/json")[1] for _ in range(3)))


@pytest.mark.parametrize("bomb", BOMBS)
def test_json__that_explodes(
    bomb: str, client: Client, usual: float, with_everything: None
) -> None:
    for path in CALLS:
        body = BOMBS[bomb].encode("utf-8", "surrogatepass")[:ROOM]
        for content_type in ("application/json", "text/plain"):
            response, seconds = took(client, path, body, content_type)
            assert response.status_code == 400
            assert seconds < usual * 20
            assert len(response.content) < 5 * ROOM
    assert not Share.objects.exists()


def test_json__with_a_key_twice(post: Callable[..., Any], client: Client, app: Any) -> None:
    """The last one counts, for what is checked and for what is stored."""
    body = f'{{"appId":"{app.pk}","platform":"myspace","platform":"copy"}}'
    assert client.post(CALLS[0], body, "application/json").status_code == 202
    assert Share.objects.get().platform == "copy"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "identity, gzip"])
def test_compressed__is_not_unpacked(encoding: str, client: Client, usual: float) -> None:
    """A kilobyte of zeros may be a megabyte: nobody here looks."""
    packed = {"gzip": gzip.compress, "deflate": zlib.compress}.get(encoding, gzip.compress)
    body = packed(b" " * 10_000_000)
    headers = {"content-encoding": encoding}
    response, seconds = took(client, CALLS[0], body, "application/json", **headers)
    assert response.status_code in {400, 413, 415}
    assert seconds < usual * 20


def multipart(*parts: str) -> bytes:
    return "".join(f"--b\r\n{part}\r\n" for part in parts).encode() + b"--b--\r\n"


FIELD = 'Content-Disposition: form-data; name="{}"\r\n\r\nx'
FILE = 'Content-Disposition: form-data; name="f{}"; filename="{}"\r\n\r\nx'
FORMS = {
    "many fields": multipart(*(FIELD.format(n) for n in range(300))),
    "many files": multipart(*(FILE.format(n, "a" * 10) for n in range(150))),
    "a file that climbs": multipart(FILE.format(1, "../../../../etc/passwd")),
    "headers without end": b"--b\r\n" + b"X: y\r\n" * 2_500,
    "a boundary that never comes": b"--b\r\n" + b"-" * 16_000,
    "a long name": multipart(FIELD.format("x" * 16_000)),
    "a name in percents": multipart(
        "Content-Disposition: form-data; name*=utf-8''" + "%41" * 5_000
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_multipart__that_explodes(
    form: str, client: Client, usual: float, tmp_path: Any, settings: Any
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    content_type = "multipart/form-data; boundary=b"
    response, seconds = took(client, CALLS[0], FORMS[form], content_type)
    assert response.status_code in {400, 413}
    assert seconds < usual * 20
    assert not [*tmp_path.iterdir()], "nothing is left on the disk"


AGENTS = {
    "spaces": " " * 500,
    "words": "a " * 250,
    "half a browser": "mozilla/5.0 (" * 38,
    "dots": "facebookexternalhit/" + "." * 480,
    "mails": "mozilla/5.0 (" + "a@a" * 160,
    "domains": "mozilla/5.0 (a@" + "a-." * 160,
    "addresses": "mozilla/5.0 (+http" + "s:/" * 160,
    "compatible": "compatible; " * 41,
    "digits": "9" * 500,
    "bots": "cubot" * 100,
    "brackets": "(" * 250 + ")" * 250,
    "long": "x" * 1_000_000,
}


@pytest.mark.parametrize("agent", AGENTS)
def test_user_agent__costs_what_any_costs(agent: str) -> None:
    """Measured beside a plain text of the same length: no pattern goes back and forth."""

    def seconds(text: str) -> float:
        best = 9.0
        for _ in range(3):
            _agent_of.cache_clear()
            began = time.thread_time()
            agent_of(text)
            best = min(best, time.thread_time() - began)
        return best

    plain = max(seconds("mozilla/5.0 " + "q" * 488), 0.000_5)
    assert seconds(AGENTS[agent]) < plain * 20


def test_hashes__can_not_be_made_to_collide(client: Client) -> None:
    """Python's hash of a text has a secret; that of a number has none, so numbers are no keys."""
    modulus = 2**61 - 1
    body = json.dumps({"placements": [modulus * n for n in range(700)]})
    response, seconds = took(client, CALLS[1], body.encode(), "application/json")
    assert response.status_code in {400, 404}
    assert seconds < 1
