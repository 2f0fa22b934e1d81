"""The buffered dispatcher with a journal, in one process."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from django_share_analytics import checks
from django_share_analytics.dispatch import second_tries
from django_share_analytics.dispatch.handler import dispatchers
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.models import Share
from django_share_analytics.testing import use_dispatchers
from tests.dispatch.conftest import (
    BACKENDS,
    PATIENCE_SECONDS,
    exit_status,
    in_time,
    wait_until,
)
from tests.factories import counted_by_hand, event, outcomes, stored_counts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def journal(tmp_path):
    return tmp_path / "journal"


@pytest.fixture
def journaled(buffered, journal):
    """``journaled(**options)``: a buffered dispatcher with a journal."""
    return lambda **options: buffered(journal=journal, **options)


def leave_behind(journaled, events):
    """What a process that died with these shares leaves."""
    dispatcher = journaled(flush_seconds=60)
    without_thread(dispatcher)
    for one in events:
        dispatcher.submit(one)
    dispatchers.reset_after_fork()  # descriptors are closed, and nothing is tidied up


def without_thread(dispatcher):
    """Nothing is written before ``flush`` or ``close``."""
    dispatcher._drain._thread = threading.current_thread()


def test_is_durable__with_a_journal_alone(buffered, journaled):
    assert journaled().is_durable
    assert not buffered().is_durable


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"journal": ""}, "journal must be the path of a directory"),
        ({"journal": 5}, "journal must be the path of a directory"),
        ({"journal": "/tmp/journal", "fsync": "sometimes"}, "never, batch, always"),
        ({"fsync": "always"}, "fsync is about the journal"),
    ],
)
def test_options__when_a_value_makes_no_sense(buffered, options, message):
    with pytest.raises(ImproperlyConfigured, match=message):
        buffered(**options)


@pytest.mark.parametrize("fsync", ["never", "batch", "always"])
def test_flush_by_time_and_close__leave_no_file(journaled, app, journal, fsync):
    dispatcher = journaled(flush_seconds=0.05, fsync=fsync)
    for _ in range(3):
        dispatcher.submit(event(app))
    assert wait_until(lambda: Share.objects.count() == 3)
    assert wait_until(lambda: dispatcher.status().waiting == 0)
    dispatcher.submit(event(app))
    dispatchers.close()
    assert Share.objects.count() == 4
    assert list(journal.iterdir()) == []


def test_submit__asks_the_database_nothing(journaled, app, django_assert_num_queries):
    dispatcher = journaled(flush_seconds=60)
    given = event(app)
    with django_assert_num_queries(0):
        dispatcher.submit(given)


def test_backlog__is_not_bounded_by_memory(journaled, app, database_away):
    dispatcher = journaled(flush_seconds=0.01, capacity=10, max_batch=50)
    database_away.set()
    for _ in range(200):
        dispatcher.submit(event(app))
    assert wait_until(lambda: "could not connect" in dispatcher.status().last_error)
    assert dispatcher.status().waiting == 200
    assert dispatcher.status().oldest == event(app).timestamp
    database_away.clear()
    assert wait_until(lambda: Share.objects.count() == 200)
    assert wait_until(lambda: dispatcher.status().waiting == 0)


def test_unknown_app__is_looked_for_once_more(journaled, app, app_model, unknown_key, monkeypatch):
    monkeypatch.setattr(second_tries, "SECOND_TRY_SECONDS", 0.3)
    dispatcher = journaled(flush_seconds=0.01)
    for key in (app, unknown_key):
        dispatcher.submit(event(key))
    assert wait_until(lambda: Share.objects.count() == 1)
    assert wait_until(lambda: dispatcher.status().waiting == 1)
    app_model.objects.create(pk=unknown_key, name="Committed a moment later")
    assert wait_until(lambda: Share.objects.count() == 2)
    assert outcomes() == {}


def test_unknown_app__is_counted_at_last(journaled, unknown_key, monkeypatch):
    monkeypatch.setattr(second_tries, "SECOND_TRY_SECONDS", 0.05)
    dispatcher = journaled(flush_seconds=0.01)
    dispatcher.submit(event(unknown_key))
    assert wait_until(lambda: outcomes() == {"unknown_app": 1})
    assert wait_until(lambda: dispatcher.status().waiting == 0)


def test_close__leaves_to_others_what_can_not_be_written(journaled, app, database_away, caplog):
    dispatcher = journaled(flush_seconds=60, shutdown_seconds=0.1)
    dispatcher.submit(event(app))
    database_away.set()
    dispatchers.close()
    assert "for another process" in caplog.text
    assert "Dropped" not in caplog.text
    database_away.clear()
    assert journaled(flush_seconds=60).consume(threading.Event(), once=True) == 1
    assert Share.objects.count() == 1
    assert outcomes() == {}


def test_close__leaves_to_others_what_takes_too_long(journaled, app, journal):
    dispatcher = journaled(flush_seconds=60, shutdown_seconds=0, max_batch=1)
    without_thread(dispatcher)
    for _ in range(5):
        dispatcher.submit(event(app))
    dispatchers.close()
    assert Share.objects.count() < 5
    journaled().consume(threading.Event(), once=True)
    assert Share.objects.count() == 5


def test_start__adopts_what_dead_processes_left(journaled, app, journal):
    leave_behind(journaled, [event(app) for _ in range(3)])
    journaled(flush_seconds=0.01).submit(event(app))
    assert wait_until(lambda: Share.objects.count() == 4)
    dispatchers.close()
    assert list(journal.iterdir()) == []
    assert outcomes() == {}


def test_start__adopts_with_the_first_request_whatever_it_asks(journaled, app, client):
    """A process that was started after a crash may wait long for its first share."""
    leave_behind(journaled, [event(app) for _ in range(3)])
    client.get("/nothing/here")
    assert wait_until(lambda: Share.objects.count() == 3)


def test_start__of_a_fallback_adopts_too(app, journal, client):
    entry = {
        "BACKEND": f"{BACKENDS}.buffered.BufferedDispatcher",
        "OPTIONS": {"journal": journal},
    }
    with use_dispatchers({"default": {"BACKEND": entry["BACKEND"]}, "fallback": entry}):
        leave_behind(lambda **_: dispatchers["fallback"], [event(app)])
        client.get("/nothing/here")
        assert wait_until(lambda: Share.objects.count() == 1)


def test_start__has_no_thread_without_a_journal(buffered, client):
    dispatcher = buffered()
    client.get("/nothing/here")
    assert dispatcher._drain._thread is None


def test_start__a_dispatcher_that_can_not_be_made_breaks_no_page(client, caplog):
    with use_dispatchers({"default": {"BACKEND": "nowhere.Dispatcher"}}):
        assert client.get("/nothing/here").status_code == 404
        assert client.get("/nothing/here").status_code == 404
    assert caplog.text.count("could not import 'nowhere.Dispatcher'") == 1


def test_a_running_neighbour__adopts_without_being_asked(journaled, app, monkeypatch):
    from django_share_analytics.dispatch.journal import queue

    monkeypatch.setattr(queue, "ADOPT_SECONDS", 0.1)
    left = [event(app) for _ in range(3)]
    neighbour = journaled(flush_seconds=0.01)
    neighbour.submit(event(app))
    assert wait_until(lambda: Share.objects.count() == 1)
    dispatchers._routes.clear()
    leave_behind(lambda **options: dispatchers["default"], left)
    assert wait_until(lambda: Share.objects.count() == 4)
    neighbour.close()


def test_consume__until_it_is_told_to_stop(journaled, app, database_away, monkeypatch):
    monkeypatch.setattr(f"{BACKENDS}.buffered.LOOK_SECONDS", 0.01)
    stop, recorded = threading.Event(), []
    leave_behind(journaled, [event(app) for _ in range(3)])
    dispatcher = journaled()
    database_away.set()
    consumer = threading.Thread(target=lambda: recorded.append(dispatcher.consume(stop)))
    consumer.start()
    assert wait_until(lambda: "could not connect" in dispatcher.status().last_error)
    database_away.clear()
    assert wait_until(lambda: Share.objects.count() == 3)
    stop.set()
    consumer.join(5)
    assert recorded == [3]


def test_consume__once_waits_for_the_database(journaled, app, database_away):
    leave_behind(journaled, [event(app)])
    dispatcher = journaled()
    database_away.set()
    threading.Timer(0.2, database_away.clear).start()
    assert dispatcher.consume(threading.Event(), once=True) == 1
    assert Share.objects.count() == 1


def test_consume_shares__records_what_dead_processes_left(journaled, app, capsys):
    leave_behind(journaled, [event(app) for _ in range(3)])
    dispatchers.close()
    call_command("consume_shares", once=True)
    assert "Consumed 3 share(s)." in capsys.readouterr().out
    assert Share.objects.count() == 3


def test_consume_shares__has_nothing_to_do_without_a_journal(buffered):
    buffered()
    with pytest.raises(CommandError, match="nothing to consume"):
        call_command("consume_shares", once=True)


def test_a_segment_that_was_recorded_before_its_owner_died__changes_nothing(journaled, app):
    left = [event(app) for _ in range(3)]
    leave_behind(journaled, left)
    leave_behind(journaled, left[:2])
    journaled().consume(threading.Event(), once=True)
    assert Share.objects.count() == 3
    assert stored_counts() == counted_by_hand()
    assert outcomes() == {"duplicate": 2}


# Disks that won't


@pytest.fixture
def small_disk(tmp_path, require):
    """A directory on a disk with room for a few hundred shares."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(disk)]
    mounted = os.geteuid() == 0 and subprocess.run(command, check=False).returncode == 0
    if not mounted:
        pytest.skip("only root may mount a small disk")
    yield disk
    dispatchers.close()
    subprocess.run(["umount", str(disk)], check=True)


