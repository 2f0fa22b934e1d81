"""Each command that may take a while, stopped in its middle in a real terminal, and run again."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from django_share_analytics import codec, models
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.events import ShareEvent, utc_now
from django_share_analytics.files.exporting import shares_csv
from django_share_analytics.models import SetAside, Share
from django_share_analytics.upkeep.audit import audit_counts
from django_share_analytics.writing.writer import write_shares
from tests import databases
from tests.dispatch.conftest import REDIS_STREAMS, own_stream, use, wait_until
from tests.factories import counted_by_hand, event, stored_counts

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["own_stream", "use"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

ROOT = Path(__file__).parents[2]
CTRL_C = b"\x03"
SECONDS = 60.0
SHARES = 100
SOME_OF_THEM = r"[1-9]\d* of \d+"


@dataclass
class Terminal:
    """A process in a terminal of its own, and what was shown there."""

    process: subprocess.Popen[bytes]
    descriptor: int
    shown: str = ""

    def read_until(self, pattern: str) -> None:
        deadline = time.monotonic() + SECONDS
        while not re.search(pattern, self.shown):
            assert time.monotonic() < deadline, f"never showed {pattern}: {self.shown}"
            assert self._read(), f"ended without {pattern}: {self.shown}"

    def press(self, keys: bytes) -> None:
        os.write(self.descriptor, keys)

    def end(self) -> int:
        """The exit status."""
        while self._read():
            pass
        return self.process.wait(SECONDS)

    def lines(self) -> list[str]:
        """What is left to read in the end: of each line what was written over the rest of it."""
        lines = re.split("\r?\n", re.sub("\x1b\\[[0-9;]*m", "", self.shown))
        return [text for line in lines if (text := line.rpartition("\r")[2].replace("\x1b[K", ""))]

    def _read(self) -> bool:
        ready, _, _ = select.select([self.descriptor], [], [], SECONDS)
        assert ready, f"says nothing any more: {self.shown}"
        try:
            more = os.read(self.descriptor, 65_536)
        except OSError:  # nobody has the other end open
            return False
        self.shown += more.decode()
        return bool(more)


def command_line(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "tests.management.slow", *map(str, arguments)]


@contextmanager
def terminal(*arguments: object, **variables: str) -> Iterator[Terminal]:
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        command_line(*arguments),
        cwd=ROOT,
        env=databases.child_environment(**variables),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def stopped(*arguments: object, at: str = SOME_OF_THEM, **variables: str) -> str:
    """Run it, press Ctrl-C as soon as it shows ``at``, and return the last line."""
    with terminal(*arguments, **variables) as screen:
        screen.read_until(at)
        screen.press(CTRL_C)
        assert screen.end() == 130, screen.shown
        assert "Traceback" not in screen.shown
        return screen.lines()[-1]


@pytest.fixture
def events(make_app: Any) -> list[ShareEvent]:
    """Every two hours from thirty days ago on, in the same session."""
    apps, start = [make_app(), make_app()], utc_now() - timedelta(days=30)
    return [
        event(apps[n % 2], "x", start + n * timedelta(hours=2), session_id="s-1", user_agent="A")
        for n in range(SHARES)
    ]


@pytest.fixture
def shares(events: list[ShareEvent]) -> list[ShareEvent]:
    write_shares(events)
    return events


BLANK = {"session_id": "", "user_agent": ""}


@pytest.mark.usefixtures("shares")
def test_blank_shares() -> None:
    blank = Share.objects.filter(**BLANK)
    said = stopped("blank_shares", "--older-than=10d", "--batch-size=10")
    assert said == "Stopped. What was done stays. Run it again: it goes on from there."
    assert 10 <= blank.count() < SHARES
    call_command("blank_shares", older_than=10, verbosity=0)
    assert blank.count() == SHARES


@pytest.mark.usefixtures("shares")
def test_prune_shares() -> None:
    counts = stored_counts()
    said = stopped("prune_shares", "--older-than=10d", "--batch-size=10")
    assert said == "Stopped. What was done stays. Run it again: it goes on from there."
    assert 0 < Share.objects.count() <= SHARES - 10
    assert audit_counts().is_exact
    call_command("prune_shares", older_than=10, verbosity=0)
    assert not Share.objects.exists()
    assert stored_counts() == counts


@pytest.mark.usefixtures("shares")
def test_verify_share_counts() -> None:
    models.AppDay.objects.update(n=0)
    wrong = audit_counts().found
    said = stopped("verify_share_counts", "--repair")
    assert said == (
        "Stopped. What was corrected stays so. Run it again with --repair: it corrects the rest."
    )
    assert 0 < audit_counts().found < wrong
    call_command("verify_share_counts", "--repair", verbosity=0)
    assert stored_counts() == counted_by_hand()


@pytest.fixture
def csv_file(shares: list[ShareEvent], tmp_path: Path) -> Path:
    """What was stored, which is no more."""
    path = tmp_path / "shares.csv"
    path.write_text("".join(shares_csv(Share.objects.all())), newline="")
    Share.objects.all().delete()
    return path


def test_import_shares(csv_file: Path) -> None:
    said = stopped("import_shares", csv_file, at=r"[1-9]\d* imported")
    done = re.fullmatch(
        r"Stopped\. The lines up to (\d+) are done \((\d+) imported\)\. Import the same file "
        r"again: what is in counts once\.",
        said,
    )
    assert done
    assert int(done[1]) - 1 == int(done[2]) == Share.objects.count() < SHARES
    call_command("import_shares", str(csv_file), verbosity=0)
    assert Share.objects.count() == SHARES
    assert stored_counts() == counted_by_hand()


def test_import_shares__in_a_log(csv_file: Path) -> None:
    """Told by SIGTERM, and nobody watches: one line, and another status."""
    with subprocess.Popen(
        command_line("import_shares", csv_file),
        cwd=ROOT,
        env=databases.child_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert wait_until(lambda: Share.objects.exists() or process.poll() is not None)
        process.send_signal(signal.SIGTERM)
        assert process.stdout
        lines = process.stdout.read().splitlines()
        assert process.wait(SECONDS) == 143
    assert len([line for line in lines if not line.startswith("Not imported")]) == 1
    assert lines[-1].startswith("Stopped. The lines up to ")
    assert 0 < Share.objects.count() < SHARES


@pytest.mark.usefixtures("shares")
def test_export_shares(tmp_path: Path) -> None:
    """A file that is there stays as it is, until a whole one takes its place."""
    path = tmp_path / "shares.csv"
    path.write_text("yesterday's")
    said = stopped("export_shares", "--output", path)
    assert said == "Stopped. Nothing was changed. Run it again."
    assert [each.name for each in tmp_path.iterdir()] == ["shares.csv"]
    assert path.read_text() == "yesterday's"


@pytest.fixture
def set_aside(events: list[ShareEvent]) -> None:
    SetAside.objects.bulk_create(
        SetAside(
            id=each.id,
            payload=codec.encode(each).decode(),
            reason="refused_by_database",
            set_aside_at=utc_now(),
        )
        for each in events
    )


@pytest.mark.usefixtures("set_aside")
def test_set_aside_shares__replay() -> None:
    said = stopped("set_aside_shares", "--replay")
    assert (
        said == "Stopped. What was recorded stays so. Run it again: what was written counts once."
    )
    assert 10 <= Share.objects.count() < SHARES
    call_command("set_aside_shares", "--replay", verbosity=0)
    assert Share.objects.count() == SHARES
    assert not SetAside.objects.exists()
    assert stored_counts() == counted_by_hand()


@pytest.mark.usefixtures("shares")
def test_erase_person() -> None:
    said = stopped("erase_person", "--session", "s-1")
    assert said == (
        "Stopped. What was emptied stays so, and the rest still says whose it is. Run it again: it "
        "goes on from there."
    )
    assert 0 < Share.objects.filter(session_id="s-1").count() <= SHARES - 10
    call_command("erase_person", session="s-1", verbosity=0)
    assert Share.objects.filter(**BLANK).count() == SHARES


@pytest.mark.usefixtures("shares")
def test_export_person(tmp_path: Path) -> None:
    path = tmp_path / "person.json"
    said = stopped("export_person", "--session", "s-1", "--output", path)
    assert said == "Stopped. Nothing was written. Run it again."
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [["export_shares"], ["export_person", "--session=s-1"]])
def test_export__in_a_pipe(command: list[str], make_app: Any) -> None:
    """Whoever reads has a part of it."""
    app = make_app()
    write_shares([event(app, "x", session_id="s-1") for _ in range(300)])
    with subprocess.Popen(
        command_line(*command),
        cwd=ROOT,
        env=databases.child_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        pipesize=4_096,
    ) as process:
        try:
            assert process.stdout
            assert process.stderr
            assert select.select([process.stdout], [], [], SECONDS)[0]
            process.send_signal(signal.SIGTERM)
            assert process.wait(SECONDS) == 143
            said = process.stderr.read()
        finally:
            process.kill()
    assert said == "Stopped. What was written so far is not all of it. Run it again.\n"


@pytest.mark.usefixtures("shares")
def test_find_cascades() -> None:
    said = stopped("find_cascades", "--days=60", at=r"[1-9]\d* shares")
    assert said == "Stopped. What was found before stays. Run it again: it begins anew."
    assert not models.CascadeSnapshot.objects.exists()
    call_command("find_cascades", days=60, verbosity=0)
    assert models.CascadeSnapshot.objects.count() == 1


def test_consume_shares__once(events: list[ShareEvent], use: Any, own_stream: Any) -> None:
    """The batch is finished, and the status says that something may still wait."""
    options = {**own_stream, "max_batch": 5}
    dispatcher = use.bare(REDIS_STREAMS, **options)
    for each in events:
        dispatcher.submit(each)
    configured = json.dumps({"default": {"BACKEND": REDIS_STREAMS, "OPTIONS": options}})
    said = stopped(
        "consume_shares",
        "--once",
        at=r"Consuming \d+ waiting",
        DJANGO_SETTINGS_MODULE="tests.dispatch.consumer_settings",
        TEST_DISPATCHERS=configured,
    )
    assert said == "Stopped. What still waits is as safe as before: the next run goes on with it."
    assert 0 < Share.objects.count() < SHARES
    assert stored_counts() == counted_by_hand()
    call_command("consume_shares", "--once", verbosity=0)
    assert Share.objects.count() == SHARES
    dispatchers.close()


@pytest.mark.usefixtures("shares")
def test_prune_shares__that_waits_for_somebody() -> None:
    """It stops although the statement that it is at would wait for as long as others like."""
    if connection.vendor != "postgresql":
        pytest.skip("other drivers hear of a signal when the statement has ended")
    with transaction.atomic():
        list(Share.objects.select_for_update())
        with terminal("prune_shares", "--older-than=10d") as screen:
            assert wait_until(somebody_waits)
            screen.press(CTRL_C)
            assert screen.end() == 130
    assert screen.lines()[-1].startswith("Stopped. ")
    assert Share.objects.count() == SHARES


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        # Else it shows what the transaction saw first.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone() is not None
