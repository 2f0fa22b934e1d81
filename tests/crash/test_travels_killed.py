"""Case 7: web workers are killed -9 while people come by the links of shares, and share on."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from uuid import UUID

from tests.crash import report, scale
from tests.crash.judge import judge
from tests.crash.site import BUFFERED, REDIS, dispatcher, pause_between_kills
from tests.crash.steps_judge import judge_steps
from tests.crash.travellers import click

CLICKS = 5
"""On links of shares in the journal of a worker that has just died."""
LOOK_SECONDS = 0.5
HOW_MANY_WAIT = "SELECT count(*) FROM share_analytics_waitingstep"


def kill_workers(site, kill):
    site.visitors = "tests.crash.travellers"
    with site.serving():
        with site.busy():
            for _ in range(scale.WORKER_KILLS):
                pause_between_kills()
                kill()
            pause_between_kills()
        steps = judge_steps(site)
    return judge(site), steps


def conclude(case, site, verdict, steps):
    report.note(case, verdict, kills=len(site.kills))
    report.remark(f"{case}: {steps.stored:,} steps on links, {steps.overdue} taken up in the end.")
    verdict.check()
    steps.check()


def test_journal__loses_nothing_of_shares_in_that_of_a_dead_one(make_site, postgres, tmp_path):
    journal = tmp_path / "journal"
    site = make_site(dispatcher(BUFFERED, journal=str(journal)), CRASH_LINKS="1")
    clicks, most = [], 0

    def kill():
        nonlocal most
        pid = site.workers()[0]
        site.kill(pid)
        for id, app in list(shares_in(journal, pid))[-CLICKS:]:
            clicks.append(click(site.port, id, app))
            site.sent.append(clicks[-1])
        until = time.monotonic() + LOOK_SECONDS
        while time.monotonic() < until:
            most = max(most, *connection.execute(HOW_MANY_WAIT).fetchone())

    with postgres.connect(site.database["NAME"]) as connection:
        verdict, steps = kill_workers(site, kill)
    assert not {sent.status for sent in clicks} - {302, 0}
    report.remark(
        f"{len(clicks)} clicks on links of shares in journals of the dead; at most {most} steps "
        "waited for their shares."
    )
    conclude("web worker killed, links, journal", site, verdict, steps)
    assert clicks
    assert most, "each share was there before somebody came: nothing is proven"


def shares_in(journal, pid):
    """Those that are in the journal of a process: their ids, and their apps."""
    for path in journal.glob(f"{pid}-*/*.log"):
        with suppress(FileNotFoundError):  # a neighbour has taken it over
            for line in path.read_bytes().splitlines():
                with suppress(ValueError):  # the last one was being written
                    values = json.loads(line)
                    if "platform" in values:
                        yield str(UUID(values["id"])), values["app"]


def test_redis__loses_nothing_of_what_is_on_links(make_site, redis):
    site = make_site(dispatcher(REDIS, url=redis.url), CRASH_LINKS="1")
    with site.consuming():
        verdict, steps = kill_workers(site, site.kill_a_worker)
    conclude("web worker killed, links, Redis", site, verdict, steps)