def fill(dispatcher, app):
    """Submit until the journal is full; what was accepted."""
    accepted = []
    while True:
        one = event(app)
        try:
            dispatcher.submit(one)
        except DispatcherUnavailable:
            return accepted
        accepted.append(one.id)


def test_full_disk__refuses_and_keeps_what_it_took(buffered, small_disk, app, caplog):
    dispatcher = buffered(journal=small_disk / "journal", flush_seconds=60, max_batch=100)
    without_thread(dispatcher)  # which would make room
    accepted = fill(dispatcher, app)
    assert len(accepted) > 50
    for _ in range(3):
        with pytest.raises(DispatcherUnavailable):
            dispatcher.submit(event(app))
    assert caplog.text.count("No space left on device") == 1
    assert "No space left" in dispatcher.status().last_error
    assert dispatcher.status().waiting == len(accepted)
    assert dispatcher.flush()
    assert set(Share.objects.values_list("id", flat=True)) == set(accepted)
    dispatcher.submit(event(app))
    assert dispatcher.status().last_error == ""
    dispatchers.close()
    assert Share.objects.count() == len(accepted) + 1
    assert list((small_disk / "journal").iterdir()) == []


@pytest.fixture
def ext4(tmp_path):
    """A directory on a disk of 1 MB, whose every new directory takes a block of it.

    Without delayed allocation, which puts blocks by and gives some back half a minute later: full
    is full here.
    """
    image, disk = tmp_path / "image", tmp_path / "ext4"
    disk.mkdir()
    image.write_bytes(bytes(1 << 20))
    commands = (
        ["mkfs.ext4", "-q", "-F", "-m", "0", "-b", "1024", "-O", "^has_journal", image],
        ["mount", "-o", "loop,nodelalloc", image, disk],
    )
    if os.geteuid() != 0 or not shutil.which("mkfs.ext4"):
        pytest.skip("only root may mount a disk, and it takes mkfs.ext4 to make one")
    for command in commands:
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"no ext4 can be mounted here: {done.stderr.strip()}")
    try:
        yield disk
    finally:
        dispatchers.close()
        subprocess.run(["umount", disk], check=True)


