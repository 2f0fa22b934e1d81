"""What strangers wrote writes no line of the log, and no command for the terminal that shows it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.test import Client

from django_share_analytics.conversions import track_conversion
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.host.names import name_of
from django_share_analytics.testing import capture_shares
from django_share_analytics.tracking import track_share
from django_share_analytics.wording import describe
from django_share_analytics.writing.set_aside import set_payload_aside
from tests.attack.addresses import address, names
from tests.attack.hostile import LINES

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.once, pytest.mark.django_db]

NEVER = {chr(n) for n in (*range(32), 127, *range(0x80, 0xA0), 0x2028, 0x2029, 0x202E)}
TRACEBACK = "\nTraceback (most recent call last):"
"""What comes behind it is lines of code."""


def ours(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        record.getMessage().partition(TRACEBACK)[0]
        for record in caplog.records
        if record.name.startswith("django_share_analytics")
    ]


@pytest.fixture
def flooded(
    client: Client, app: Any, stored: dict[str, Any], with_everything: None,
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch,
) -> Callable[[str], None]:  # fmt: skip
    """Have a text be said by everything that a stranger can reach, and by the host's own code."""
    caplog.set_level(logging.DEBUG)

    def fails(self: Any) -> str:
        raise RuntimeError(fails.text)  # type: ignore[attr-defined]

    def say(text: str) -> None:
        fails.text = text  # type: ignore[attr-defined]
        header = text.encode("latin-1", "replace").decode("latin-1")
        headers = dict.fromkeys(("user-agent", "referer", "accept-language", "origin"), header)
        for name in names():
            if not name.startswith("admin:"):
                where = address(name, stored)
                client.get(where, {text: text, "ids": text}, headers=headers)
                body = {
                    "appId": text,
                    "platform": text,
                    "goal": text,
                    "placement": text,
                    text: text,
                }
                client.post(where, body, "application/json", headers=headers)
                client.post(where, body | {"appId": stored["key"]}, headers=headers)
        for request in (None, client.get("/s/x/x", headers=headers).wsgi_request):
            track_share(text, text, request=request, session_id=text)
            track_share(app, text, request=request, via=text, placement=text, user=text)
            track_share(app, "copy", placement=text)
            track_conversion(request, text, via=text, key=text)
        set_payload_aside(text, error=RuntimeError(text))
        with monkeypatch.context() as patch:
            patch.setattr(type(app), "get_absolute_url", fails)
            client.get(address("share_links:link", stored), headers=headers)
            patch.setattr(type(app), "__str__", fails)
            name_of(app)

    return say


@pytest.mark.parametrize("text", LINES)
def test_lines__are_ours(
    text: str, flooded: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    flooded(text)
    said = ours(caplog)
    assert said
    assert [line for line in said if NEVER & set(line)] == []


@pytest.mark.parametrize("text", LINES)
def test_describe__is_one_line(text: str) -> None:
    assert not set("\n\r\x1b\x85\u2028") & set(describe(RuntimeError(text)))


def test_log__says_once_a_minute_what_anybody_can_repeat(
    flooded: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    """Of each kind of trouble a line, however many came."""
    flooded("first")
    before = len(ours(caplog))
    for n in range(5):
        flooded(f"again {n}")
    assert len(ours(caplog)) == before


@pytest.mark.parametrize(
    "error", [DispatcherUnavailable("full"), RuntimeError("broken"), LookupError()]
)
def test_mails__of_what_anybody_can_ask_for(
    error: Exception, stored: dict[str, Any], post: Callable[..., Any], settings: Any,
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Django mails the admins each answer of the fives: not thousands of them, for a full queue."""
    settings.ADMINS = [("Admin", "admin@example.com")]

    def fail(*args: Any) -> None:
        raise error

    with capture_shares(), monkeypatch.context() as patch:
        patch.setattr("django_share_analytics.testing.MemoryDispatcher.submit", fail)
        patch.setattr("django_share_analytics.redirects.views.app_and_page", fail)
        browser = Client(raise_request_exception=False)
        for _ in range(20):
            assert post().status_code == 503
            if not isinstance(error, LookupError):
                assert browser.get(address("share_links:link", stored)).status_code == 503
    assert 1 <= len(mail.outbox) <= 2, "one for each kind of trouble"
    assert len(ours(caplog)) <= 3
