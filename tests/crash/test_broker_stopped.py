"""Case 3: the brokers are away under load, and the fallback takes over.

Redis and RabbitMQ are stopped at the same time, each under a site of its own that gets half of what
it could take: together that is the load of the other cases, in half the time.
"""

from __future__ import annotations

from tests.crash import report
from tests.crash.judge import judge
from tests.crash.outage import survive
from tests.crash.site import BUFFERED, CELERY, REDIS, dispatcher

LONGEST_P99_SECONDS = 0.5


def conclude(case, site, outage):
    verdict = judge(site)
    report.note(case, verdict, p99=outage.p99)
    report.remark(outage.remark(case, LONGEST_P99_SECONDS))
    verdict.check()
    assert verdict.refused == 0
    assert outage.p99 < outage.longest_p99(LONGEST_P99_SECONDS)


def test_redis_and_rabbitmq__fallback_takes_over(make_site, redis, rabbitmq, tmp_path):
    with_redis = make_site(
        dispatcher(REDIS, url=redis.url), dispatcher(BUFFERED, journal=str(tmp_path / "redis"))
    )
    with_rabbitmq = make_site(
        dispatcher(CELERY),
        dispatcher(BUFFERED, journal=str(tmp_path / "rabbitmq")),
        CRASH_CELERY_BROKER=rabbitmq.url,
    )
    with (
        with_redis.consuming(),
        with_redis.serving(),
        with_rabbitmq.celery_worker(),
        with_rabbitmq.serving(),
    ):
        of_redis, of_rabbitmq = survive([with_redis, with_rabbitmq], [redis, rabbitmq])
    conclude("Redis stopped, fallback journal", with_redis, of_redis)
    conclude("RabbitMQ stopped, fallback journal", with_rabbitmq, of_rabbitmq)