def test_full_disk__is_emptied_by_the_next_process(buffered, ext4, app, client):
    """No directory can be made, so nothing new can come in before what waits is out."""
    journal = ext4 / "journal"
    dead = buffered(journal=journal, flush_seconds=60)
    without_thread(dead)
    accepted = fill(dead, app)
    dispatchers.reset_after_fork()  # descriptors are closed, and nothing is tidied up
    assert len(accepted) > 500
    with pytest.raises(OSError, match="No space left"):
        (journal / "directory").mkdir()
    dispatcher = buffered(journal=journal, flush_seconds=0.05)
    with pytest.raises(DispatcherUnavailable):
        dispatcher.submit(event(app))
    assert "No space left" in dispatcher.status().last_error
    client.get("/nothing/here")
    assert wait_until(lambda: Share.objects.count() == len(accepted))
    assert set(Share.objects.values_list("id", flat=True)) == set(accepted)
    assert wait_until(lambda: dispatcher.status().waiting == 0)
    dispatcher.submit(event(app))
    assert dispatcher.status().last_error == ""
    dispatchers.close()
    assert Share.objects.count() == len(accepted) + 1
    assert list(journal.iterdir()) == []


@contextmanager
def files_of_at_most(size):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_write_that_the_system_cuts_short__does_not_spoil_the_next(journaled, app, journal):
    dispatcher = journaled(flush_seconds=60)
    with files_of_at_most(1_000):
        accepted = fill(dispatcher, app)
    assert 1 < len(accepted) < 10
    last = event(app)
    dispatcher.submit(last)
    dispatchers.close()
    assert set(Share.objects.values_list("id", flat=True)) == {*accepted, last.id}
    assert list(journal.iterdir()) == []


