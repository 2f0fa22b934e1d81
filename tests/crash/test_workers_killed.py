"""Case 1: web workers are killed -9 under load."""

from __future__ import annotations

from tests.crash import report, scale
from tests.crash.judge import judge, wait_for_all
from tests.crash.site import BUFFERED, CELERY, REDIS, dispatcher, pause_between_kills

FLUSH_SECONDS = 0.25
WRITING_SECONDS = 1.0
"""How long a batch may take to be written on a busy machine: until then it is not safe either."""


MEMORY_KILL_SECONDS = 2 * scale.WORKER_KILL_SECONDS
"""So rare that a share which waited for too long has no kill so soon after it."""


def kill_workers(site, seconds=scale.WORKER_KILL_SECONDS, *, are_all_stored=True):
    with site.serving():
        with site.busy():
            for _ in range(scale.WORKER_KILLS):
                pause_between_kills(seconds)
                site.kill_a_worker()
            pause_between_kills(seconds)
        if are_all_stored:
            wait_for_all(site)
    return judge(site)


def test_memory_only__loses_one_flush_interval_at_most(make_site):
    site = make_site(dispatcher(BUFFERED, flush_seconds=FLUSH_SECONDS))
    verdict = kill_workers(site, MEMORY_KILL_SECONDS, are_all_stored=False)
    report.note("web worker killed, memory only", verdict, kills=len(site.kills))
    ages = [_age_at_its_kill(share, site.kills) for share in verdict.lost]
    report.remark(
        f"Memory only: {len(ages)} of {len(verdict.acknowledged)} lost in {len(site.kills)} kills, "
        f"the oldest {max(ages, default=0):.2f} s before its kill (flush_seconds "
        f"{FLUSH_SECONDS})."
    )
    verdict.check(lost=len(verdict.acknowledged))
    assert max(ages, default=0) <= FLUSH_SECONDS + WRITING_SECONDS


def test_journal__loses_nothing(make_site, tmp_path):
    site = make_site(dispatcher(BUFFERED, journal=str(tmp_path / "journal")))
    verdict = kill_workers(site)
    report.note("web worker killed, journal", verdict, kills=len(site.kills))
    verdict.check()


def test_redis__loses_nothing(make_site, redis):
    site = make_site(dispatcher(REDIS, url=redis.url))
    with site.consuming():
        verdict = kill_workers(site)
    report.note("web worker killed, Redis", verdict, kills=len(site.kills))
    verdict.check()


def test_celery__loses_nothing(make_site, rabbitmq):
    site = make_site(dispatcher(CELERY), CRASH_CELERY_BROKER=rabbitmq.url)
    with site.celery_worker():
        verdict = kill_workers(site)
    report.note("web worker killed, Celery on RabbitMQ", verdict, kills=len(site.kills))
    verdict.check()


def _age_at_its_kill(share, kills):
    """Seconds. The answer of a worker that is dead already may still be read."""
    return min((kill - share.left for kill in kills if kill >= share.left), default=float("inf"))
