"""The panel "Pipeline" on the statistics page, and the list of what was set aside."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from django_share_analytics import outcomes
from django_share_analytics.admin.statistics.panel import (
    REASON_LABELS,
    build_pipeline,
    reason_label,
)
from django_share_analytics.dispatch.base import DispatcherStatus
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.events import ShareEvent, new_id, utc_now
from django_share_analytics.exceptions import UnreadableShare
from django_share_analytics.models import SetAside, Share
from django_share_analytics.status import pipeline
from django_share_analytics.status.health import Level, Problem
from django_share_analytics.status.pipeline import PipelineStatus
from django_share_analytics.status.reports import DispatcherReport
from django_share_analytics.testing import MemoryDispatcher, use_dispatchers
from django_share_analytics.writing import batches, set_aside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

PAGE = "admin:share_analytics_sharestatistics_changelist"
LIST = "admin:share_analytics_setaside_changelist"
DETAIL = "admin:share_analytics_setaside_change"
VIEW_STATISTICS = "share_analytics.view_sharestatistics"
VIEW, REPLAY, DELETE = (f"share_analytics.{verb}_setaside" for verb in ("view", "replay", "delete"))
HOSTILE = '<script>alert("x")</script>'


class ReportingDispatcher(MemoryDispatcher):
    """Says of itself whatever a test wants."""

    answer: Any = DispatcherStatus(is_shared=True)

    def status(self) -> DispatcherStatus:
        if isinstance(self.answer, Exception):
            raise self.answer
        assert isinstance(self.answer, DispatcherStatus)
        return self.answer


@pytest.fixture
def say() -> Iterator[Callable[..., None]]:
    """``say(waiting=3)`` or ``say(an_error)``: what the default dispatcher says of itself."""
    entry = {"BACKEND": "tests.admin.statistics.test_panel.ReportingDispatcher"}
    with use_dispatchers({"default": entry}):

        def say(error: Exception | None = None, **values: Any) -> None:
            values.setdefault("is_shared", True)
            dispatcher = dispatchers["default"]
            assert isinstance(dispatcher, ReportingDispatcher)
            dispatcher.answer = error or DispatcherStatus(**values)

        yield say


@pytest.fixture
def refused(app: Any) -> Any:
    """A share that could be stored by now."""
    share = ShareEvent(app.pk, "whatsapp")
    set_aside.set_event_aside(share, outcomes.REFUSED_BY_DATABASE, UnreadableShare(HOSTILE))
    return share


def page(browser: Client) -> str:
    response = browser.get(reverse(PAGE))
    assert response.status_code == 200
    html = response.content.decode()
    assert HOSTILE not in html
    return html


def text(html: str) -> str:
    """What is there to be read, without markup."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", html)))


def panel(browser: Client) -> str:
    return text(page(browser).partition('<div class="share-columns" id="share-pipeline">')[2])


def top(browser: Client) -> str:
    """What stands above everything else on the page."""
    above, _, _ = page(browser).partition("<section")
    return text(above.partition('<div id="content-main"')[2])


# The panel ----------------------------------------------------------------------------------------


def test_panel__when_all_is_well(
    admin_client: Client, record: Callable[..., Any], app: Any
) -> None:
    record(app, 1_234)
    shown = panel(admin_client)
    assert "Working" not in top(admin_client)
    assert "Working:" not in shown  # but on the line that unfolds the panel
    assert "Dispatcher Default Backend Immediate Shares waiting 0 Oldest waiting for -" in shown
    assert "If a process dies Nothing is lost" in shown
    assert "Recorded 1,234 " in shown
    assert re.search(r"Newest share: \d+ seconds? ago", shown)
    assert "Shares set aside: 0 " in shown
    assert "these are the figures of the one" not in shown


def test_panel__is_a_line_while_all_is_well(admin_client: Client, say: Callable[..., None]) -> None:
    say()
    folded = page(admin_client)
    assert "Pipeline Working: Shares are recorded as they come." in text(folded)
    assert '<details class="share-fold' in folded
    say(waiting=1, oldest=utc_now() - timedelta(hours=2))
    assert '<details class="share-fold' not in page(admin_client)


def test_panel__when_something_waits(admin_client: Client, say: Callable[..., None]) -> None:
    minutes = timedelta(minutes=1)
    say(
        waiting=1_204,
        oldest=utc_now() - 12 * minutes,
        last_write=utc_now() - 3 * minutes,
        last_error=f"ConnectionError: {HOSTILE}",
    )
    shown = panel(admin_client)
    critical = "Critical: In the dispatcher “default” a share has been waiting for 12 minutes."
    assert re.search(
        re.escape(critical) + " Recorded up to .+ \N{EN DASH} See the pipeline", top(admin_client)
    )
    assert critical in shown
    assert f"Warning: The dispatcher “default” had an error: ConnectionError: {HOSTILE}" in shown
    assert "Shares waiting 1,204 Oldest waiting for 12 minutes Last write 3 minutes ago" in shown
    assert "Nothing is lost" not in shown


