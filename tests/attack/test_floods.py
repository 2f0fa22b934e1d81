"""What operators look at, pay for and rely on is not strangers' to fill: each is flooded."""

from __future__ import annotations

import logging
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.sessions.models import Session

from django_share_analytics import outcomes
from django_share_analytics.dispatch.base import BaseDispatcher
from django_share_analytics.dispatch.journal.room import size_of
from django_share_analytics.events import LinkEvent, new_id, utc_now
from django_share_analytics.links.agents import KEPT_AGENTS, _agent_of
from django_share_analytics.links.codes import code_of
from django_share_analytics.links.day_secrets import keep_day_secrets
from django_share_analytics.models import (
    AppPlatformCount,
    DaySecret,
    OutcomeHour,
    SetAside,
    SiteStepDay,
    WaitingStep,
)
from django_share_analytics.repeats import repeats
from django_share_analytics.steps import VISIT
from django_share_analytics.testing import use_dispatchers
from django_share_analytics.writing.set_aside import MAX_ROWS, set_payload_aside
from django_share_analytics.writing.waiting import MAX_WAITING
from django_share_analytics.writing.writer import write_shares
from tests.factories import outcomes as counted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client

pytestmark = pytest.mark.django_db

BUFFERED = "django_share_analytics.dispatch.backends.buffered.BufferedDispatcher"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/{}"
FLOOD = 10_000
SOME = 150

KINDS: dict[str, Callable[[int, str], tuple[str, dict[str, Any], dict[str, str]]]] = {
    "share": lambda n, key: ("shares", {"appId": key, "platform": "copy"}, {}),
    "no app": lambda n, key: ("shares", {"appId": f"made-up-{n}", "platform": "copy"}, {}),
    "no platform": lambda n, key: ("shares", {"appId": key, "platform": f"p{n}"}, {}),
    "no placement": lambda n, key: (
        "shares", {"appId": key, "platform": "copy", "placement": f"p{n}"}, {}
    ),
    "unknown field": lambda n, key: ("shares", {"appId": key, f"f{n}": n}, {}),
    "session": lambda n, key: (
        "shares", {"appId": key, "platform": "copy", "sessionId": f"{n}\n{n}"}, {}
    ),
    "via": lambda n, key: ("shares", {"appId": key, "platform": "copy", "via": f"{n}" * 9}, {}),
    "robot": lambda n, key: (
        "shares", {"appId": key, "platform": "copy"}, {"user-agent": f"Robot{n}bot/1"}
    ),
    "visit": lambda n, key: (f"shares/{code_of(new_id())}/visits", {"appId": key}, {}),
    "no code": lambda n, key: (f"shares/code{n}/visits", {"appId": key}, {}),
    "conversion": lambda n, key: (
        f"shares/{code_of(new_id())}/conversions", {"goal": "signup"}, {}
    ),
    "no goal": lambda n, key: (f"shares/{code_of(new_id())}/conversions", {"goal": f"g{n}"}, {}),
    "impression": lambda n, key: ("shares/impressions", {"placements": ["top", f"p{n}"]}, {}),
    "cookie": lambda n, key: (
        "shares", {"appId": key, "platform": "copy"}, {"cookie": f"sessionid=x{n}"}
    ),
}  # fmt: skip
"""One hostile POST of each kind, the ``n``-th of many: each is another."""


class Nowhere(BaseDispatcher):
    """Takes everything and keeps nothing."""

    def submit(self, event: Any) -> None:
        pass


@pytest.fixture
def flood(client: Client, app: Any, with_everything: None) -> Callable[..., list[int]]:
    """Posts so many of a kind, each from another browser; the statuses of the answers."""
    numbers = count()

    def flood(kind: str, n: int) -> list[int]:
        statuses = []
        for number in (next(numbers) for _ in range(n)):
            call, body, more = KINDS[kind](number, str(app.pk))
            headers = {
                "user-agent": BROWSER.format(number),
                "referer": f"https://x/{number}",
                **more,
            }
            answer = client.post(f"/api/{call}", body, "application/json", headers=headers)
            statuses.append(answer.status_code)
        return statuses

    return flood


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    ours = (each for each in caplog.records if each.name.startswith("django_share_analytics"))
    return [each.getMessage() for each in ours if each.levelno > logging.DEBUG]


