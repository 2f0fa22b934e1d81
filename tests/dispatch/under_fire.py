"""``python -m tests.dispatch.under_fire ROLE NOTES JOURNAL FSYNC``: processes for tests to kill.

A process of the role ``submit`` writes down each share in a file in NOTES before it is submitted
and when it is accepted; at SIGTERM it stops like a server. ``submit_and_fork`` has a child besides
that outlives it. ``consume`` records what the dead left. ``prefork KILLS`` starts, kills and
replaces processes that submit, the way a pre-fork server would.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from pathlib import Path

import django

WORKERS, THREADS = 2, 2


def main(role: str, notes: str, journal: str, fsync: str, *rest: str) -> None:
    django.setup()
    from django_share_analytics.dispatch.journal import queue
    from django_share_analytics.testing import use_dispatchers

    queue.ADOPT_SECONDS = 0.2
    options = {"journal": journal, "fsync": fsync, "flush_seconds": 0.02, "max_batch": 50}
    backend = "django_share_analytics.dispatch.backends.buffered.BufferedDispatcher"
    with use_dispatchers({"default": {"BACKEND": backend, "OPTIONS": options}}):
        globals()[role](Path(notes), *map(int, rest))


def prefork(notes: Path, kills: int) -> None:
    key = app_key()
    workers = [fork(submit, notes, key) for _ in range(WORKERS)]
    for _ in range(kills):
        time.sleep(random.uniform(0.05, 0.4))
        victim = workers.pop(random.randrange(WORKERS))
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
        workers.append(fork(submit, notes, key))
    time.sleep(0.3)
    for worker in workers:
        os.kill(worker, signal.SIGTERM)
        assert os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]) == 0


def app_key() -> object:
    from django.db import connections

    from django_share_analytics.conf import get_app_model

    key = get_app_model()._base_manager.values_list("pk", flat=True).first()
    connections.close_all()
    return key


def fork(role, *arguments):
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            role(*arguments)
            status = 0
        finally:
            os._exit(status)
    return pid


def submit(notes: Path, key: object = None) -> None:
    from django_share_analytics.dispatch.handler import dispatchers

    key = key or app_key()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    threads = [threading.Thread(target=share, args=(notes, key, stop)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    stop.wait()
    for thread in threads:
        thread.join()
    dispatchers.close()


def share(notes: Path, key: object, stop: threading.Event, most: int = 1_000_000) -> None:
    from django_share_analytics.dispatch.handler import dispatchers
    from tests.factories import event

    path = notes / f"{os.getpid()}-{threading.get_ident()}"
    # Unbuffered: what was noted is known after SIGKILL, too.
    with path.open("ab", buffering=0) as file:
        for _ in range(most):
            one = event(key)
            file.write(b"sent %s\n" % one.id.hex.encode())
            dispatchers.submit(one)
            file.write(b"kept %s\n" % one.id.hex.encode())
            if stop.wait(0.001):
                break


def submit_and_fork(notes: Path) -> None:
    key = app_key()
    share(notes, key, threading.Event(), most=5)
    (notes / "child").write_text(str(fork(time.sleep, 60)))
    submit(notes, key)


def consume(notes: Path) -> None:
    from django_share_analytics.dispatch.handler import dispatchers

    (notes / f"ready-{os.getpid()}").touch()
    while not (notes / "go").exists():
        time.sleep(0.001)
    n = dispatchers["default"].consume(threading.Event(), once=True)
    (notes / f"recorded-{os.getpid()}").write_text(str(n))


if __name__ == "__main__":
    main(*sys.argv[1:])