def test_panel__says_where_bad_files_are(admin_client: Client, say: Callable[..., None]) -> None:
    path = f"/journal/{HOSTILE}/*.bad"
    say(bad_files=2, bad_files_at=path)
    shown = panel(admin_client)
    assert f"“default” kept 2 files that can't be read as shares: {path}" in shown


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(minutes=12), "2:28 p.m."),
        (timedelta(hours=20), "March 9, 2026, 6:40 p.m."),
    ],
)
def test_panel__says_up_to_when_everything_is_recorded(ago: timedelta, said: str) -> None:
    now = datetime(2026, 3, 10, 11, 40, tzinfo=UTC)  # 14:40 in the reporting zone
    waiting = DispatcherReport("default", "X", True, DispatcherStatus(waiting=3, oldest=now - ago))
    behind = Problem(Level.WARNING, "age", "A share waits.", "default")
    assert build_pipeline(PipelineStatus(now, [waiting], None, [behind])).recorded_until == said
    assert build_pipeline(PipelineStatus(now, [waiting], None)).recorded_until == ""


def test_panel__says_whose_figures_they_are(admin_client: Client, say: Callable[..., None]) -> None:
    say(waiting=5, is_shared=False)
    shown = panel(admin_client)
    assert "Shares waiting 5 * " in shown
    assert "* Each process of the web server has its own" in shown
    say(waiting=None)
    assert "Shares waiting unknown Oldest" in panel(admin_client)


def test_panel__has_a_column_for_each_dispatcher(admin_client: Client) -> None:
    entry = {"BACKEND": "tests.admin.statistics.test_panel.ReportingDispatcher"}
    with use_dispatchers({"default": entry, "fallback": entry}):
        shown = panel(admin_client)
    assert "Dispatcher Default Fallback Backend Reporting Reporting Shares waiting 0 0 " in shown


def test_panel__counts_by_reason(admin_client: Client) -> None:
    now = utc_now()
    counts = {"duplicate": 1_500, "lost_at_exit": 2, "reason_of_a_stranger": 1}
    batches.record_outcomes({(reason, now): n for reason, n in counts.items()})
    shown = panel(admin_client)
    assert (
        "Sent more than once 1,500 Lost when a process stopped 2 Reason of a stranger 1 " in shown
    )
    assert "Warning: 2 shares were lost in the last 24 hours." in shown


def test_panel__when_a_dispatcher_fails(admin_client: Client, say: Callable[..., None]) -> None:
    say(ConnectionError(f"no route {HOSTILE}"))
    shown = panel(admin_client)
    assert "Critical: The dispatcher “default” can't say how it is: ConnectionError" in shown
    assert "Shares waiting unknown " in shown
    assert "If a process dies unknown " in shown


