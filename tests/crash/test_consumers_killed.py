"""Case 4: consumers are killed -9 in mid-batch, two of them running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, nullcontext, suppress

import psutil

from tests.crash import report, scale
from tests.crash.judge import judge, wait_for_all
from tests.crash.site import CELERY, REDIS, dispatcher

CONSUMERS = 2
TAKEOVER_SECONDS = 1.0
BATCH_SECONDS = 90.0
"""How long a batch is waited for at most. A dead one's comes after ``TAKEOVER_SECONDS``."""
COMMIT_SECONDS = 0.5
STOP_SECONDS = 20.0

IN_MID_BATCH = """
    SELECT application_name FROM pg_stat_activity
    WHERE application_name = ANY(%s) AND xact_start IS NOT NULL AND datname = %s
"""


class Consumers:
    """Two that run, and what PostgreSQL says about them."""

    def __init__(self, site, connection, kind):
        self._site, self._connection, self._kind = site, connection, kind
        self._pids = {}
        self._names = (f"consumer-{n}" for n in range(10_000))

    @contextmanager
    def running(self):
        arguments = [sys.executable, "-m", "tests.crash.forks", self._kind]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        with (
            (self._site.folder / "log").open("a") as log,
            subprocess.Popen(arguments, env=self._site.environment, stderr=log, **pipes) as forks,
        ):
            self._forks = forks
            try:
                for _ in range(CONSUMERS):
                    self.start()
                yield
            finally:
                self.stop()
                forks.stdin.close()

    def stop(self):
        """SIGTERM to the leaders of the groups; what is left in the end is killed."""
        for pid in self._pids.values():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for pid in self._pids.values():
            while psutil.pid_exists(pid) and time.monotonic() < deadline:
                time.sleep(0.05)
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)

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
        self._site.kills.append(time.monotonic())
        os.killpg(self._pids.pop(name), signal.SIGKILL)
        self.start()

    def kill_before_the_commit(self):
        self.kill(self.wait_for_batches())

    def kill_after_the_commit(self, when_acknowledging):
        name = self.wait_for_batches()
        with when_acknowledging():
            deadline = time.monotonic() + COMMIT_SECONDS
            while name in self.in_mid_batch() and time.monotonic() < deadline:
                pass
            self.kill(name)


def kill_consumers(site, postgres, kind, kills, when_acknowledging=nullcontext):
    """Every second one dies when it has committed, and has acknowledged nothing."""
    with postgres.connect() as connection:
        consumers = Consumers(site, connection, kind)
        with consumers.running(), site.serving():
            with site.busy():
                for n in range(kills):
                    if n % 2:
                        consumers.kill_before_the_commit()
                    else:
                        consumers.kill_after_the_commit(when_acknowledging)
            wait_for_all(site)
    return judge(site)


def test_redis__loses_nothing_and_counts_nothing_twice(make_site, postgres, redis):
    # Requests wait, too, while Redis takes no acknowledgements.
    options = {"takeover_seconds": TAKEOVER_SECONDS, "answer_seconds": 5.0}
    site = make_site(dispatcher(REDIS, url=redis.url, **options))

    @contextmanager
    def no_acknowledgements():
        from redis import Redis

        with Redis.from_url(redis.url) as client:
            client.client_pause(5_000, all=False)  # reads go on, writes wait
            try:
                yield
                time.sleep(0.02)  # until Redis has seen that nobody waits any more
            finally:
                client.client_unpause()

    verdict = kill_consumers(
        site, postgres, "consume_shares", scale.CONSUMER_KILLS, no_acknowledgements
    )
    report.note("consumer killed in mid-batch, Redis", verdict, kills=len(site.kills))
    verdict.check()


def test_celery__loses_nothing_and_counts_nothing_twice(make_site, postgres, rabbitmq):
    site = make_site(dispatcher(CELERY), CRASH_CELERY_BROKER=rabbitmq.url)
    verdict = kill_consumers(site, postgres, "celery", scale.CELERY_KILLS)
    report.note("Celery worker killed in mid-batch, RabbitMQ", verdict, kills=len(site.kills))
    verdict.check()
