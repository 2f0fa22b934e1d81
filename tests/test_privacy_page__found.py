"""One visitor, with everything that they bring, and where each of it is found afterwards."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.utils.crypto import salted_hmac

from django_share_analytics import codec, track_share
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.links.codes import code_of, share_id_of
from django_share_analytics.links.cookies import LINK_COOKIE
from django_share_analytics.models import LinkStep, Share
from django_share_analytics.sessions import SESSION_SALT
from tests.test_privacy_page import own_models

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.django_db

NETWORK, SESSION = "93.184.216.", "session-9d2e"
AGENT = (
    "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.6478.122 Mobile Safari/537.36"
)
REFERRER = "https://forum.example/thread/77?token=tok5f1c&email=ann%40e.com#part"
VALUES = {
    "address": NETWORK,
    "agent": "SM-S918B",
    "browser": "Chrome",
    "session": SESSION,
    "hash": salted_hmac(SESSION_SALT, SESSION, algorithm="sha256").hexdigest(),
    "host": "forum.example",
    "path": "thread/77",
    "token": "tok5f1c",
    "email": "ann",
    "fragment": "part",
}


def everything() -> dict[str, set[str]]:
    """In which columns of ours, and fields of lines, each of the values is."""
    found: dict[str, set[str]] = {}
    for place, content in (*stored(), *waited()):
        for name, value in VALUES.items():
            if value in content:
                found.setdefault(name, set()).add(place)
    return found


def stored() -> Iterator[tuple[str, str]]:
    with connection.cursor() as cursor:
        for model in own_models():
            table = model._meta.db_table
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [f"{model.__name__}.{column[0]}" for column in cursor.description]
            for row in cursor.fetchall():
                yield from zip(columns, map(str, row), strict=True)


LINES: list[dict[str, Any]] = []


def waited() -> Iterator[tuple[str, str]]:
    for line in LINES:
        yield from ((f"line.{name}", str(value)) for name, value in line.items())


@pytest.fixture
def visit(
    client: Any,
    app: Any,
    admin_user: Any,
    settings: Any,
    known_visitors: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., dict[str, set[str]]]:
    """Share, come by the link, convert, and call from Python, under these settings and headers."""
    settings.ROOT_URLCONF = "tests.browser.link_urls"

    def submit(event: Any) -> Any:
        LINES.append(json.loads(codec.encode(event)))
        return hand_on(event)

    LINES.clear()
    hand_on = dispatchers.submit
    monkeypatch.setattr(dispatchers, "submit", submit)
    client.force_login(admin_user)

    def visit(signal: str = "", **ours: Any) -> dict[str, set[str]]:
        settings.SHARE_ANALYTICS = {
            **settings.SHARE_ANALYTICS,
            "GOALS": {"signup": True},
            "LINK_COOKIE_SECONDS": 60,
            **ours,
        }
        headers = {"user-agent": AGENT, "referer": REFERRER, "sec-fetch-site": "same-origin"}
        how = {"headers": headers | ({signal: "1"} if signal else {})}
        key = app.pk if isinstance(app.pk, int) else str(app.pk)

        def post(path: str, **body: Any) -> Any:
            return client.post(f"/api/shares{path}", json.dumps(body), "application/json", **how)

        # One's own steps are not stored: another comes by the link.
        how["REMOTE_ADDR"] = f"{NETWORK}34"

        shared = post("", appId=key, platform="x", sessionId=SESSION).json()
        code = code_of(Share.objects.get(pk=shared["id"]).pk)
        how["REMOTE_ADDR"] = f"{NETWORK}35"
        client.get(shared["link"], **how)
        post(f"/{code}/visits", appId=key)
        post(f"/{code}/conversions", goal="signup")
        request = post("", appId=key, platform="x", sessionId=SESSION, via=code).wsgi_request
        track_share(app, "copy", request=request, user=admin_user, session_id=SESSION)
        return everything()

    return visit


def both(*places: str) -> set[str]:
    in_lines = {"user_agent": "agent", "session_id": "session", "referrer_url": "referrer"}
    return {f"Share.{each}" for each in places} | {f"line.{in_lines[each]}" for each in places}


WITH_PATH = {"host": both("referrer_url"), "path": both("referrer_url")}
WITH_AGENT = {"agent": both("user_agent"), "browser": both("user_agent")}
WITH_SESSION = {"session": both("session_id")}
CASES: list[tuple[dict[str, Any], dict[str, set[str]]]] = [
    ({}, WITH_PATH | WITH_AGENT | WITH_SESSION),
    ({"PRIVACY_SIGNALS": False}, WITH_PATH | WITH_AGENT | WITH_SESSION),
    ({"REFERRER": "none"}, WITH_AGENT | WITH_SESSION),
    ({"REFERRER": "origin"}, WITH_AGENT | WITH_SESSION | {"host": both("referrer_url")}),
    (
        {"REFERRER": "full"},
        WITH_PATH | WITH_AGENT | WITH_SESSION
        | dict.fromkeys(("token", "email", "fragment"), both("referrer_url")),
    ),
    ({"USER_AGENT": "none"}, WITH_PATH | WITH_SESSION),
    ({"USER_AGENT": "family"}, WITH_PATH | WITH_SESSION | {"browser": both("user_agent")}),
    ({"SESSION_ID": "none"}, WITH_PATH | WITH_AGENT),
    ({"SESSION_ID": "hash"}, WITH_PATH | WITH_AGENT | {"hash": both("session_id")}),
    ({"REFERRER": "none", "USER_AGENT": "none", "SESSION_ID": "none"}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("ours", "expected"), CASES, ids=[str(ours) for ours, _ in CASES])
def test_everything_that_comes__is_found_only_where_the_page_says(
    ours: Any, expected: Any, visit: Any, admin_user: Any
) -> None:
    assert visit(**ours) == expected
    assert set(Share.objects.values_list("user_id", flat=True)) == {admin_user.pk}
    assert LinkStep.objects.filter(kind="conversion").exists()


@pytest.mark.parametrize("signal", ["sec-gpc", "dnt"])
@pytest.mark.parametrize("ours", [{}, {"REFERRER": "full"}, {"SESSION_ID": "hash"}], ids=str)
def test_everything_that_comes__of_who_wants_to_be_nobody(
    signal: str, ours: Any, visit: Any, client: Any
) -> None:
    assert visit(signal, **ours) == {}
    shares = Share.objects.values_list("user_id", "visitor", "session_id", "user_agent")
    assert list(shares) == [(None, None, "", "")] * 3
    assert {line.get("visitor") for line in LINES} == {None}
    assert not {"click", "proof"} & set().union(*LINES)
    assert LINK_COOKIE not in client.cookies
    kinds = set(LinkStep.objects.values_list("kind", flat=True))
    assert kinds >= {"click", "visit", "conversion", "reshare"}, "it counts all the same"


def test_signals__that_are_not_followed_change_nothing(visit: Any, client: Any) -> None:
    assert visit("sec-gpc", PRIVACY_SIGNALS=False) == WITH_PATH | WITH_AGENT | WITH_SESSION
    assert share_id_of(client.cookies[LINK_COOKIE].value)
    assert set(Share.objects.filter(platform="x").values_list("visitor", flat=True)) != {None}


def test_visitor__is_kept_only_where_visitors_are_told_apart(visit: Any) -> None:
    visit(VISITORS=False)
    assert set(Share.objects.values_list("visitor", flat=True)) == {None}
