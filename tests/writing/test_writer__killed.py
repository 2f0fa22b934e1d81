"""``kill -9`` in the middle of what takes long: run again, and everything is exact."""

from __future__ import annotations

import csv
import subprocess
import sys
import time
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.db import connection

from django_share_analytics.models import AppPlatformDay, Share, State
from django_share_analytics.upkeep.audit import audit_counts
from django_share_analytics.upkeep.blanking import SOMETHING_PERSONAL
from django_share_analytics.writing.writer import write_shares
from tests.databases import child_environment
from tests.factories import NOON, counted_by_hand, event, stored_counts

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

N = 6_000
PATIENCE_SECONDS = 60


def kill_in_the_middle(arguments: list[str], is_under_way: Callable[[], bool], **env: str) -> None:
    """Start the command, and end it for good as soon as something of it can be seen."""
    command = [sys.executable, "-W", "ignore", "-m", "django", *arguments]
    process = subprocess.Popen(command, env=child_environment(**env), stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + PATIENCE_SECONDS
    try:
        while not is_under_way():
            assert process.poll() is None, "it ended before anything of it was seen"
            assert time.monotonic() < deadline
            time.sleep(0.005)
    finally:
        process.kill()
        process.wait()


def write(apps: list[object]) -> None:
    events = [
        event(apps[n % len(apps)], ("sms", "copy")[n % 3 % 2], NOON + n * timedelta(minutes=10))
        for n in range(N)
    ]
    for start in range(0, N, 500):
        write_shares(events[start : start + 500])


def test_prune__killed(make_app):
    write([make_app() for _ in range(5)])
    before = stored_counts()
    arguments = ["prune_shares", "--older-than", "2026-04-10", "--batch-size"]
    kill_in_the_middle([*arguments, "20"], lambda: Share.objects.count() < N)
    old = Share.objects.filter(timestamp__lt=State.objects.get().retained_from)
    assert old.exists()
    assert audit_counts().is_exact
    call_command(*arguments, "1000", verbosity=0)
    assert not old.exists()
    assert stored_counts() == before
    assert audit_counts().is_exact


def test_blank__killed(make_app):
    apps = [make_app() for _ in range(5)]
    who = {"session_id": "s", "user_agent": "a", "referrer_url": "r", "visitor": 1}
    for start in range(0, N, 500):
        times = [NOON + n * timedelta(minutes=10) for n in range(start, start + 500)]
        write_shares([event(apps[at.minute // 10 % 5], "sms", at, **who) for at in times])
    before = stored_counts()
    arguments = ["blank_shares", "--older-than", "2026-04-10", "--batch-size"]
    kill_in_the_middle([*arguments, "20"], State.objects.exclude(blanked_to=None).exists)
    state = State.objects.get()
    old = Share.objects.filter(timestamp__lt=state.blanked_until)
    assert old.filter(SOMETHING_PERSONAL).exists()
    assert not old.filter(SOMETHING_PERSONAL, timestamp__lt=state.blanked_to).exists()
    call_command(*arguments, "1000", verbosity=0)
    assert not old.filter(SOMETHING_PERSONAL).exists()
    assert Share.objects.exclude(pk__in=old).filter(**who).count() == N - old.count() > 0
    assert stored_counts() == before
    assert audit_counts().is_exact


def test_repair__killed_while_it_recounts_in_another_zone(make_app, settings):
    write([make_app() for _ in range(40)])
    call_command("prune_shares", "--older-than", "2026-03-15", verbosity=0)
    totals = stored_counts()["app_platform"]
    with connection.cursor() as cursor:  # as many of the counts by day as there are now
        cursor.execute("SELECT COUNT(*) FROM share_analytics_appplatformday")
        (before,) = cursor.fetchone()
    settings.TIME_ZONE = "Pacific/Kiritimati"

    def is_under_way() -> bool:
        row = State.objects.get()
        return row.needs_recount and AppPlatformDay.objects.count() != before

    kill_in_the_middle(
        ["verify_share_counts", "--repair"], is_under_way, TEST_TIME_ZONE="Pacific/Kiritimati"
    )
    assert State.objects.get().needs_recount
    assert audit_counts(repair=True).is_exact
    assert audit_counts().is_exact
    assert stored_counts()["app_platform"] == totals
    watermark = State.objects.get().retained_from
    since = {key: n for key, n in stored_counts()["site_hour"].items() if key[1] >= watermark}
    Share.objects.filter(timestamp__lt=watermark)._raw_delete("default")
    assert since == counted_by_hand()["site_hour"]


@pytest.mark.parametrize("has_ids", [True, False])
def test_import__killed(has_ids, make_app, tmp_path):
    apps = [make_app() for _ in range(5)]
    path = tmp_path / "shares.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "appId", "platform", "timestamp"])
        for n in range(N):
            one = event(apps[n % 5], "sms", NOON + n * timedelta(minutes=3))
            id = one.id if has_ids else ""
            writer.writerow([id, one.app_id, one.platform, one.timestamp.isoformat()])
    kill_in_the_middle(["import_shares", str(path)], Share.objects.exists)
    assert Share.objects.count() < N
    assert audit_counts().is_exact
    call_command("import_shares", str(path), verbosity=0)
    assert Share.objects.count() == N
    assert stored_counts() == counted_by_hand()
    assert audit_counts(date(2026, 3, 1), date(2026, 3, 31)).is_exact