def test_panel__when_the_database_fails(
    admin_client: Client, record: Callable[..., Any], app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(now: Any) -> None:
        raise OperationalError("no such table")

    record(app, 3)
    monkeypatch.setattr(pipeline, "read_records", away)
    shown = panel(admin_client)
    assert "Critical: The database can't be read: OperationalError: no such table" in shown
    assert "Recorded, and not recorded The database can't be read." in shown


def test_panel__is_there_when_nothing_was_ever_shared(
    admin_client: Client, say: Callable[..., None]
) -> None:
    """Of all times: what was shared may be waiting."""
    say(waiting=1, oldest=utc_now() - timedelta(hours=2))
    assert "waiting for 2 hours" in top(admin_client)
    assert "waiting for 2 hours" in panel(admin_client)


def test_panel__links_what_was_set_aside_for_those_who_may_see_it(
    as_staff: Callable[..., Client], admin_client: Client, refused: Any
) -> None:
    address = f'href="{reverse(LIST)}"'
    assert (
        address in admin_client.get(reverse(PAGE)).content.decode().partition("share-pipeline")[2]
    )
    browser = as_staff(VIEW_STATISTICS)
    assert "Shares set aside: 1 " in panel(browser)
    assert address not in browser.get(reverse(PAGE)).content.decode()


def test_panel__asks_as_many_queries_for_much_as_for_little(admin_client: Client, app: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            admin_client.get(reverse(PAGE))
        return len(captured)

    queries()
    before = queries()
    for number in range(7):
        set_aside.set_payload_aside(str(number), f"reason {number}")
    assert queries() == before


def test_every_reason__has_words() -> None:
    reasons = {value for name, value in vars(outcomes).items() if name.isupper()}
    assert {reason for reason in reasons if isinstance(reason, str)} == set(REASON_LABELS)
    assert reason_label("reason_of_a_stranger") == "Reason of a stranger"


# What was set aside -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("permissions", "sees", "offered"),
    [
        ([], False, set()),
        ([VIEW_STATISTICS], False, set()),
        ([REPLAY, DELETE], False, set()),
        ([VIEW], True, set()),
        ([VIEW, REPLAY], True, {"replay"}),
        ([VIEW, DELETE], True, {"delete_selected"}),
        ([VIEW, REPLAY, DELETE], True, {"replay", "delete_selected"}),
    ],
)
def test_list__by_permission(
    as_staff: Callable[..., Client],
    refused: Any,
    permissions: list[str],
    sees: bool,
    offered: set[str],
) -> None:
    browser = as_staff(*permissions)
    response = browser.get(reverse(LIST))
    assert response.status_code == (200 if sees else 403)
    actions = re.findall(r'<option value="(\w+)"', response.content.decode())
    assert set(actions) == offered
    index = browser.get(reverse("admin:index")).content.decode()
    assert (f'href="{reverse(LIST)}"' in index) is sees


def test_list__shows_what_when_and_why(admin_client: Client, refused: Any) -> None:
    set_aside.set_payload_aside(b"torn")
    listed = admin_client.get(reverse(LIST)).content.decode()
    assert str(refused.id) in listed
    assert "Refused by the database" in listed
    assert HOSTILE not in listed
    assert escape(HOSTILE) in listed
    listed = admin_client.get(reverse(LIST), {"reason": "unreadable"}).content.decode()
    assert str(refused.id) not in listed
    assert "1 share set aside" in listed


def test_detail__can_be_read_and_not_written(admin_client: Client, app: Any) -> None:
    set_aside.set_payload_aside(f"torn {HOSTILE}".encode())
    address = reverse(DETAIL, args=[SetAside.objects.get().pk])
    shown = admin_client.get(address).content.decode()
    assert f"torn {escape(HOSTILE)}" in shown
    assert 'name="_save"' not in shown
    assert admin_client.post(address, {"payload": "mine"}).status_code == 403
    assert admin_client.get(reverse("admin:share_analytics_setaside_add")).status_code == 403


def test_replay__records_and_says_what_stays(
    as_staff: Callable[..., Client], refused: Any, app: Any
) -> None:
    set_aside.set_payload_aside(b"torn")
    browser = as_staff(VIEW, REPLAY)
    everything = [str(pk) for pk in SetAside.objects.values_list("pk", flat=True)]
    data = {"action": "replay", "_selected_action": everything}
    answer = text(browser.post(reverse(LIST), data, follow=True).content.decode())
    assert "1 share is recorded." in answer
    assert "1 can't be recorded as they are" in answer
    assert list(Share.objects.values_list("id", flat=True)) == [refused.id]
    assert SetAside.objects.get().reason == "unreadable"


def test_replay__needs_its_permission(as_staff: Callable[..., Client], refused: Any) -> None:
    data = {"action": "replay", "_selected_action": [str(refused.id)]}
    as_staff(VIEW, DELETE).post(reverse(LIST), data)
    assert not Share.objects.exists()
    assert SetAside.objects.count() == 1


def test_delete__discards(as_staff: Callable[..., Client], refused: Any) -> None:
    browser = as_staff(VIEW, DELETE)
    address = reverse("admin:share_analytics_setaside_delete", args=[refused.id])
    assert browser.post(address, {"post": "yes"}).status_code == 302
    assert not SetAside.objects.exists()
    assert LogEntry.objects.get().object_id == str(refused.id)


def test_delete__needs_its_permission(as_staff: Callable[..., Client], refused: Any) -> None:
    address = reverse("admin:share_analytics_setaside_delete", args=[refused.id])
    assert as_staff(VIEW, REPLAY).post(address, {"post": "yes"}).status_code == 403
    assert SetAside.objects.count() == 1


def test_detail__when_there_is_none(admin_client: Client) -> None:
    assert admin_client.get(reverse(DETAIL, args=[new_id()])).status_code == 302


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"TRUSTED_PROXIES": 0}, "Each process limits by itself what one client counts"),
        ({"LIMITS": {}}, "There is no limit to what one client counts."),
        ({}, "Who comes by a proxy has no limit: the setting TRUSTED_PROXIES"),
        ({"TRUSTED_PROXIES": 0, "LIMITS_CACHE": "files"}, "hold for all processes together"),
    ],
)
def test_panel__says_who_limits_clients(
    values: dict[str, Any], said: str, admin_client: Client, settings: Any, tmp_path: Any
) -> None:
    files = {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": tmp_path}
    settings.CACHES = {**settings.CACHES, "files": files}
    settings.SHARE_ANALYTICS = {**settings.SHARE_ANALYTICS, **values}
    assert said in panel(admin_client)
