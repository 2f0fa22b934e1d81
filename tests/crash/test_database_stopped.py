"""Case 2: the database is away under load."""

from __future__ import annotations

import time

from tests.crash import report, scale
from tests.crash.judge import judge, percentile, wait_for_all
from tests.crash.machine import Watch
from tests.crash.site import BUFFERED, REDIS, dispatcher

MUCH = 0.1
"""When others take more of the machine than that, its latencies are not ours."""
SLOW_SECONDS = 5.0
"""What is too slow on any machine, however much others have of it."""


def survive(site, database):
    """A tuple: the shares of the outage, the seconds it took to drain, the machine meanwhile."""
    with site.busy() as load:
        time.sleep(scale.CALM_SECONDS)
        start = time.monotonic()
        with database.away():
            with Watch() as watch:
                time.sleep(scale.OUTAGE_SECONDS)
            end = time.monotonic()
        time.sleep(scale.CALM_SECONDS)
    during = [share for share in load.sent if start <= share.due < end]
    return during, wait_for_all(site), watch


def conclude(case, site, during, drained_seconds, watch):
    verdict = judge(site)
    p99 = percentile(during)
    is_ours = watch.others <= MUCH
    report.note(case, verdict, p99=p99)
    report.remark(
        f"{case}: all stored {drained_seconds:.1f} s after the last share; other programs had "
        f"{watch.others:.0%} of the machine{'' if is_ours else ', so its p99 is not judged'}."
    )
    verdict.check()
    assert verdict.refused == 0
    assert p99 < (scale.P99_SECONDS if is_ours else SLOW_SECONDS)


def test_memory__keeps_what_it_has_room_for(make_site, postgres):
    site = make_site(dispatcher(BUFFERED, capacity=200_000))
    with site.serving():
        outcome = survive(site, postgres)
    conclude("database stopped, memory", site, *outcome)


def test_journal__keeps_everything(make_site, postgres, tmp_path):
    site = make_site(dispatcher(BUFFERED, journal=str(tmp_path / "journal")))
    with site.serving():
        outcome = survive(site, postgres)
    conclude("database stopped, journal", site, *outcome)


def test_redis__keeps_everything(make_site, postgres, redis):
    site = make_site(dispatcher(REDIS, url=redis.url))
    with site.serving(), site.consuming():
        outcome = survive(site, postgres)
    conclude("database stopped, Redis", site, *outcome)