@pytest.mark.parametrize("kind", KINDS)
def test_stores__have_no_more_of_what_strangers_make_up(
    kind: str, flood: Callable[..., list[int]], caplog: pytest.LogCaptureFixture
) -> None:
    """No rows but of shares and steps, no other counts, a line of the log at most."""
    flood(kind, 20)
    rows = OutcomeHour.objects.count(), AppPlatformCount.objects.count()
    assert set(flood(kind, 20)) <= {202, 400, 404}
    assert (OutcomeHour.objects.count(), AppPlatformCount.objects.count()) == rows
    known = {
        value for name, value in vars(outcomes).items() if name.isupper() and isinstance(value, str)
    }
    assert set(OutcomeHour.objects.values_list("reason", flat=True)) <= known
    assert set(SiteStepDay.objects.values_list("detail", flat=True)) <= {"", "signup"}
    assert not SetAside.objects.exists()
    assert not Session.objects.exists()
    assert len(lines(caplog)) <= 1


def test_set_aside__has_its_rows_and_no_more() -> None:
    row = {"payload": "x", "reason": "unreadable", "set_aside_at": utc_now()}
    SetAside.objects.bulk_create(SetAside(id=new_id(), **row) for _ in range(MAX_ROWS - 10))
    for n in range(30):
        set_payload_aside(f"made up {n}")
    assert SetAside.objects.count() == MAX_ROWS
    assert counted() == {"unreadable": 30, "set_aside_full": 20}


@pytest.mark.parametrize("room", [50, pytest.param(MAX_WAITING, marks=pytest.mark.slow)])
def test_waiting__has_its_rows_and_no_more(
    room: int, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of links that somebody made up: what is beyond is counted, and never waits."""
    monkeypatch.setattr("django_share_analytics.writing.waiting.MAX_WAITING", room)
    made_up = [LinkEvent(new_id(), VISIT, app.pk) for _ in range(room + 500)]
    for start in range(0, len(made_up), 2_000):
        write_shares(made_up[start : start + 2_000])
    assert WaitingStep.objects.count() == room
    assert counted() == {"unknown_share": 500}


def test_memory__holds_so_many_and_refuses_the_rest(
    flood: Callable[..., list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django_share_analytics.dispatch.buffer.drain.Drain.wake", _never)
    with use_dispatchers({"default": {"BACKEND": BUFFERED, "OPTIONS": {"capacity": 50}}}):
        statuses = flood("share", SOME)
    assert statuses == [202] * 50 + [503] * (SOME - 50)


def test_journal__holds_so_much_and_refuses_the_rest(
    flood: Callable[..., list[int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django_share_analytics.dispatch.buffer.drain.Drain.wake", _never)
    monkeypatch.setattr("django_share_analytics.dispatch.journal.room.KNOWN_SECONDS", 0)
    options = {"journal": str(tmp_path / "journal"), "max_batch": 10, "max_bytes": 20_000}
    with use_dispatchers({"default": {"BACKEND": BUFFERED, "OPTIONS": options}}):
        statuses = flood("share", SOME)
        size = size_of(tmp_path / "journal")
    assert set(statuses) == {202, 503}
    assert statuses == sorted(statuses), "once it is full it stays so"
    assert 20_000 <= size < 30_000


def _never(self: Any, **kwargs: Any) -> None:
    pass


def test_secrets__are_two_however_many_ask() -> None:
    for _ in range(20):
        keep_day_secrets("default")
    assert DaySecret.objects.count() == 2


@pytest.mark.slow
@pytest.mark.once
def test_log_and_agents__of_ten_thousand(
    flood: Callable[..., list[int]], caplog: pytest.LogCaptureFixture
) -> None:
    """Of all kinds in turn: a line of the log for each at most, and no more names than are kept."""
    caplog.set_level(logging.CRITICAL, logger="django.request")  # Django's own: a line an answer
    with use_dispatchers({"default": {"BACKEND": f"{__name__}.Nowhere"}}):
        [flood(kind, FLOOD // len(KINDS)) for kind in KINDS]
    assert len(lines(caplog)) <= len(KINDS)
    assert _agent_of.cache_info().currsize <= KEPT_AGENTS
    assert len(repeats._seen) < 50
