"""Case 2: the database is away under load."""

from __future__ import annotations

from tests.crash import report, scale
from tests.crash.judge import judge
from tests.crash.outage import survive
from tests.crash.site import BUFFERED, REDIS, dispatcher


def conclude(case, site, outage):
    verdict = judge(site)
    report.note(case, verdict, p99=outage.p99)
    report.remark(outage.remark(case, scale.P99_SECONDS))
    verdict.check()
    assert verdict.refused == 0
    assert outage.p99 < outage.longest_p99(scale.P99_SECONDS)


def test_memory__keeps_what_it_has_room_for(make_site, postgres):
    site = make_site(dispatcher(BUFFERED, capacity=200_000))
    with site.serving():
        (outage,) = survive([site], [postgres])
    conclude("database stopped, memory", site, outage)


def test_journal__keeps_everything(make_site, postgres, tmp_path):
    site = make_site(dispatcher(BUFFERED, journal=str(tmp_path / "journal")))
    with site.serving():
        (outage,) = survive([site], [postgres])
    conclude("database stopped, journal", site, outage)


def test_redis__keeps_everything(make_site, postgres, redis_without_disk):
    site = make_site(dispatcher(REDIS, url=redis_without_disk.url))
    with site.serving(), site.consuming():
        (outage,) = survive([site], [postgres])
    conclude("database stopped, Redis", site, outage)
