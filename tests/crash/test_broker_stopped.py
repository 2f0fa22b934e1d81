"""Case 3: the broker is away under load, and the fallback takes over."""

from __future__ import annotations

import time

from tests.crash import report, scale
from tests.crash.judge import judge, percentile, wait_for_all
from tests.crash.site import BUFFERED, CELERY, REDIS, dispatcher

SLOW_SECONDS = 0.5


def survive(site, broker):
    """Shares sent while the broker was away."""
    with site.busy() as load:
        time.sleep(scale.CALM_SECONDS)
        start = time.monotonic()
        with broker.away():
            time.sleep(scale.OUTAGE_SECONDS)
            end = time.monotonic()
        time.sleep(scale.CALM_SECONDS)
    wait_for_all(site)
    return [share for share in load.sent if start <= share.due < end]


def conclude(case, site, during):
    verdict = judge(site)
    p99 = percentile(during)
    report.note(case, verdict, p99=p99)
    verdict.check()
    assert verdict.refused == 0
    assert p99 < SLOW_SECONDS


def test_redis__fallback_takes_over(make_site, redis, tmp_path):
    fallback = dispatcher(BUFFERED, journal=str(tmp_path / "journal"))
    site = make_site(dispatcher(REDIS, url=redis.url), fallback)
    with site.consuming(), site.serving():
        during = survive(site, redis)
    conclude("Redis stopped, fallback journal", site, during)


def test_rabbitmq__fallback_takes_over(make_site, rabbitmq, tmp_path):
    fallback = dispatcher(BUFFERED, journal=str(tmp_path / "journal"))
    site = make_site(dispatcher(CELERY), fallback, CRASH_CELERY_BROKER=rabbitmq.url)
    with site.celery_worker(), site.serving():
        during = survive(site, rabbitmq)
    conclude("RabbitMQ stopped, fallback journal", site, during)
