"""Case 7: web workers are killed -9 while people come by the links of shares, and share on."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from uuid import UUID

from tests.crash import report, scale
from tests.crash.judge import judge, wait_for_all
from tests.crash.site import BUFFERED, REDIS, dispatcher, pause_between_kills
from tests.crash.steps_judge import judge_steps

SOON_SECONDS = 0.5
"""After a kill: what was in the dead worker's journal is there still."""


def kill_workers(site, kill):
    site.visitors = "tests.crash.travellers"
    with site.serving():
        with site.busy():
            for _ in range(scale.WORKER_KILLS):
                pause_between_kills()
                kill()
            pause_between_kills()
        wait_for_all(site)
        steps = judge_steps(site)
    return judge(site), steps


def conclude(case, site, verdict, steps):
    report.note(case, verdict, kills=len(site.kills))
    report.remark(f"{case}: {steps.stored:,} steps on links, {steps.overdue} taken up in the end.")
    verdict.check()
    steps.check()


def test_journal__loses_nothing_of_shares_that_lie_in_a_dead_workers(make_site, tmp_path):
    journal = tmp_path / "journal"
    site = make_site(dispatcher(BUFFERED, journal=str(journal)), CRASH_LINKS="1")
    left = {}

    def kill():
        pid = site.workers()[0]
        site.kill(pid)
        left.update(dict.fromkeys(shares_in(journal, pid), time.monotonic()))

    verdict, steps = kill_workers(site, kill)
    on_their_links = sum(
        0 < sent.left - left.get(sent.of, sent.left) < SOON_SECONDS for sent in site.sent
    )
    report.remark(
        f"{len(left)} shares lay in journals of the dead, {on_their_links} times somebody came by "
        f"one of them within {SOON_SECONDS} s."
    )
    conclude("web worker killed, links, journal", site, verdict, steps)
    assert on_their_links, "nobody came by them: nothing is proven"


def shares_in(journal, pid):
    """The ids of those that are in the journal of a process."""
    for path in journal.glob(f"{pid}-*/*.log"):
        with suppress(FileNotFoundError):  # a neighbour has taken it over
            for line in path.read_bytes().splitlines():
                with suppress(ValueError):  # the last one was being written
                    values = json.loads(line)
                    if "platform" in values:
                        yield str(UUID(values["id"]))


def test_redis__loses_nothing_of_what_is_on_links(make_site, redis):
    site = make_site(dispatcher(REDIS, url=redis.url), CRASH_LINKS="1")
    with site.consuming():
        verdict, steps = kill_workers(site, site.kill_a_worker)
    conclude("web worker killed, links, Redis", site, verdict, steps)
