"""Processes that are killed: what they acknowledged is stored, once, and counted once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from uuid import UUID

import pytest

from django_share_analytics import codec
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.models import Share
from tests import databases
from tests.dispatch.conftest import wait_until
from tests.factories import counted_by_hand, event, outcomes, stored_counts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

KILLS = int(os.environ.get("TEST_KILLS", "12"))


@pytest.fixture
def journal(tmp_path):
    return tmp_path / "journal"


@pytest.fixture
def notes(tmp_path):
    path = tmp_path / "notes"
    path.mkdir()
    return path


@pytest.fixture
def start(notes, journal):
    """``start(role, *arguments)``: a process of this role of ``under_fire``."""
    started = []

    def start(role, *arguments, fsync="never"):
        command = [sys.executable, "-m", "tests.dispatch.under_fire", role, notes, journal, fsync]
        process = subprocess.Popen(
            [*map(str, command), *map(str, arguments)], env=databases.child_environment()
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def noted(notes, word):
    """The ids in complete lines."""
    lines = [line for path in notes.glob("*-*") for line in path.read_bytes().split(b"\n")[:-1]]
    return {UUID(hex=line.split()[1].decode()) for line in lines if line.startswith(word)}


def record_the_rest(buffered, journal):
    buffered(journal=journal).consume(threading.Event(), once=True)
    dispatchers.close()


def check_nothing_is_lost_or_counted_twice(notes):
    sent, kept = noted(notes, b"sent"), noted(notes, b"kept")
    stored = set(Share.objects.values_list("id", flat=True))
    assert len(kept) > 20
    assert kept - stored == set(), "acknowledged, and lost"
    assert stored - sent == set(), "never sent"
    assert stored_counts() == counted_by_hand()


@pytest.mark.parametrize("fsync", ["never", "batch", "always"])
def test_sigkill__under_load_again_and_again(start, buffered, notes, journal, app, fsync):
    assert start("prefork", KILLS, fsync=fsync).wait(120) == 0
    record_the_rest(buffered, journal)
    check_nothing_is_lost_or_counted_twice(notes)
    assert list(journal.iterdir()) == []
    # At each kill, the batch that was recorded and had no time to be removed.
    duplicates = outcomes().pop("duplicate", 0)
    print(f"{KILLS} kills, {len(noted(notes, b'kept'))} kept, {duplicates} written again")
    assert duplicates <= KILLS * 50
    assert set(outcomes()) <= {"duplicate"}


def test_sigkill__of_a_process_whose_child_lives_on(start, buffered, notes, journal, app):
    """The child has copies of all descriptors, and a lock is held by any of them."""
    process = start("submit_and_fork")
    assert wait_until((notes / "child").exists)
    assert wait_until(lambda: len(noted(notes, b"kept")) > 50)
    process.kill()
    process.wait()
    child = int((notes / "child").read_text())
    try:
        os.kill(child, 0)  # it is there
        record_the_rest(buffered, journal)
        check_nothing_is_lost_or_counted_twice(notes)
    finally:
        os.kill(child, signal.SIGKILL)


def test_adopters__in_several_processes_at_once(start, notes, journal, app):
    homes, segments, size = 20, 3, 10
    for home in range(homes):
        directory = journal / f"{home + 1}-{home:016x}"
        directory.mkdir(parents=True)
        for n in range(segments):
            lines = [codec.encode(event(app)) + b"\n" for _ in range(size)]
            (directory / f"{n + 1:08}.log").write_bytes(b"".join(lines))
    adopters = [start("consume") for _ in range(3)]
    assert wait_until(lambda: len(list(notes.glob("ready-*"))) == 3)
    (notes / "go").touch()
    assert [adopter.wait(120) for adopter in adopters] == [0, 0, 0]
    recorded = [int(path.read_text()) for path in notes.glob("recorded-*")]
    assert sum(recorded) == Share.objects.count() == homes * segments * size
    assert outcomes() == {}
    assert stored_counts() == counted_by_hand()
    assert list(journal.iterdir()) == []
