"""Case 4: consumers are killed -9 in mid-batch, two of them running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

from tests.crash import report, scale
from tests.crash.judge import judge, wait_for_all
from tests.crash.site import REDIS, dispatcher

CONSUMERS = 2
TAKEOVER_SECONDS = 1.0
BATCH_SECONDS = 30.0
"""How long a batch is waited for. One that is taken over comes after ``TAKEOVER_SECONDS``."""
COMMIT_SECONDS = 0.5

IN_MID_BATCH = """
    SELECT application_name FROM pg_stat_activity
    WHERE application_name = ANY(%s) AND xact_start IS NOT NULL AND datname = %s
"""


class Consumers:
    """Two that run, and what PostgreSQL says about them."""

    def __init__(self, site, connection):
        self._site, self._connection = site, connection
        self._pids = {}
        self._names = (f"consumer-{n}" for n in range(10_000))

    @contextmanager
    def running(self):
        command = [sys.executable, "-m", "tests.crash.forks"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        with subprocess.Popen(command, env=self._site.environment, **pipes) as self._forks:
            try:
                for _ in range(CONSUMERS):
                    self.start()
                yield
            finally:
                for pid in self._pids.values():
                    os.kill(pid, signal.SIGTERM)
                self._forks.stdin.close()

    def start(self):
        name = next(self._names)
        self._forks.stdin.write(f"{name}\n")
        self._forks.stdin.flush()
        self._pids[name] = int(self._forks.stdout.readline())

    def wait_for_batches(self):
        """The name of one that is in mid-batch, after each of them has been in one."""
        seen = set()
        deadline = time.monotonic() + BATCH_SECONDS
        while len(seen) < CONSUMERS:
            assert time.monotonic() < deadline, f"only {seen} of {set(self._pids)} consume"
            seen.update(found := self.in_mid_batch())
        return found.pop()

    def in_mid_batch(self):
        values = [list(self._pids), self._site.database["NAME"]]
        return {row[0] for row in self._connection.execute(IN_MID_BATCH, values)}

    def kill(self, name):
        self._site.kill(self._pids.pop(name))
        self.start()


def kill_before_the_commit(consumers):
    consumers.kill(consumers.wait_for_batches())


def kill_between_commit_and_acknowledgement(consumers, client):
    """Redis takes no writes until the one who has committed is dead."""
    name = consumers.wait_for_batches()
    client.client_pause(5_000, all=False)
    try:
        deadline = time.monotonic() + COMMIT_SECONDS
        while name in consumers.in_mid_batch() and time.monotonic() < deadline:
            pass
        consumers.kill(name)
        time.sleep(0.02)  # Redis sees that nobody is there any more
    finally:
        client.client_unpause()


def test_redis__loses_nothing_and_counts_nothing_twice(make_site, postgres, redis):
    from redis import Redis

    options = {"url": redis.url, "takeover_seconds": TAKEOVER_SECONDS}
    site = make_site(dispatcher(REDIS, **options))
    with postgres.connect() as connection, Redis.from_url(redis.url) as client:
        consumers = Consumers(site, connection)
        with consumers.running(), site.serving():
            with site.busy():
                for n in range(scale.CONSUMER_KILLS):
                    if n % 2:
                        kill_before_the_commit(consumers)
                    else:
                        kill_between_commit_and_acknowledgement(consumers, client)
            wait_for_all(site)
    verdict = judge(site)
    report.note("consumer killed in mid-batch, Redis", verdict, kills=len(site.kills))
    verdict.check()