def test_full_disk__is_answered_with_503(journaled, app, client):
    journaled(flush_seconds=60)
    with files_of_at_most(10):
        answer = client.post("/api/shares", {"appId": app.pk, "platform": "copy"})
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0


def test_full_disk__the_fallback_takes_the_share(app, journal):
    entries = {
        "default": {
            "BACKEND": f"{BACKENDS}.buffered.BufferedDispatcher",
            "OPTIONS": {"journal": journal},
        },
        "fallback": {"BACKEND": f"{BACKENDS}.buffered.BufferedDispatcher"},
    }
    with use_dispatchers(entries):
        with files_of_at_most(10):
            dispatchers.submit(event(app))
        dispatchers.close()
    assert Share.objects.count() == 1


# Directories that can't be


def in_child(function, *, as_nobody):
    """What a forked child, whom root's rights don't help, says."""
    receive, send = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            if as_nobody and os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            os.write(send, str(function()).encode())
        except BaseException as error:
            os.write(send, f"{type(error).__name__}: {error}".encode())
        finally:
            os._exit(0)
    os.close(send)
    exit_status(pid)
    with open(receive, "rb") as pipe:
        return pipe.read().decode()


def check_of(path):
    entry = {"BACKEND": f"{BACKENDS}.buffered.BufferedDispatcher", "OPTIONS": {"journal": path}}
    with use_dispatchers({"default": entry}):
        return checks.check_dispatchers()


def test_e006__when_the_journal_is_a_file(tmp_path, journaled, journal, app):
    journal.write_text("not a directory")
    (message,) = check_of(journal / "below")
    assert message.id == "share_analytics.E006"
    assert f"{journal} is not a directory" in message.msg
    assert "'default'" in message.hint
    with pytest.raises(DispatcherUnavailable, match="journal"):
        journaled().submit(event(app))


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.parametrize("there", [True, False])
def test_e006__when_nothing_may_be_written_there(journaled, journal, app, there):
    journal.parent.mkdir(exist_ok=True)
    if there:
        journal.mkdir()
    nearest = journal if there else journal.parent
    nearest.chmod(0o500)
    dispatcher, one = journaled(), event(app)
    try:
        said = in_child(dispatcher.check, as_nobody=True)
        assert "share_analytics.E006" in said
        assert "may not write in" in said
        said = in_child(lambda: dispatcher.submit(one), as_nobody=True)
        assert said == "DispatcherUnavailable: The journal can't be written to."
    finally:
        nearest.chmod(0o700)


def test_check__is_content_and_makes_nothing(tmp_path):
    """Made by root, in a deployment, the directory would be no good to the site's own user."""
    assert check_of(tmp_path / "to" / "be" / "made") == []
    assert list(tmp_path.iterdir()) == []


def test_a_relative_directory__is_the_working_directorys(buffered, app, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    dispatcher = buffered(journal="journal", flush_seconds=60)
    monkeypatch.chdir("/")
    dispatcher.submit(event(app))
    assert Path(tmp_path / "journal").is_dir()


def test_close__when_a_write_hangs(journaled, app, database_frozen, caplog):
    """Nothing is dropped: another process writes it, and what was being written counts once."""
    dispatcher = journaled(flush_seconds=0.01, shutdown_seconds=0.1)
    database_frozen.set()
    dispatcher.submit(event(app))
    assert database_frozen.has_come.wait(PATIENCE_SECONDS)
    dispatcher.submit(event(app))
    in_time(dispatcher.close)
    assert "for another process" in caplog.text
    assert "Dropped" not in caplog.text
    database_frozen.clear()
    assert wait_until(lambda: not dispatcher._drain._thread.is_alive())
    dispatchers.close()
    assert dispatchers["default"].flush() is True
    dispatchers["default"].consume(threading.Event(), once=True)
    assert Share.objects.count() == 2
    assert stored_counts() == counted_by_hand()


def test_consume__when_an_error_is_of_another_kind(journaled, app, database_away):
    leave_behind(journaled, [event(app)])
    database_away.error = RuntimeError("a bug")
    database_away.set()
    dispatcher = dispatchers["default"]
    without_thread(dispatcher)
    threading.Timer(0.5, database_away.clear).start()
    assert dispatcher.consume(threading.Event(), once=True) == 1
    assert Share.objects.count() == 1
